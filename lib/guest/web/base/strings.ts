/** Conversions of Web IDL to strings, booleans and enumerations (https://webidl.spec.whatwg.org/#js-type-mapping). */

const { apply } = Reflect;
const { charCodeAt } = String.prototype;
const { includes } = Array.prototype;
const { toWellFormed } = String.prototype as unknown as { toWellFormed(): string };

export function toBoolean(value: unknown, _what?: string): boolean {
  return !!value;
}

/** Any value as it is. */
export function toAny(value: unknown, _what?: string): unknown {
  return value;
}

export function toDOMString(value: unknown, what = 'The value'): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'symbol') throw new TypeError(`${what} must be a string, got a symbol`);
  return `${value}`;
}

/** A string without lone surrogates: each becomes U+FFFD. */
export function toUSVString(value: unknown, what?: string): string {
  return apply(toWellFormed, toDOMString(value, what), []);
}

/** A string whose characters are bytes; others are a TypeError. */
export function toByteString(value: unknown, what = 'The value'): string {
  const text = toDOMString(value, what);
  for (let i = 0; i < text.length; i++) {
    const code = apply(charCodeAt, text, [i]);
    if (code > 255) {
      throw new TypeError(`${what} must hold characters up to U+00FF only, got character ${code} at index ${i}`);
    }
  }
  return text;
}

/** One of `values`; anything else is a TypeError. */
export function toEnum<T extends string>(value: unknown, values: readonly T[], what = 'The value'): T {
  const text = toDOMString(value, what);
  if (!apply(includes, values, [text])) {
    throw new TypeError(`${what} must be one of '${values.join("', '")}', got '${shorten(text)}'`);
  }
  return text as T;
}

const shorten = (text: string) => (text.length > 100 ? `${text.slice(0, 100)}…` : text);
