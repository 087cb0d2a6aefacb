/** SubtleCrypto (https://w3c.github.io/webcrypto/#subtlecrypto-interface): reads what it is given, checks, and answers. */
import type { JsonWebKey, KeyFormat, KeyUsage } from '../../../shared/web/crypto.ts';
import {
  defineInterface,
  isArrayBuffer,
  isObject,
  requireArguments,
  requireInternal,
  toBoolean,
  toBufferSource,
  toEnum,
  toInterface,
  toSequence,
  toUnsignedLong,
} from '../base/webidl.ts';
import { normalize, toIdentifier } from './algorithms.ts';
import { bytesCopy } from './bytes.ts';
import { keyFromBits, keyLength } from './derived-keys.ts';
import { cryptoError } from './errors.ts';
import { toJsonWebKey } from './jwk.ts';
import { type CryptoKey, isCryptoKey, keyUsages, makeKey, partsOf } from './key.ts';
import {
  checkUse,
  cipher,
  derive,
  digestOf,
  exportParts,
  generate,
  importParts,
  isSignature,
  signature,
} from './operations.ts';
import { normalizeForWrapping, unwrap, wrap } from './wrapping.ts';

const formats: readonly KeyFormat[] = [
  'raw',
  'pkcs8',
  'spki',
  'jwk',
  'raw-public',
  'raw-private',
  'raw-seed',
  'raw-secret',
];

export interface CryptoKeyPair {
  publicKey: CryptoKey;
  privateKey: CryptoKey;
}

const toKey = (value: unknown, what: string) => toInterface(value, isCryptoKey, 'CryptoKey', what);
export const toUsages = (value: unknown, what: string) =>
  toSequence<KeyUsage>(value, (item, of) => toEnum(item, keyUsages, of), what);
const toFormat = (value: unknown, what: string) => toEnum(value, formats, what);

/**
 * Begins a method: checks what it was called on, and how many arguments it got. Answers how these are named in errors.
 */
export let checkSubtle: (self: unknown, given: number, needed: number, method: string) => (number: number) => string;

export class SubtleCrypto {
  #brand = true;

  constructor(token?: unknown) {
    requireInternal(token);
  }

