/**
 * What https://wicg.github.io/webcrypto-modern-algos/ adds to SubtleCrypto: encapsulated keys, public keys of private
 * ones, and `supports`. Where Node has them.
 */
import type { KeyUsage } from '../../../shared/web/crypto.ts';
import { defineInterface, toBoolean, toBufferSource, toInterface } from '../base/webidl.ts';
import { type Normalized, normalize, toIdentifier } from './algorithms.ts';
import { bytesCopy } from './bytes.ts';
import { keyFromBits } from './derived-keys.ts';
import { cryptoError, unsupported } from './errors.ts';
import { decapsulateInHost, type Encapsulated, encapsulateInHost, publicKeyInHost } from './host.ts';
import { type CryptoKey, isCryptoKey, type KeyParts, makeKey, partsOf } from './key.ts';
import { checkUse } from './operations.ts';
import { checkSubtle, SubtleCrypto, toUsages } from './subtle.ts';
import { supports } from './supports.ts';

const toKey = (value: unknown, what: string) => toInterface(value, isCryptoKey, 'CryptoKey', what);

function readKem(
  operation: 'encapsulate' | 'decapsulate',
  algorithm: object | string,
  key: KeyParts,
  usage: KeyUsage,
): Normalized {
  const normalized = normalize(operation, algorithm);
  checkUse(key, normalized, usage);
  return normalized;
}

const methods = {
  async encapsulateBits(this: unknown, algorithm: unknown, key: unknown): Promise<Encapsulated> {
    const what = checkSubtle(this, arguments.length, 2, 'encapsulateBits');
    const given = toIdentifier(algorithm, what(1));
    const parts = partsOf(toKey(key, what(2)));
    return encapsulateInHost(readKem('encapsulate', given, parts, 'encapsulateBits'), parts);
  },

  async encapsulateKey(
    this: unknown,
    algorithm: unknown,
    key: unknown,
    sharedKeyAlgorithm: unknown,
    extractable: unknown,
    usages: unknown,
  ): Promise<{ sharedKey: CryptoKey; ciphertext: ArrayBuffer }> {
    const what = checkSubtle(this, arguments.length, 5, 'encapsulateKey');
    const given = toIdentifier(algorithm, what(1));
    const parts = partsOf(toKey(key, what(2)));
    const shared = toIdentifier(sharedKeyAlgorithm, what(3));
    const mayLeave = toBoolean(extractable);
    const wanted = toUsages(usages, what(5));
    const normalized = normalize('encapsulate', given);
    const imported = normalize('importKey', shared);
    checkUse(parts, normalized, 'encapsulateKey');
    const { sharedKey, ciphertext } = await encapsulateInHost(normalized, parts);
    return { sharedKey: await keyFromBits(sharedKey, imported, mayLeave, wanted), ciphertext };
  },

  async decapsulateBits(this: unknown, algorithm: unknown, key: unknown, ciphertext: unknown): Promise<ArrayBuffer> {
    const what = checkSubtle(this, arguments.length, 3, 'decapsulateBits');
    const given = toIdentifier(algorithm, what(1));
    const parts = partsOf(toKey(key, what(2)));
    const source = toBufferSource(ciphertext, what(3));
    const normalized = readKem('decapsulate', given, parts, 'decapsulateBits');
    return decapsulateInHost(normalized, parts, bytesCopy(source));
  },

  async decapsulateKey(
    this: unknown,
    algorithm: unknown,
    key: unknown,
    ciphertext: unknown,
    sharedKeyAlgorithm: unknown,
    extractable: unknown,
    usages: unknown,
  ): Promise<CryptoKey> {
    const what = checkSubtle(this, arguments.length, 6, 'decapsulateKey');
    const given = toIdentifier(algorithm, what(1));
    const parts = partsOf(toKey(key, what(2)));
    const source = toBufferSource(ciphertext, what(3));
    const shared = toIdentifier(sharedKeyAlgorithm, what(4));
    const mayLeave = toBoolean(extractable);
    const wanted = toUsages(usages, what(6));
    const normalized = normalize('decapsulate', given);
    const imported = normalize('importKey', shared);
    checkUse(parts, normalized, 'decapsulateKey');
    const bits = await decapsulateInHost(normalized, parts, bytesCopy(source));
    return keyFromBits(bits, imported, mayLeave, wanted);
  },

  async getPublicKey(this: unknown, key: unknown, usages: unknown): Promise<CryptoKey> {
    const what = checkSubtle(this, arguments.length, 2, 'getPublicKey');
    const parts = partsOf(toKey(key, what(1)));
    const wanted = toUsages(usages, what(2));
    if (parts.type === 'secret') throw unsupported('A secret key has no public one');
    if (parts.type === 'public') throw cryptoError('InvalidAccessError', 'The key must be a private one');
    return makeKey(await publicKeyInHost(parts, wanted));
  },
};

/** Adds them. */
export function extendSubtle(): void {
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(SubtleCrypto.prototype, name, { value, writable: true, configurable: true });
  }
  Object.defineProperty(SubtleCrypto, 'supports', { value: supports, writable: true, configurable: true });
  defineInterface(SubtleCrypto, {
    name: 'SubtleCrypto',
    members: Object.keys(methods),
    statics: ['supports'],
    lengths: { supports: 2 },
  });
}
