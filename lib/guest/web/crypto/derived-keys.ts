/** Keys made of the bytes that another operation gave: deriveKey, encapsulateKey, decapsulateKey. */
import type { KeyFormat, KeyUsage } from '../../../shared/web/crypto.ts';
import { type Normalized, paramsOf } from './algorithms.ts';
import { cryptoError } from './errors.ts';
import { type CryptoKey, makeKey } from './key.ts';
import { importParts } from './operations.ts';
import { secretLength } from './secret-keys.ts';

/** How many bits a key for the algorithm takes; null: as many as there are. */
export function keyLength(algorithm: Normalized): number | null {
  if (algorithm.family.home === 'guest') return secretLength(algorithm);
  const { name } = algorithm;
  if (name === 'ChaCha20-Poly1305') return 256;
  if (name === 'AES-OCB') {
    const { length } = paramsOf<'aesKey'>(algorithm);
    if (length === 128 || length === 192 || length === 256) return length;
    throw cryptoError('OperationError', `A key for AES has 128, 192 or 256 bits, got ${length}`);
  }
  if (name === 'KMAC128' || name === 'KMAC256') {
    const { length = name === 'KMAC128' ? 128 : 256 } = paramsOf<'kmacKey'>(algorithm);
    if (length === 0) throw new TypeError('The length of a key for KMAC must not be 0');
    return length;
  }
  return null;
}

/** How bytes are imported as a key for the algorithm: those that came late have a format of their own. */
const rawFormat = (algorithm: Normalized): KeyFormat => (algorithm.family.home === 'guest' ? 'raw' : 'raw-secret');

export async function keyFromBits(
  bits: ArrayBuffer,
  algorithm: Normalized,
  extractable: boolean,
  usages: readonly KeyUsage[],
): Promise<CryptoKey> {
  return makeKey(await importParts(rawFormat(algorithm), new Uint8Array(bits), algorithm, extractable, usages));
}