  static {
    checkSubtle = (self, given, needed, method) => {
      if (!isObject(self) || !(#brand in self)) {
        throw new TypeError(`'${method}' was called on something that is not a SubtleCrypto`);
      }
      requireArguments(given, needed, `SubtleCrypto.${method}`);
      return (number) => `Argument ${number} of SubtleCrypto.${method}`;
    };
  }

  async encrypt(algorithm: unknown, key: unknown, data: unknown): Promise<ArrayBuffer> {
    const what = checkSubtle(this, arguments.length, 3, 'encrypt');
    return run(what, true, algorithm, key, data);
  }

  async decrypt(algorithm: unknown, key: unknown, data: unknown): Promise<ArrayBuffer> {
    const what = checkSubtle(this, arguments.length, 3, 'decrypt');
    return run(what, false, algorithm, key, data);
  }

  async sign(algorithm: unknown, key: unknown, data: unknown): Promise<ArrayBuffer> {
    const what = checkSubtle(this, arguments.length, 3, 'sign');
    const given = toIdentifier(algorithm, what(1));
    const parts = partsOf(toKey(key, what(2)));
    const source = toBufferSource(data, what(3));
    const normalized = normalize('sign', given);
    const bytes = bytesCopy(source);
    checkUse(parts, normalized, 'sign');
    return signature(normalized, parts, bytes);
  }

  async verify(algorithm: unknown, key: unknown, given: unknown, data: unknown): Promise<boolean> {
    const what = checkSubtle(this, arguments.length, 4, 'verify');
    const identifier = toIdentifier(algorithm, what(1));
    const parts = partsOf(toKey(key, what(2)));
    const signed = toBufferSource(given, what(3));
    const source = toBufferSource(data, what(4));
    const normalized = normalize('verify', identifier);
    const bytes = bytesCopy(source);
    const signatureBytes = bytesCopy(signed);
    checkUse(parts, normalized, 'verify');
    return isSignature(normalized, parts, signatureBytes, bytes);
  }

  async digest(algorithm: unknown, data: unknown): Promise<ArrayBuffer> {
    const what = checkSubtle(this, arguments.length, 2, 'digest');
    const given = toIdentifier(algorithm, what(1));
    const source = toBufferSource(data, what(2));
    // Native code reads the bytes before it answers: a copy is needed for the host only, and crossing makes it.
    return digestOf(normalize('digest', given), source);
  }

  async generateKey(algorithm: unknown, extractable: unknown, usages: unknown): Promise<CryptoKey | CryptoKeyPair> {
    const what = checkSubtle(this, arguments.length, 3, 'generateKey');
    const given = toIdentifier(algorithm, what(1));
    const mayLeave = toBoolean(extractable);
    const wanted = toUsages(usages, what(3));
    const [first, second] = await generate(normalize('generateKey', given), mayLeave, wanted);
    if (!first) throw cryptoError('OperationError', 'No key was made');
    return second ? { publicKey: makeKey(first), privateKey: makeKey(second) } : makeKey(first);
  }

  async deriveKey(
    algorithm: unknown,
    baseKey: unknown,
    derivedKeyType: unknown,
    extractable: unknown,
    usages: unknown,
  ): Promise<CryptoKey> {
    const what = checkSubtle(this, arguments.length, 5, 'deriveKey');
    const given = toIdentifier(algorithm, what(1));
    const parts = partsOf(toKey(baseKey, what(2)));
    const derived = toIdentifier(derivedKeyType, what(3));
    const mayLeave = toBoolean(extractable);
    const wanted = toUsages(usages, what(5));
    const normalized = normalize('deriveBits', given);
    const imported = normalize('importKey', derived);
    const lengthened = normalize('getKeyLength', derived);
    checkUse(parts, normalized, 'deriveKey');
    const bits = await derive(normalized, parts, keyLength(lengthened));
    return keyFromBits(bits, imported, mayLeave, wanted);
  }

  async deriveBits(algorithm: unknown, baseKey: unknown, length: unknown = null): Promise<ArrayBuffer> {
    const what = checkSubtle(this, arguments.length, 2, 'deriveBits');
    const given = toIdentifier(algorithm, what(1));
    const parts = partsOf(toKey(baseKey, what(2)));
    const bits = length === null || length === undefined ? null : toUnsignedLong(length, what(3));
    const normalized = normalize('deriveBits', given);
    checkUse(parts, normalized, 'deriveBits');
    return derive(normalized, parts, bits);
  }

  async importKey(
    format: unknown,
    keyData: unknown,
    algorithm: unknown,
    extractable: unknown,
    usages: unknown,
  ): Promise<CryptoKey> {
    const what = checkSubtle(this, arguments.length, 5, 'importKey');
    const as = toFormat(format, what(1));
    const isBytes = ArrayBuffer.isView(keyData) || isArrayBuffer(keyData);
    const source = isBytes ? toBufferSource(keyData, what(2)) : toJsonWebKey(keyData, what(2));
    const given = toIdentifier(algorithm, what(3));
    const mayLeave = toBoolean(extractable);
    const wanted = toUsages(usages, what(5));
    const normalized = normalize('importKey', given);
    if (isBytes === (as === 'jwk')) {
      throw new TypeError(`${what(2)} must be ${isBytes ? 'a JSON Web Key' : 'an ArrayBuffer or a view of one'}`);
    }
    const data = isBytes ? bytesCopy(source as ArrayBuffer) : (source as JsonWebKey);
    return makeKey(await importParts(as, data, normalized, mayLeave, wanted));
  }

  async exportKey(format: unknown, key: unknown): Promise<ArrayBuffer | object> {
    const what = checkSubtle(this, arguments.length, 2, 'exportKey');
    const as = toFormat(format, what(1));
    return exportParts(as, partsOf(toKey(key, what(2))));
  }

  async wrapKey(format: unknown, key: unknown, wrappingKey: unknown, algorithm: unknown): Promise<ArrayBuffer> {
    const what = checkSubtle(this, arguments.length, 4, 'wrapKey');
    const as = toFormat(format, what(1));
    const wrapped = toKey(key, what(2));
    const wrapping = toKey(wrappingKey, what(3));
    const normalized = normalizeForWrapping(toIdentifier(algorithm, what(4)), true);
    return wrap(as, wrapped, wrapping, normalized);
  }

  async unwrapKey(
    format: unknown,
    wrappedKey: unknown,
    unwrappingKey: unknown,
    algorithm: unknown,
    unwrappedKeyAlgorithm: unknown,
    extractable: unknown,
    usages: unknown,
  ): Promise<CryptoKey> {
    const what = checkSubtle(this, arguments.length, 7, 'unwrapKey');
    const as = toFormat(format, what(1));
    const source = toBufferSource(wrappedKey, what(2));
    const unwrapping = toKey(unwrappingKey, what(3));
    const given = toIdentifier(algorithm, what(4));
    const keyGiven = toIdentifier(unwrappedKeyAlgorithm, what(5));
    const mayLeave = toBoolean(extractable);
    const wanted = toUsages(usages, what(7));
    const normalized = normalizeForWrapping(given, false);
    const imported = normalize('importKey', keyGiven);
    return unwrap(as, bytesCopy(source), unwrapping, normalized, imported, mayLeave, wanted);
  }
}

async function run(
  what: (number: number) => string,
  encrypt: boolean,
  algorithm: unknown,
  key: unknown,
  data: unknown,
): Promise<ArrayBuffer> {
  const given = toIdentifier(algorithm, what(1));
  const parts = partsOf(toKey(key, what(2)));
  const source = toBufferSource(data, what(3));
  const normalized = normalize(encrypt ? 'encrypt' : 'decrypt', given);
  const bytes = bytesCopy(source);
  checkUse(parts, normalized, encrypt ? 'encrypt' : 'decrypt');
  return cipher(normalized, encrypt, parts, bytes);
}

defineInterface(SubtleCrypto, {
  name: 'SubtleCrypto',
  members: [
    'encrypt',
    'decrypt',
    'sign',
    'verify',
    'digest',
    'generateKey',
    'deriveKey',
    'deriveBits',
    'importKey',
    'exportKey',
    'wrapKey',
    'unwrapKey',
  ],
  lengths: { constructor: 0, deriveBits: 2 },
});
