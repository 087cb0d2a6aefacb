/** wrapKey and unwrapKey: a key exported and encrypted, decrypted and imported. */
import type { JsonWebKey, KeyFormat, KeyUsage } from '../../../shared/web/crypto.ts';
import { type Normalized, normalize } from './algorithms.ts';
import { runKeyWrap } from './ciphers.ts';
import { unsupported } from './errors.ts';
import { parseJsonWebKey } from './jwk.ts';
import { type CryptoKey, type KeyParts, makeKey, partsOf } from './key.ts';
import { checkUse, cipher, exportParts, importParts } from './operations.ts';
import { fromUtf8, toUtf8 } from './text.ts';

/** As an algorithm that wraps; failing that, as one that encrypts. */
export function normalizeForWrapping(given: object | string, wrap: boolean): Normalized {
  try {
    return normalize(wrap ? 'wrapKey' : 'unwrapKey', given);
  } catch {
    return normalize(wrap ? 'encrypt' : 'decrypt', given);
  }
}

async function run(algorithm: Normalized, encrypt: boolean, parts: KeyParts, data: Uint8Array): Promise<ArrayBuffer> {
  if (!algorithm.family.can.wrapKey) return cipher(algorithm, encrypt, parts, data);
  if (!('secret' in parts.material)) throw unsupported(`${algorithm.name} does not wrap`);
  return runKeyWrap(encrypt, parts.material.secret, data);
}

/** What wraps whole groups of 8 bytes gets JSON with blanks at its end, as the standard suggests. */
function jsonBytes(key: object, algorithm: Normalized): Uint8Array {
  const text = JSON.stringify(key);
  const bytes = toUtf8(text);
  const short = algorithm.name === 'AES-KW' ? (8 - (bytes.length % 8)) % 8 : 0;
  return short === 0 ? bytes : toUtf8(text + ' '.repeat(short));
}

export async function wrap(
  format: KeyFormat,
  key: CryptoKey,
  wrappingKey: CryptoKey,
  algorithm: Normalized,
): Promise<ArrayBuffer> {
  const wrapping = partsOf(wrappingKey);
  checkUse(wrapping, algorithm, 'wrapKey');
  const exported = await exportParts(format, partsOf(key));
  const bytes = format === 'jwk' ? jsonBytes(exported, algorithm) : new Uint8Array(exported as ArrayBuffer);
  return run(algorithm, true, wrapping, bytes);
}

export async function unwrap(
  format: KeyFormat,
  wrapped: Uint8Array,
  unwrappingKey: CryptoKey,
  algorithm: Normalized,
  keyAlgorithm: Normalized,
  extractable: boolean,
  usages: readonly KeyUsage[],
): Promise<CryptoKey> {
  const unwrapping = partsOf(unwrappingKey);
  checkUse(unwrapping, algorithm, 'unwrapKey');
  const bytes = new Uint8Array(await run(algorithm, false, unwrapping, wrapped));
  const data: Uint8Array | JsonWebKey = format === 'jwk' ? parseJsonWebKey(fromUtf8(bytes)) : bytes;
  return makeKey(await importParts(format, data, keyAlgorithm, extractable, usages));
}
