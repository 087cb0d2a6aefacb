import { nameError } from './brand.ts';
import { type ErrorCode, retryableCodes } from './codes.ts';

/**
 * What single errors say of themselves. It is no field of theirs: a copy of an error without a tenant's secrets is made
 * without its constructor.
 */
const ownRetryable = new WeakMap<object, boolean>();

/** A copy of an error is retryable if the error is. */
export function keepRetryable(error: object, copy: object): void {
  const own = ownRetryable.get(error);
  if (own !== undefined) ownRetryable.set(copy, own);
}

/** What all classes of errors take. */
export interface IsoletErrorOptions extends ErrorOptions {
  /** Default: what is usual for the code. */
  retryable?: boolean | undefined;
}

/**
 * Base class of every error isolet makes, except the ones for invalid arguments (those are a `TypeError` or a
 * `RangeError` with the code `ERR_ISOLET_INVALID_ARG`).
 *
 * @example
 * ```js
 * try {
 *   runtime.eval('Symbol("of the guest")');
 * } catch (error) {
 *   if (error instanceof IsoletError) console.error(error.code, error.message);
 *   else throw error;
 * }
 * ```
 */
export class IsoletError extends Error {
  /** Stable, documented name of what went wrong. Compare this, never `message`. */
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: IsoletErrorOptions) {
    super(message, options);
    this.code = code;
    if (options?.retryable !== undefined) ownRetryable.set(this, options.retryable);
  }

  /**
   * Whether the same call may succeed when it is made again later: because something else was in the way, not because
   * of what the call asks or the guest does.
   */
  get retryable(): boolean {
    return ownRetryable.get(this) ?? retryableCodes.has(this.code);
  }
}
nameError(IsoletError, 'IsoletError');
