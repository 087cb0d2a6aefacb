import { brief } from '../errors/brief.ts';
import { InvalidArgTypeError } from '../errors/invalid-arg.ts';
import { isGiven, nothing, onlyGiven } from '../shared/own.ts';
import { invalidRange, invalidSecret, invalidType } from './invalid.ts';
import { nearest } from './nearest.ts';

/** Longest time limit: what fits a signed 32-bit number of milliseconds, about 24.8 days, as for Node's timers. */
export const maxMilliseconds = 2 ** 31 - 1;

type Options = Readonly<Record<string, unknown>>;

/**
 * An options argument: `undefined` or an object with known names only. Read the options from what this answers: what
 * some library put on `Object.prototype` is not among them.
 */
export function checkOptions(value: unknown, names: ReadonlySet<string>, what = 'options'): Options {
  if (value === undefined) return nothing;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidType(what, value, 'an object or undefined');
  }
  for (const key in value) {
    if (!names.has(key) && isGiven(value, key)) throw unknownOption(what, key, value, names);
  }
  for (const name of names) if (name in Object.prototype) return onlyGiven(value, names);
  return value as Options;
}

/** Like `checkOptions`, where a value may be a secret: errors end up in logs, so they show types only. */
export function checkSecretOptions(value: unknown, names: ReadonlySet<string>, what: string): Options {
  if (typeof value !== 'object' || value === null) throw invalidSecret(what, value, 'an object or undefined');
  checkOptions(Object.fromEntries(Object.entries(value).map(([key, hidden]) => [key, typeof hidden])), names, what);
  return onlyGiven(value, names);
}

function unknownOption(what: string, key: string, value: object, names: ReadonlySet<string>): InvalidArgTypeError {
  const option = what === 'options' ? key : `${what}.${key}`;
  const close = nearest(key, names);
  const advice = close === undefined ? `Known options: ${[...names].join(', ')}.` : `Did you mean '${close}'?`;
  const given = brief((value as Record<string, unknown>)[key]);
  return new InvalidArgTypeError(
    `'${option}' is not a known option (value ${given}). ${advice}`,
    option,
    (value as Record<string, unknown>)[key],
  );
}

export function checkString(value: unknown, option: string): string {
  if (typeof value !== 'string') throw invalidType(option, value, 'a string');
  return value;
}

/** A string that names something: not empty. */
export function checkName(value: unknown, option: string): string {
  if (checkString(value, option) === '') throw invalidRange(option, value, 'a non-empty string');
  return value as string;
}

export function checkBoolean(value: unknown, option: string): boolean {
  if (typeof value !== 'boolean') throw invalidType(option, value, 'a boolean');
  return value;
}

// biome-ignore lint/complexity/noBannedTypes: any callable is accepted here, whatever its signature
export function checkFunction(value: unknown, option: string): Function {
  if (typeof value !== 'function') throw invalidType(option, value, 'a function');
  return value;
}

export function checkOneOf<T extends string>(value: unknown, option: string, choices: readonly T[]): T {
  const expected = `one of ${choices.map((choice) => `'${choice}'`).join(', ')}`;
  if (typeof value !== 'string') throw invalidType(option, value, expected);
  if (!choices.includes(value as T)) throw invalidRange(option, value, expected);
  return value as T;
}

/** A whole number within `min` and `max`; `unit` completes "a whole number of …". */
export function checkInteger(value: unknown, option: string, min: number, max: number, unit = ''): number {
  const noun = unit === '' ? 'a whole number' : `a whole number of ${unit}`;
  if (typeof value !== 'number') throw invalidType(option, value, noun);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw invalidRange(option, value, `${noun} from ${min} to ${max}`);
  }
  return value;
}

/** A time limit: a positive, finite number of milliseconds. */
export function checkMilliseconds(value: unknown, option: string): number {
  if (typeof value !== 'number') throw invalidType(option, value, 'a number of milliseconds');
  if (!Number.isFinite(value))
    throw invalidRange(option, value, 'a finite number of milliseconds; leave it out for none');
  if (value < 0) throw invalidRange(option, value, 'a positive number of milliseconds, not a negative one');
  if (value === 0) {
    throw invalidRange(option, value, 'a positive number of milliseconds, not zero; leave it out for no limit');
  }
  if (value > maxMilliseconds) throw invalidRange(option, value, `at most ${maxMilliseconds} milliseconds`);
  return value;
}

/** A time that may be 0 (at once) or `Infinity` (no limit), in milliseconds. */
export function checkPatience(value: unknown, option: string): number {
  if (typeof value !== 'number') throw invalidType(option, value, 'a number of milliseconds');
  if (!(value >= 0)) throw invalidRange(option, value, 'a number of milliseconds of at least 0');
  return value;
}

/** A signal as `AbortController` makes them; duck-typed, so that polyfills and other realms work. */
export function checkSignal(value: unknown, option = 'signal'): AbortSignal {
  const signal = value as AbortSignal;
  if (
    typeof value !== 'object' ||
    value === null ||
    typeof signal.aborted !== 'boolean' ||
    typeof signal.addEventListener !== 'function'
  ) {
    throw invalidType(option, value, 'an AbortSignal');
  }
  return signal;
}
