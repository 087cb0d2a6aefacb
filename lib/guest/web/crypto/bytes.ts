/** Bytes as keys, messages and results hold them. */
import { type BufferSource, bytesOf } from '../base/webidl.ts';

const { apply } = Reflect;
const { slice } = ArrayBuffer.prototype;

/** A copy of what a buffer source holds now. */
export function bytesCopy(source: BufferSource): Uint8Array {
  // The constructor copies arrays without asking them for an iterator or a species.
  return new Uint8Array(bytesOf(source));
}

/** The bytes as an ArrayBuffer of exactly their length, which may be their own. */
export function bufferOf(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes;
  if (byteLength === buffer.byteLength) return buffer as ArrayBuffer;
  return apply(slice, buffer, [byteOffset, byteOffset + byteLength]) as ArrayBuffer;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (let i = 0; i < parts.length; i++) length += (parts[i] as Uint8Array).length;
  const all = new Uint8Array(length);
  let at = 0;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as Uint8Array;
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** In a time that depends on the lengths only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let differing = 0;
  for (let i = 0; i < a.length; i++) differing |= (a[i] as number) ^ (b[i] as number);
  return differing === 0;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** base64url without padding (RFC 4648, 5), as JSON Web Keys have it. */
export function toBase64Url(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const rest = bytes.length - at;
    const group = ((bytes[at] as number) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += (alphabet[group >> 18] as string) + (alphabet[(group >> 12) & 63] as string);
    if (rest > 1) text += alphabet[(group >> 6) & 63] as string;
    if (rest > 2) text += alphabet[group & 63] as string;
  }
  return text;
}

/** Undefined: it is no base64url. */
export function fromBase64Url(text: string): Uint8Array | undefined {
  if (text.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let group = 0;
  let bits = 0;
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const value = alphabet.indexOf(text[i] as string);
    if (value < 0) return undefined;
    group = (group << 6) | value;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = (group >> bits) & 255;
  }
  return bytes;
}
