import type { TimeoutPhase } from '../native.ts';
import { nameError } from './brand.ts';
import type { ErrorCode } from './codes.ts';
import { IsoletError, type IsoletErrorOptions } from './isolet-error.ts';

export const phaseTexts: Record<TimeoutPhase, string> = {
  queued: 'it was still waiting for its turn',
  sync: 'it was still running',
  pending: 'its promise was still pending',
  host: 'it was still waiting for a host function',
};

/** What a {@link TimeoutError} is made from. */
export interface TimeoutErrorInit {
  /** Which clock ran out. */
  kind: 'wall' | 'cpu';
  /** Milliseconds. */
  limit: number;
  phase: TimeoutPhase;
}

/**
 * A call ran past its `timeout` or `cpuTimeout`. The guest was stopped and the runtime stays usable.
 *
 * @example
 * ```js
 * try {
 *   runtime.eval('for (;;);', { timeout: 50 });
 * } catch (error) {
 *   error.kind;  // 'wall'
 *   error.limit; // 50
 *   error.phase; // 'sync'
 * }
 * ```
 */
export class TimeoutError extends IsoletError {
  /** `'wall'` for `timeout`, `'cpu'` for `cpuTimeout`. */
  readonly kind: 'wall' | 'cpu';
  /** The limit that was passed, in milliseconds. */
  readonly limit: number;
  /** Where the call was: waiting in the queue, running, waiting for its promise, or in a host function. */
  readonly phase: TimeoutPhase;

  /** @param message - Default: one that names the option of a runtime. */
  constructor(init: TimeoutErrorInit, message?: string) {
    const option = init.kind === 'cpu' ? 'cpuTimeout' : 'timeout';
    const clock = init.kind === 'cpu' ? ' of CPU time' : '';
    super(
      'ERR_ISOLET_TIMEOUT',
      message ??
        `The call timed out after ${init.limit} ms${clock}: ${phaseTexts[init.phase]}. Raise '${option}' if it needs longer.`,
      // Not started: something else took the time.
      { retryable: init.phase === 'queued' },
    );
    this.kind = init.kind;
    this.limit = init.limit;
    this.phase = init.phase;
  }
}
nameError(TimeoutError, 'TimeoutError');

export const heapLimitReason = 'heap limit';
/** `reason` of a call that was lost although its runtime goes on. */
export const droppedReason = 'call dropped';
export const droppedMessage =
  'The call was dropped: a limit stopped another call of this runtime while promise reactions ran, and V8 threw away ' +
  'those of this call with it. The runtime goes on; call again.';

/**
 * The runtime was ended by `terminate()` or by the engine. Make a new one; this one accepts no further calls. With the
 * reason `'call dropped'` only the call was lost and the runtime goes on.
 */
export class RuntimeTerminatedError extends IsoletError {
  /** Why: the text given to `terminate()`, or the engine's reason. */
  readonly reason: string;

  constructor(
    reason: string,
    message?: string,
    code: ErrorCode = 'ERR_ISOLET_TERMINATED',
    options: IsoletErrorOptions = {},
  ) {
    super(code, message ?? `The runtime was terminated (${reason}) and accepts no further calls. Create a new one.`, {
      retryable: options.retryable ?? reason === droppedReason,
    });
    this.reason = reason;
  }
}
nameError(RuntimeTerminatedError, 'RuntimeTerminatedError');

/** What a {@link HeapLimitError} is made from, in bytes. */
export interface HeapLimitErrorInit {
  limit: number;
  used: number;
}

/** The guest needed more memory than `maxHeapSize` and its runtime was terminated. */
export class HeapLimitError extends RuntimeTerminatedError {
  /** The limit in bytes. */
  readonly limit: number;
  /**
   * Bytes in use when the limit was reached, with what was asked for on top: JavaScript heap, array buffers and
   * WebAssembly memories together. At least `limit`.
   */
  readonly used: number;

  /** @param message - Default: one that says what it needed and what to do. */
  constructor(init: HeapLimitErrorInit, message?: string) {
    super(
      heapLimitReason,
      message ??
        `The guest reached the heap limit of ${megabytes(init.limit)} (it needed ${megabytes(init.used)}) and its runtime ` +
          "was terminated. Create a new runtime, with a larger 'maxHeapSize' if the code needs it.",
      'ERR_ISOLET_HEAP_LIMIT',
    );
    this.limit = init.limit;
    this.used = init.used;
  }
}
nameError(HeapLimitError, 'HeapLimitError');

/** The runtime, pool or builder is closed. */
export class RuntimeClosedError extends IsoletError {
  constructor(message = 'The runtime is closed. Create a new one.') {
    super('ERR_ISOLET_CLOSED', message);
  }
}
nameError(RuntimeClosedError, 'RuntimeClosedError');

/**
 * A host function asked to wait for the end of the very call it belongs to: `closeAsync({ drain: true })` of the runtime
 * that calls it, or `close`, `cleanup`, `drain` or `undeploy` of what runs its invocation. Nothing was begun.
 */
export class DeadlockError extends IsoletError {
  constructor(message: string) {
    super('ERR_ISOLET_DEADLOCK', message);
  }
}
nameError(DeadlockError, 'DeadlockError');

/** Numbers of a {@link CapacityError}. */
export interface CapacityErrorInit {
  limit: number;
  actual: number;
  /** Whether there may be room later without anybody doing something about it. Default true. */
  retryable?: boolean | undefined;
}

/** An admission limit was reached; nothing was started. Try again when something else has ended. */
export class CapacityError extends IsoletError {
  /** The limit that was reached. */
  readonly limit: number;
  /** How many there were. */
  readonly actual: number;

  constructor(message: string, init: CapacityErrorInit) {
    super('ERR_ISOLET_CAPACITY', message, { retryable: init.retryable });
    this.limit = init.limit;
    this.actual = init.actual;
  }
}
nameError(CapacityError, 'CapacityError');

const nestings = new WeakSet<object>();

/** For host and guest that call each other without end. */
export function nestingError(limit: number): CapacityError {
  const error = new CapacityError(
    `Host and guest called each other more than ${limit} levels deep. Use the async calls, or return instead.`,
    { limit, actual: limit + 1, retryable: false },
  );
  nestings.add(error);
  return error;
}

export function isNestingError(error: unknown): error is CapacityError {
  return typeof error === 'object' && error !== null && nestings.has(error);
}

export function megabytes(bytes: number): string {
  const value = bytes / (1024 * 1024);
  return `${Number(value.toFixed(1))} MiB`;
}
