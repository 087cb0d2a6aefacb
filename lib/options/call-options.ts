import { types } from 'node:util';
import { checkMilliseconds, checkName, checkOptions, checkSignal } from './check.ts';
import { invalidRange, invalidType } from './invalid.ts';
import { isPooled } from './pooled.ts';

/** Limits of one call. What is left out is taken from the runtime's options. */
export interface CallOptions {
  /** Wall-clock limit in milliseconds. Default: the runtime's `timeout`; it replaces that value, also a smaller one. */
  timeout?: number | undefined;
  /** CPU-time limit in milliseconds. Default: the runtime's `cpuTimeout`. */
  cpuTimeout?: number | undefined;
  /**
   * Stops the guest's call when aborted; the call then fails with the signal's `reason`. A synchronous call can only be
   * aborted before it starts or from a host function it calls.
   */
  signal?: AbortSignal | undefined;
}

/** Options of `eval` and `evalAsync`. */
export interface EvalOptions extends CallOptions {
  /** Name of the script in stack traces. Default `'<eval>'`. */
  filename?: string | undefined;
}

/** Options of {@link JsFunction.callAsync}. */
export interface FunctionCallOptions extends CallOptions {
  /** Receiver of the call. Default: the object the function was found on, or `undefined`. */
  thisArg?: unknown;
  /**
   * ArrayBuffers to move into the guest instead of copying: afterwards they are detached here, whether the arguments
   * contain them or not. Default none.
   */
  transfer?: readonly ArrayBuffer[] | undefined;
}

/** Checked limits of one call, 0 = none. */
export interface Limits {
  timeout: number;
  cpuTimeout: number;
}

const limitNames: ReadonlySet<string> = new Set(['timeout', 'cpuTimeout', 'signal']);
const evalNames: ReadonlySet<string> = new Set(['timeout', 'cpuTimeout', 'signal', 'filename']);
const callNames: ReadonlySet<string> = new Set(['timeout', 'cpuTimeout', 'signal', 'thisArg', 'transfer']);

export interface CheckedCall extends Limits {
  signal: AbortSignal | undefined;
}

export function checkEvalOptions(options: unknown, defaults: Limits): CheckedCall & { filename: string } {
  const { timeout, cpuTimeout } = defaults;
  if (options === undefined) return { timeout, cpuTimeout, signal: undefined, filename: '<eval>' };
  const given = checkOptions(options, evalNames);
  return {
    timeout: limitOf(given, 'timeout', timeout),
    cpuTimeout: limitOf(given, 'cpuTimeout', cpuTimeout),
    signal: given.signal === undefined ? undefined : checkSignal(given.signal),
    filename: given.filename === undefined ? '<eval>' : checkName(given.filename, 'filename'),
  };
}

export function checkCallOptions(options: unknown, defaults: Limits): CheckedCall {
  const { timeout, cpuTimeout } = defaults;
  const given = checkOptions(options, limitNames);
  return {
    timeout: limitOf(given, 'timeout', timeout),
    cpuTimeout: limitOf(given, 'cpuTimeout', cpuTimeout),
    signal: given.signal === undefined ? undefined : checkSignal(given.signal),
  };
}

export interface CheckedFunctionCall extends CheckedCall {
  thisArg: unknown;
  transfer: readonly ArrayBuffer[] | undefined;
}

export function checkFunctionCallOptions(options: unknown, defaults: Limits): CheckedFunctionCall {
  const { timeout, cpuTimeout } = defaults;
  if (options === undefined) return { timeout, cpuTimeout, signal: undefined, thisArg: undefined, transfer: undefined };
  const given = checkOptions(options, callNames);
  return {
    timeout: limitOf(given, 'timeout', timeout),
    cpuTimeout: limitOf(given, 'cpuTimeout', cpuTimeout),
    signal: given.signal === undefined ? undefined : checkSignal(given.signal),
    thisArg: given.thisArg,
    transfer: given.transfer === undefined ? undefined : checkTransfer(given.transfer),
  };
}

function limitOf(given: Readonly<Record<string, unknown>>, option: keyof Limits, fallback: number): number {
  return given[option] === undefined ? fallback : checkMilliseconds(given[option], option);
}

function checkTransfer(value: unknown): readonly ArrayBuffer[] {
  if (!Array.isArray(value)) throw invalidType('transfer', value, 'an array of ArrayBuffers');
  const buffers: unknown[] = [...value];
  for (const buffer of buffers) {
    if (!types.isArrayBuffer(buffer))
      throw invalidType('transfer', buffer, 'an array of ArrayBuffers and nothing else');
    if (isPooled(buffer)) {
      throw invalidRange(
        'transfer',
        buffer,
        "an array of ArrayBuffers of your own: this is the pool behind Node's Buffers",
      );
    }
  }
  if (new Set(buffers).size < buffers.length) {
    throw invalidRange('transfer', value, 'an array with each ArrayBuffer once');
  }
  return buffers as ArrayBuffer[];
}
