/** application/x-www-form-urlencoded, after https://url.spec.whatwg.org/#application/x-www-form-urlencoded. */
import { ops } from '../base/ops.ts';

/** For ops.text.decode. */
const utf8 = 0;
const ignoreBOM = 2;

const ampersand = 0x26;
const equals = 0x3d;
const plus = 0x2b;
const percent = 0x25;

const { fromCharCode } = String;

/** Names and values in turn, of a text without lone surrogates. */
export function parseForm(text: string): string[] {
  const list: string[] = [];
  let start = 0;
  let name: string | undefined;
  let coded = false;
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : ampersand;
    if (code === plus || code === percent) {
      coded = true;
      continue;
    }
    if (code !== ampersand && (code !== equals || name !== undefined)) continue;
    const part = text.slice(start, at);
    const decoded = coded ? decode(part) : part;
    if (code === equals) {
      name = decoded;
    } else {
      if (name !== undefined) list.push(name, decoded);
      else if (part !== '') list.push(decoded, '');
      name = undefined;
    }
    start = at + 1;
    coded = false;
  }
  return list;
}

function decode(text: string): string {
  let out = '';
  let done = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === plus) {
      out += `${text.slice(done, at)} `;
      done = at + 1;
    } else if (code === percent) {
      const byte = byteAt(text, at);
      if (byte < 0) continue;
      if (byte > 0x7f) return decodeBytes(text);
      out += text.slice(done, at) + fromCharCode(byte);
      at += 2;
      done = at + 1;
    }
  }
  return done === 0 ? text : out + text.slice(done);
}

/** What a percent sign and the two characters behind it stand for; negative: only for themselves. */
function byteAt(text: string, at: number): number {
  if (at + 2 >= text.length) return -1;
  return (hexValue(text.charCodeAt(at + 1)) << 4) | hexValue(text.charCodeAt(at + 2));
}

function decodeBytes(text: string): string {
  const bytes = percentDecode(ops.text.encode(text.replaceAll('+', ' ')));
  return ops.text.decode(utf8, bytes, ignoreBOM, undefined) as string;
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

export function serializeForm(list: readonly string[]): string {
  let text = '';
  for (let i = 0; i + 1 < list.length; i += 2) {
    text += `${i > 0 ? '&' : ''}${encode(list[i] as string)}=${encode(list[i + 1] as string)}`;
  }
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
