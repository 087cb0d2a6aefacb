// What goes wrong with a call of another function, as the function that called sees it.

export const functionCallErrorCodes = [
  /** A name, an event, an answer or an option that cannot be. */
  'FUNCTIONS_ARGUMENT',
  /** Calls are nested too deep, as of functions that call one another: `limit`. */
  'FUNCTIONS_DEPTH',
  /** One call from outside has set off too many: `limit`. */
  'FUNCTIONS_LIMIT',
  /** The function failed, or there is none of that name: `reason` has the code. */
  'FUNCTIONS_FAILED',
] as const;
export type FunctionCallErrorCode = (typeof functionCallErrorCodes)[number];

export interface FunctionCallErrorDetails {
  readonly quota?: string;
  readonly limit?: number;
  /** Code of the error that the called function ended with. */
  readonly reason?: string;
  /** Its name. */
  readonly function?: string;
}

export class FunctionCallError extends Error {
  override readonly name = 'FunctionCallError';
  readonly code: FunctionCallErrorCode;
  declare readonly quota?: string;
  declare readonly limit?: number;
  declare readonly reason?: string;
  declare readonly function?: string;

  constructor(code: FunctionCallErrorCode, message: string, details: FunctionCallErrorDetails = {}) {
    super(message);
    this.code = code;
    Object.assign(this, details);
  }
}
