/** Keys that are bytes in the guest: AES, HMAC, and what HKDF and PBKDF2 derive from. */
import type { JsonWebKey, KeyAlgorithm, KeyFormat, KeyUsage } from '../../../shared/web/crypto.ts';
import { ops } from '../base/ops.ts';
import { type Normalized, paramsOf } from './algorithms.ts';
import { bufferOf, bytesCopy, fromBase64Url, toBase64Url } from './bytes.ts';
import { type CryptoErrorName, cryptoError, unsupported } from './errors.ts';
import { hashFacts } from './hashes.ts';
import { checkSecretJwk } from './jwk.ts';
import { type KeyParts, sortedUsages } from './key.ts';

const cipherUsages: readonly KeyUsage[] = ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'];
const wrapUsages: readonly KeyUsage[] = ['wrapKey', 'unwrapKey'];
const macUsages: readonly KeyUsage[] = ['sign', 'verify'];
const sourceUsages: readonly KeyUsage[] = ['deriveKey', 'deriveBits'];

function usagesFor(name: string): readonly KeyUsage[] {
  if (name === 'HMAC') return macUsages;
  if (name === 'HKDF' || name === 'PBKDF2') return sourceUsages;
  return name === 'AES-KW' ? wrapUsages : cipherUsages;
}

function checkUsages(name: string, usages: readonly KeyUsage[]): void {
  const allowed = usagesFor(name);
  for (const usage of usages) {
    if (!allowed.includes(usage)) throw cryptoError('SyntaxError', `A key for ${name} can't be used for '${usage}'`);
  }
}

const isAesLength = (bits: number) => bits === 128 || bits === 192 || bits === 256;

function checkAesLength(bits: number, error: CryptoErrorName): number {
  if (!isAesLength(bits)) throw cryptoError(error, `A key for AES has 128, 192 or 256 bits, got ${bits}`);
  return bits;
}

function makeParts(
  algorithm: KeyAlgorithm,
  secret: Uint8Array,
  extractable: boolean,
  usages: readonly KeyUsage[],
): KeyParts {
  return { type: 'secret', extractable, algorithm, usages: sortedUsages(usages), material: { secret } };
}

function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  // The operation fills at most so many at once.
  for (let at = 0; at < length; at += 65536) ops.random.fill(bytes.subarray(at, Math.min(length, at + 65536)));
  return bytes;
}

/** Only the first `bits` bits count; the others of the last byte are zero. */
function trimmed(bytes: Uint8Array, bits: number): Uint8Array {
  const rest = bits % 8;
  const last = bytes.length - 1;
  if (rest !== 0) bytes[last] = (bytes[last] as number) & (0xff << (8 - rest));
  return bytes;
}

export function generateSecret(algorithm: Normalized, extractable: boolean, usages: readonly KeyUsage[]): KeyParts {
  const { name } = algorithm;
  checkUsages(name, usages);
  if (name !== 'HMAC') {
    const length = checkAesLength(paramsOf<'aesKey'>(algorithm).length, 'OperationError');
    return makeParts({ name, length }, randomBytes(length / 8), extractable, usages);
  }
  const { hash, length = hashFacts(hash.name).block * 8 } = paramsOf<'hmac'>(algorithm);
  if (length === 0) throw cryptoError('OperationError', 'A key for HMAC has at least one bit');
  const secret = trimmed(randomBytes(Math.ceil(length / 8)), length);
  return makeParts({ name, length, hash }, secret, extractable, usages);
}

/** How many bits a derived key takes; null: all there are. */
export function secretLength(algorithm: Normalized): number | null {
  const { name } = algorithm;
  if (name === 'HKDF' || name === 'PBKDF2') return null;
  if (name !== 'HMAC') return checkAesLength(paramsOf<'aesKey'>(algorithm).length, 'OperationError');
  const { hash, length = hashFacts(hash.name).block * 8 } = paramsOf<'hmac'>(algorithm);
  if (length === 0) throw new TypeError('The length of a key for HMAC must not be 0');
  return length;
}

export function importSecret(
  format: KeyFormat,
  data: Uint8Array | JsonWebKey,
  algorithm: Normalized,
  extractable: boolean,
  usages: readonly KeyUsage[],
): KeyParts {
  const { name } = algorithm;
  const isSource = name === 'HKDF' || name === 'PBKDF2';
  const raw = format === 'raw' || format === 'raw-secret';
  if (!raw && (format !== 'jwk' || isSource)) throw unsupported(`A key for ${name} can't be imported as '${format}'`);
  checkUsages(name, usages);
  if (isSource) {
    if (extractable) throw cryptoError('SyntaxError', `A key for ${name} can't be extractable`);
    return makeParts({ name }, bytesCopy(data as Uint8Array), false, usages);
  }
  const secret = raw ? bytesCopy(data as Uint8Array) : fromJwk(data as JsonWebKey, algorithm, extractable, usages);
  if (name !== 'HMAC') {
    const length = checkAesLength(secret.length * 8, 'DataError');
    return makeParts({ name, length }, secret, extractable, usages);
  }
  const { hash, length = secret.length * 8 } = paramsOf<'hmac'>(algorithm);
  if (secret.length === 0) throw cryptoError('DataError', 'A key for HMAC has at least one bit');
  if (length > secret.length * 8 || length <= secret.length * 8 - 8) {
    throw cryptoError('DataError', `The key has ${secret.length * 8} bits, 'length' says ${length}`);
  }
  return makeParts({ name, length, hash }, trimmed(secret, length), extractable, usages);
}

function fromJwk(
  key: JsonWebKey,
  algorithm: Normalized,
  extractable: boolean,
  usages: readonly KeyUsage[],
): Uint8Array {
  if (key.kty !== 'oct') throw cryptoError('DataError', "'kty' of the JSON Web Key must be 'oct'");
  const secret = key.k === undefined ? undefined : fromBase64Url(key.k);
  if (!secret) throw cryptoError('DataError', "'k' of the JSON Web Key must be base64url");
  const { name } = algorithm;
  const isMac = name === 'HMAC';
  if (!isMac) checkAesLength(secret.length * 8, 'DataError');
  const alg = isMac ? hashFacts(paramsOf<'hmac'>(algorithm).hash.name).jwk : aesAlg(name, secret.length);
  checkSecretJwk(key, { use: isMac ? 'sig' : 'enc', alg, extractable, usages });
  return secret;
}

const aesAlg = (name: string, bytes: number) => `A${bytes * 8}${name.slice('AES-'.length)}`;

export function exportSecret(format: KeyFormat, parts: KeyParts, secret: Uint8Array): ArrayBuffer | object {
  const { algorithm } = parts;
  if (format === 'raw' || format === 'raw-secret') return bufferOf(new Uint8Array(secret));
  if (format !== 'jwk') throw unsupported(`A key for ${algorithm.name} can't be exported as '${format}'`);
  const alg = algorithm.hash ? hashFacts(algorithm.hash.name).jwk : aesAlg(algorithm.name, secret.length);
  return {
    key_ops: [...parts.usages],
    ext: parts.extractable,
    kty: 'oct',
    k: toBase64Url(secret),
    ...(alg !== undefined && { alg }),
  };
}
