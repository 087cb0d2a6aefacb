import { brief } from '../errors/brief.ts';
import { InvalidArgRangeError, InvalidArgTypeError } from '../errors/invalid-arg.ts';

/**
 * The makers of invalid-argument errors: every message names the option, says what would be right and shows the value.
 *
 * `expected` completes the sentence "`option` must be …".
 */
export function invalidType(option: string, value: unknown, expected: string): InvalidArgTypeError {
  return new InvalidArgTypeError(`${mustBe(option, expected, value, true)}.`, option, value);
}

/** Of a value that may be a secret: errors end up in logs, so only its type is shown. */
export function invalidSecret(option: string, value: unknown, expected: string): InvalidArgTypeError {
  return new InvalidArgTypeError(`${secretMustBe(option, expected, value)}.`, option, undefined);
}

export function invalidRange(option: string, value: unknown, expected: string): InvalidArgRangeError {
  return new InvalidArgRangeError(`${mustBe(option, expected, value)}.`, option, value);
}

/** For what has to be a number. */
export function invalidNumber(option: string, value: unknown, expected: string): Error {
  return typeof value === 'number' ? invalidRange(option, value, expected) : invalidType(option, value, expected);
}

/** The sentence of all these, without its full stop. @param ofOtherType - whether to name the value's type as well */
export function mustBe(option: string, expected: string, value: unknown, ofOtherType = false): string {
  return `'${option}' must be ${expected}. Received ${ofOtherType ? typed(value) : brief(value)}`;
}

/** The same for a value that may be a secret. */
export function secretMustBe(option: string, expected: string, value: unknown): string {
  return `'${option}' must be ${expected}. Received a value of type ${value === null ? 'null' : typeof value}`;
}

function typed(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'object' || typeof value === 'function') return brief(value);
  return `type ${typeof value} (${brief(value)})`;
}
