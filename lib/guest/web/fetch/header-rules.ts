/** What may stand in a header (https://fetch.spec.whatwg.org/#terminology-headers). */
import { toDOMString } from '../base/webidl.ts';
import { essenceOf, parseMimeType } from './mime-type.ts';

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const wide = /[^\0-\xff]/;
const notPlain = /[^\x20-\xff]/;
const space = 0x20;
/** To there a loop is quicker than to begin with a regular expression. */
const short = 32;
const forbiddenInValue = /[\0\r\n]/;
const whitespaceAround = /^[\t\n\r ]+|[\t\n\r ]+$/g;
const upper = /[A-Z]/;

const { apply } = Reflect;
const { get, set } = Map.prototype;

/** Valid names in lower case, by how they were written. Most programs use the same few again and again. */
const known = new Map<string, string>();
const maxKnown = 256;
const maxKnownLength = 64;

export const findKnown = (name: string): string | undefined => apply(get, known, [name]);

/** For most values one look is all that has to be done: it is a ByteString, and valid as it stands. */
export function isPlain(text: string): boolean {
  const last = text.length - 1;
  if (last > short) {
    if (notPlain.test(text)) return false;
  } else {
    for (let i = 0; i <= last; i++) {
      const code = text.charCodeAt(i);
      if (code < space || code > 0xff) return false;
    }
  }
  return last < 0 || (text.charCodeAt(0) !== space && text.charCodeAt(last) !== space);
}

/** A ByteString, quicker than the general conversion. */
export function toHeaderText(value: unknown, what: string): string {
  const text = typeof value === 'string' ? value : toDOMString(value, what);
  if (!isPlain(text) && wide.test(text)) throw new TypeError(`${what} must hold characters up to U+00FF only`);
  return text;
}

export const isToken = (text: string): boolean => token.test(text);

/** In lower case; two spellings of a name are one header. */
export function checkHeaderName(name: string): string {
  const found = findKnown(name);
  if (found !== undefined) return found;
  if (!token.test(name)) throw new TypeError(`'${shorten(name)}' is not a valid header name`);
  const lower = upper.test(name) ? name.toLowerCase() : name;
  if (known.size < maxKnown && name.length <= maxKnownLength) apply(set, known, [name, lower]);
  return lower;
}

/** Without whitespace around it. */
export function checkHeaderValue(value: string, name: string): string {
  if (isPlain(value)) return value;
  const first = value.charCodeAt(0);
  const last = value.charCodeAt(value.length - 1);
  const trimmed = first <= 32 || last <= 32 ? value.replace(whitespaceAround, '') : value;
  if (forbiddenInValue.test(trimmed)) {
    throw new TypeError(`The value of header '${name}' must not hold line breaks or null characters`);
  }
  return trimmed;
}

const shorten = (text: string) => (text.length > 100 ? `${text.slice(0, 100)}…` : text);

// biome-ignore lint/suspicious/noControlCharactersInRegex: the standard's set of unsafe bytes.
const unsafe = /[\0-\x08\x0a-\x1f"():<>?@[\\\]{}\x7f]/;
const languages = /^[0-9A-Za-z *,\-.;=]*$/;
const simpleTypes = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];
const maxSimpleValue = 128;

const noCorsNames = new Set(['accept', 'accept-language', 'content-language', 'content-type']);

export const isNoCorsName = (name: string): boolean => noCorsNames.has(name);

/** Whether a request of mode `no-cors` may carry it (https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header). */
export function isNoCorsHeader(name: string, value: string): boolean {
  if (!noCorsNames.has(name) || value.length > maxSimpleValue) return false;
  if (name === 'accept') return !unsafe.test(value);
  if (name !== 'content-type') return languages.test(value);
  if (unsafe.test(value)) return false;
  const mime = parseMimeType(value);
  return mime !== undefined && simpleTypes.includes(essenceOf(mime));
}
