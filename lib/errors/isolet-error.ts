import { nameError } from './brand.ts';
import type { ErrorCode } from './codes.ts';

/**
 * Base class of every error isolet makes, except the ones for invalid arguments (those are a `TypeError` or a
 * `RangeError` with the code `ERR_ISOLET_INVALID_ARG`).
 *
 * @example
 * ```js
 * try {
 *   runtime.eval(code);
 * } catch (error) {
 *   if (error instanceof IsoletError) console.error(error.code, error.message);
 *   else throw error;
 * }
 * ```
 */
export class IsoletError extends Error {
  /** Stable, documented name of what went wrong. Compare this, never `message`. */
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
nameError(IsoletError, 'IsoletError');
