import {
  HeapLimitError,
  JavaScriptError,
  RuntimeClosedError,
  RuntimeTerminatedError,
  TransferError,
} from '../../errors/index.ts';
import { droppedReason, megabytes } from '../../errors/limit-errors.ts';
import { placeInCode } from '../code/handler.ts';
import { label } from '../function/label.ts';
import type { ResolvedFunction } from '../function/resolved-function.ts';
import type { EvictReason } from '../report/evict-reason.ts';

/** The event is an argument only for the engine. */
export function aboutEvent(error: unknown): unknown {
  if (!(error instanceof TransferError) || !error.path.startsWith('arguments[0]')) return error;
  const named = (text: string): string => text.replace('arguments[0]', 'event');
  return new TransferError(named(error.message), Object.assign({}, error, { path: named(error.path) }));
}

/**
 * What ended an invocation, or a load, in the words of this layer: options of a runtime have other names here, nobody
 * has to make a new one, and places are those of the function's code.
 */
export function inOwnWords(error: unknown, fn: ResolvedFunction, retiring?: EvictReason): unknown {
  const of = `${label(fn.tenantId)}:${label(fn.name)}`;
  if (error instanceof HeapLimitError) {
    const { limit, used } = error;
    return new HeapLimitError(
      { limit, used },
      `${of} reached its memory limit of ${megabytes(limit)} (it needed ${megabytes(used)}) and its runtime was ended. ` +
        "Raise 'memoryMb' if it needs more.",
    );
  }
  if (error instanceof RuntimeTerminatedError && error.reason !== droppedReason) {
    const message = `The runtime of ${of} was ended (${error.reason}), and what ran in it. It is not run again by itself.`;
    // Another version, the same in another tier, or a new runtime has taken its place.
    return new RuntimeTerminatedError(error.reason, message, error.code, {
      retryable: retiring === 'replaced' || retiring === 'restarted',
    });
  }
  if (error instanceof RuntimeClosedError && error.message === new RuntimeClosedError().message) {
    return new RuntimeClosedError(`The runtime of ${of} was closed before this was done.`);
  }
  if (error instanceof TransferError) {
    const message = error.message.replace(/'(max\w+)'/g, (_, option) =>
      option === 'maxHeapSize' ? "'memoryMb'" : `'runtime.${option}' of the pool`,
    );
    return message === error.message ? error : new TransferError(message, error);
  }
  if (error instanceof JavaScriptError) placeInCode(fn, error);
  return error;
}
