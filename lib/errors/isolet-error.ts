import { nameError } from './brand.ts';
import { type ErrorCode, retryableCodes } from './codes.ts';

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
  readonly #retryable: boolean | undefined;

  constructor(code: ErrorCode, message: string, options?: IsoletErrorOptions) {
    super(message, options);
    this.code = code;
    this.#retryable = options?.retryable;
  }

  /**
   * Whether the same call may succeed when it is made again later: because something else was in the way, not because
   * of what the call asks or the guest does.
   */
  get retryable(): boolean {
    return this.#retryable ?? retryableCodes.has(this.code);
  }
}
nameError(IsoletError, 'IsoletError');
