/** `data:` URLs (https://fetch.spec.whatwg.org/#data-url-processor). */
import { encodeUtf8 } from '../file/utf8.ts';
import { parseMimeType, serializeMimeType } from './mime-type.ts';

const hex = (code: number): number => {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
};

function percentDecode(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes.length);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    let byte = bytes[i] as number;
    if (byte === 37 && i + 2 < bytes.length) {
      const high = hex(bytes[i + 1] as number);
      const low = hex(bytes[i + 2] as number);
      if (high >= 0 && low >= 0) {
        byte = high * 16 + low;
        i += 2;
      }
    }
    out[length++] = byte;
  }
  return out.slice(0, length);
}

const base64Mark = /; *base64$/i;
const spaces = /^[\t\n\f\r ]+|[\t\n\f\r ]+$/g;

/** Undefined: not a valid one. */
export function readDataUrl(href: string): { type: string; bytes: Uint8Array<ArrayBuffer> } | undefined {
  const hash = href.indexOf('#');
  const text = href.slice('data:'.length, hash < 0 ? undefined : hash);
  const comma = text.indexOf(',');
  if (comma < 0) return undefined;
  let type = text.slice(0, comma).replace(spaces, '');
  let bytes = percentDecode(encodeUtf8(text.slice(comma + 1)));
  if (base64Mark.test(type)) {
    const decoded = decodeBase64(bytes);
    if (!decoded) return undefined;
    bytes = decoded;
    type = type.replace(base64Mark, '');
  }
  if (type.startsWith(';')) type = `text/plain${type}`;
  const mime = parseMimeType(type);
  return { type: mime ? serializeMimeType(mime) : 'text/plain;charset=US-ASCII', bytes };
}

function digit(code: number): number {
  if (code >= 65 && code <= 90) return code - 65;
  if (code >= 97 && code <= 122) return code - 71;
  if (code >= 48 && code <= 57) return code + 4;
  if (code === 43) return 62;
  return code === 47 ? 63 : -1;
}

const isSpace = (code: number) => code === 32 || (code >= 9 && code <= 13 && code !== 11);

/** https://infra.spec.whatwg.org/#forgiving-base64-decode */
function decodeBase64(bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const compact = bytes.filter((code) => !isSpace(code));
  let length = compact.length;
  if (length % 4 === 0) {
    if (compact[length - 1] === 61) length--;
    if (length > 0 && compact[length - 1] === 61 && compact.length - length === 1) length--;
  }
  if (length % 4 === 1) return undefined;
  const out = new Uint8Array(Math.floor((length * 3) / 4));
  let at = 0;
  let bits = 0;
  let held = 0;
  for (let i = 0; i < length; i++) {
    const value = digit(compact[i] as number);
    if (value < 0) return undefined;
    held = (held << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = (held >> bits) & 255;
    }
  }
  return out;
}
