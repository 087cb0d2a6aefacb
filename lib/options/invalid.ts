import { inspect, types } from 'node:util';
import { InvalidArgRangeError, InvalidArgTypeError } from '../errors/invalid-arg.ts';

/**
 * The makers of invalid-argument errors: every message names the option, says what would be right and shows the value.
 *
 * `expected` completes the sentence "`option` must be …".
 */
export function invalidType(option: string, value: unknown, expected: string): InvalidArgTypeError {
  return new InvalidArgTypeError(`'${option}' must be ${expected}. Received ${typed(value)}.`, option, value);
}

/** Of a value that may be a secret: errors end up in logs, so only its type is shown. */
export function invalidSecret(option: string, value: unknown, expected: string): InvalidArgTypeError {
  const type = value === null ? 'null' : typeof value;
  return new InvalidArgTypeError(
    `'${option}' must be ${expected}. Received a value of type ${type}.`,
    option,
    undefined,
  );
}

export function invalidRange(option: string, value: unknown, expected: string): InvalidArgRangeError {
  return new InvalidArgRangeError(`'${option}' must be ${expected}. Received ${brief(value)}.`, option, value);
}

/** The value on one short line; never runs code of the value beyond what `util.inspect` does without getters. */
export function brief(value: unknown): string {
  if (typeof value === 'bigint' && (value > LONGEST || value < -LONGEST)) return 'a BigInt of more than 256 bits';
  if (typeof value === 'object' && value !== null && holdsBigInt(value)) return 'an object';
  if (typeof value === 'function') return value.name === '' ? 'a function' : `function ${cut(value.name, 40)}`;
  const text = inspect(value, {
    depth: 0,
    breakLength: Number.POSITIVE_INFINITY,
    compact: true,
    maxArrayLength: 3,
    maxStringLength: 60,
    customInspect: false,
  });
  return cut(text.replaceAll('\n', ' '), 80);
}

const LONGEST = 1n << 256n;

/** The digits of a large one would take seconds. */
function holdsBigInt(value: object): boolean {
  if (types.isProxy(value)) return false;
  return Object.values(Object.getOwnPropertyDescriptors(value)).some((property) => typeof property.value === 'bigint');
}

function typed(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'object' || typeof value === 'function') return brief(value);
  return `type ${typeof value} (${brief(value)})`;
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
