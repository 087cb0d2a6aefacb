import { dataProperty } from '../shared/own.ts';
import { nameError } from './brand.ts';

/** An argument or option has the wrong type, or its name is not known. */
export class InvalidArgTypeError extends TypeError {
  readonly code = 'ERR_ISOLET_INVALID_ARG';
  /** The argument's or option's name, for example `timeout` or `codeGeneration.strings`. */
  readonly option: string;
  /** The value that was refused. */
  declare readonly value: unknown;

  constructor(message: string, option: string, value: unknown) {
    super(message);
    this.option = option;
    // Not enumerable: the message already shows it, and it may be large.
    Object.defineProperty(this, 'value', dataProperty(value));
  }

  /** The same call fails again. */
  get retryable(): boolean {
    return false;
  }
}
nameError(InvalidArgTypeError, 'InvalidArgTypeError', 'TypeError');

/** An argument or option has the right type and a value outside its range. */
export class InvalidArgRangeError extends RangeError {
  readonly code = 'ERR_ISOLET_INVALID_ARG';
  /** The argument's or option's name, for example `timeout`. */
  readonly option: string;
  /** The value that was refused. */
  declare readonly value: unknown;

  constructor(message: string, option: string, value: unknown) {
    super(message);
    this.option = option;
    Object.defineProperty(this, 'value', dataProperty(value));
  }

  /** The same call fails again. */
  get retryable(): boolean {
    return false;
  }
}
nameError(InvalidArgRangeError, 'InvalidArgRangeError', 'RangeError');
