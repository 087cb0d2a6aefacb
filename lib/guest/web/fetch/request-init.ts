/** The dictionary RequestInit (https://fetch.spec.whatwg.org/#requestinit). */
import { type Converter, isObject, toBoolean, toDOMString, toEnum, toUSVString, typeOf } from '../base/webidl.ts';
import { type BodyInit, toBodyInit } from './body.ts';
import { toHeaderText } from './header-rules.ts';
import { type HeadersInit, toHeadersInit } from './headers.ts';
import { isAbortSignal } from './signals.ts';

const oneOf =
  <T extends string>(...values: T[]): Converter<T> =>
  (value, what) =>
    toEnum(value, values, what);

const toSignal: Converter<AbortSignal | null> = (value, what) => {
  if (value === null) return null;
  if (!isAbortSignal(value)) throw new TypeError(`${what} must be an AbortSignal, got ${typeOf(value)}`);
  return value;
};

const referrerPolicies = [
  '',
  'no-referrer',
  'no-referrer-when-downgrade',
  'same-origin',
  'origin',
  'strict-origin',
  'origin-when-cross-origin',
  'strict-origin-when-cross-origin',
  'unsafe-url',
];

/** In alphabetical order, as they are read. */
const members = {
  body: toBodyInit as Converter<BodyInit | null>,
  cache: oneOf('default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached'),
  credentials: oneOf('omit', 'same-origin', 'include'),
  duplex: oneOf('half'),
  headers: toHeadersInit as Converter<HeadersInit>,
  integrity: toDOMString,
  keepalive: toBoolean,
  method: toHeaderText,
  mode: oneOf('navigate', 'same-origin', 'no-cors', 'cors'),
  priority: oneOf('high', 'low', 'auto'),
  redirect: oneOf('follow', 'error', 'manual'),
  referrer: toUSVString,
  referrerPolicy: oneOf(...referrerPolicies),
  signal: toSignal,
  window: (value: unknown) => value,
};

type Given = { [Name in keyof typeof members]?: ReturnType<(typeof members)[Name]> };
export type RequestInit = Given & { readonly isEmpty: boolean };

const names = Object.keys(members) as (keyof typeof members)[];
const empty: RequestInit = { isEmpty: true };

export function toRequestInit(value: unknown, what: string): RequestInit {
  if (value === undefined || value === null) return empty;
  if (!isObject(value)) throw new TypeError(`${what} must be an object, got ${typeOf(value)}`);
  const init = { __proto__: null, isEmpty: true } as unknown as Record<string, unknown>;
  for (const name of names) {
    const given = (value as Record<string, unknown>)[name];
    if (given === undefined) continue;
    init[name] = members[name](given, `${what}.${name}`);
    init['isEmpty'] = false;
  }
  return init as RequestInit;
}
