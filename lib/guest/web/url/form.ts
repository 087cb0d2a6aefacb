/** application/x-www-form-urlencoded, after https://url.spec.whatwg.org/#application/x-www-form-urlencoded. */
import { ops } from '../base/ops.ts';

export type Pair = [name: string, value: string];

/** For ops.text.decode. */
const utf8 = 0;
const ignoreBOM = 2;

/** Text without lone surrogates. */
export function parseForm(text: string): Pair[] {
  const pairs: Pair[] = [];
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf('&', start);
    if (end === -1) end = text.length;
    if (end > start) {
      const equals = text.indexOf('=', start);
      const nameEnd = equals === -1 || equals > end ? end : equals;
      pairs.push([decode(text.slice(start, nameEnd)), nameEnd === end ? '' : decode(text.slice(nameEnd + 1, end))]);
    }
    start = end + 1;
  }
  return pairs;
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  return ops.text.decode(utf8, percentDecode(ops.text.encode(spaced)), ignoreBOM, undefined) as string;
}

const hexValue = (byte: number | undefined) => {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
};

/** In place; what is answered is a part of it. */
function percentDecode(bytes: Uint8Array): Uint8Array {
  let to = 0;
  for (let from = 0; from < bytes.length; from++) {
    let byte = bytes[from] as number;
    if (byte === 0x25) {
      const high = hexValue(bytes[from + 1]);
      const low = high < 0 ? -1 : hexValue(bytes[from + 2]);
      if (low >= 0) {
        byte = high * 16 + low;
        from += 2;
      }
    }
    bytes[to++] = byte;
  }
  return bytes.subarray(0, to);
}

export function serializeForm(pairs: readonly Pair[]): string {
  let text = '';
  for (const [name, value] of pairs) text += `${text && '&'}${encode(name)}=${encode(value)}`;
  return text;
}

/** Letters, digits, '*', '-', '.' and '_' stand for themselves. */
const plain = (code: number) =>
  (code >= 0x61 && code <= 0x7a) ||
  (code >= 0x41 && code <= 0x5a) ||
  (code >= 0x30 && code <= 0x39) ||
  code === 0x2a ||
  code === 0x2d ||
  code === 0x2e ||
  code === 0x5f;

const escapes: string[] = [];
for (let byte = 0; byte < 256; byte++) {
  escapes[byte] = byte === 0x20 ? '+' : `%${byte < 16 ? '0' : ''}${byte.toString(16).toUpperCase()}`;
}

function encode(text: string): string {
  let at = 0;
  while (at < text.length && plain(text.charCodeAt(at))) at++;
  if (at === text.length) return text;
  let out = '';
  let done = 0;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (plain(code)) continue;
    out += text.slice(done, at);
    if (code < 0x80) {
      out += escapes[code];
    } else if (code < 0x800) {
      out += (escapes[0xc0 | (code >> 6)] as string) + escapes[0x80 | (code & 0x3f)];
    } else {
      const point = text.codePointAt(at) as number;
      if (point > 0xffff) {
        out += (escapes[0xf0 | (point >> 18)] as string) + escapes[0x80 | ((point >> 12) & 0x3f)];
        at++;
      } else {
        out += escapes[0xe0 | (point >> 12)];
      }
      out += (escapes[0x80 | ((point >> 6) & 0x3f)] as string) + escapes[0x80 | (point & 0x3f)];
    }
    done = at + 1;
  }
  return out + text.slice(done);
}
