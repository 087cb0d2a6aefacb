/** The hashes that native code has (native/web/openssl.h), with what algorithms built on them need to know. */
import { ops } from '../base/ops.ts';
import { cryptoError, unsupported } from './errors.ts';

interface HashFacts {
  /** Its number for native code. */
  readonly index: number;
  readonly bytes: number;
  /** Bytes of input per round: as long is a generated HMAC key. */
  readonly block: number;
  /** `alg` of a JSON Web Key for HMAC; undefined where none is registered. */
  readonly jwk: string | undefined;
}

const facts: Readonly<Record<string, HashFacts>> = {
  __proto__: null as never,
  'SHA-1': { index: 0, bytes: 20, block: 64, jwk: 'HS1' },
  'SHA-256': { index: 1, bytes: 32, block: 64, jwk: 'HS256' },
  'SHA-384': { index: 2, bytes: 48, block: 128, jwk: 'HS384' },
  'SHA-512': { index: 3, bytes: 64, block: 128, jwk: 'HS512' },
  'SHA3-256': { index: 4, bytes: 32, block: 136, jwk: undefined },
  'SHA3-384': { index: 5, bytes: 48, block: 104, jwk: undefined },
  'SHA3-512': { index: 6, bytes: 64, block: 72, jwk: undefined },
};

export function isHash(name: string): boolean {
  return facts[name] !== undefined;
}

export function hashFacts(name: string): HashFacts {
  const found = facts[name];
  if (!found) throw unsupported(`'${name}' is no hash`);
  return found;
}

export function digest(name: string, data: Uint8Array): ArrayBuffer {
  return made(name, ops.crypto.digest(hashFacts(name).index, data));
}

export function hmac(name: string, key: Uint8Array, data: Uint8Array): Uint8Array {
  return new Uint8Array(made(name, ops.crypto.hmac(hashFacts(name).index, key, data)));
}

export function pbkdf2(name: string, password: Uint8Array, salt: Uint8Array, iterations: number, length: number) {
  return made(name, ops.crypto.pbkdf2(hashFacts(name).index, password, salt, iterations, length));
}

/** HKDF (RFC 5869). */
export function hkdf(name: string, secret: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number) {
  const { bytes } = hashFacts(name);
  if (length > 255 * bytes) throw cryptoError('OperationError', `HKDF with ${name} gives at most ${255 * bytes} bytes`);
  const key = hmac(name, salt, secret);
  const out = new Uint8Array(length);
  const message = new Uint8Array(bytes + info.length + 1);
  message.set(info, bytes);
  for (let at = 0, round = 1; at < length; at += bytes, round++) {
    message[message.length - 1] = round;
    // The first round has no block before it.
    const block = hmac(name, key, round === 1 ? message.subarray(bytes) : message);
    message.set(block, 0);
    out.set(at + bytes > length ? block.subarray(0, length - at) : block, at);
  }
  return out.buffer as ArrayBuffer;
}

function made(name: string, result: ArrayBuffer | undefined): ArrayBuffer {
  if (result === undefined) throw unsupported(`This Node has no ${name}`);
  return result;
}
