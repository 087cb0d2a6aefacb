/** The operations that SubtleCrypto's methods are made of: in the guest or in the host, as the algorithm's home is. */
import type { JsonWebKey, KeyFormat, KeyUsage } from '../../../shared/web/crypto.ts';
import { type BufferSource, bytesOf } from '../base/webidl.ts';
import { find, type Normalized } from './algorithms.ts';
import { deriveSecretBits, runCipher, signHmac, verifyHmac } from './ciphers.ts';
import { cryptoError, unsupported } from './errors.ts';
import { digest } from './hashes.ts';
import {
  deriveInHost,
  digestInHost,
  exportFromHost,
  generateInHost,
  importInHost,
  runInHost,
  verifyInHost,
} from './host.ts';

import type { KeyParts } from './key.ts';

import { exportSecret, generateSecret, importSecret } from './secret-keys.ts';

/** A key that is used: for this algorithm, and for this. */
export function checkUse(parts: KeyParts, algorithm: Normalized, usage: KeyUsage): void {
  if (parts.algorithm.name !== algorithm.name) {
    throw cryptoError('InvalidAccessError', `The key is for ${parts.algorithm.name}, not for ${algorithm.name}`);
  }
  if (!parts.usages.includes(usage)) {
    throw cryptoError('InvalidAccessError', `The key can't be used for '${usage}'`);
  }
}

export async function digestOf(algorithm: Normalized, source: BufferSource): Promise<ArrayBuffer> {
  const data = bytesOf(source);
  return algorithm.family.home === 'guest' ? digest(algorithm.name, data) : digestInHost(algorithm, data);
}

export async function generate(
  algorithm: Normalized,
  extractable: boolean,
  usages: readonly KeyUsage[],
): Promise<KeyParts[]> {
  const keys =
    algorithm.family.home === 'guest'
      ? [generateSecret(algorithm, extractable, usages)]
      : await generateInHost(algorithm, extractable, usages);
  for (const key of keys) needUsages(key);
  return keys;
}

/** A secret or private key that is good for nothing. */
function needUsages(key: KeyParts): void {
  if (key.type === 'public' || key.usages.length > 0) return;
  throw cryptoError('SyntaxError', `A ${key.type} key must have usages`);
}

export async function importParts(
  format: KeyFormat,
  data: Uint8Array | JsonWebKey,
  algorithm: Normalized,
  extractable: boolean,
  usages: readonly KeyUsage[],
): Promise<KeyParts> {
  const key =
    algorithm.family.home === 'guest'
      ? importSecret(format, data, algorithm, extractable, usages)
      : await importInHost(format, data, algorithm, extractable, usages);
  needUsages(key);
  return key;
}

/** Checks that the key may be exported. */
export async function exportParts(format: KeyFormat, parts: KeyParts): Promise<ArrayBuffer | object> {
  const { name } = parts.algorithm;
  if (!find(name)?.can.exportKey) throw unsupported(`A key for ${name} can't be exported`);
  if (!parts.extractable) throw cryptoError('InvalidAccessError', 'The key is not extractable');
  const { material } = parts;
  return 'secret' in material ? exportSecret(format, parts, material.secret) : exportFromHost(format, parts);
}

export async function cipher(
  algorithm: Normalized,
  encrypt: boolean,
  parts: KeyParts,
  data: Uint8Array,
): Promise<ArrayBuffer> {
  const { material } = parts;
  if ('secret' in material) return runCipher(algorithm, encrypt, material.secret, data);
  return runInHost(encrypt ? 'encrypt' : 'decrypt', algorithm, parts, data);
}

export async function signature(algorithm: Normalized, parts: KeyParts, data: Uint8Array): Promise<ArrayBuffer> {
  const { material } = parts;
  return 'secret' in material ? signHmac(parts, material.secret, data) : runInHost('sign', algorithm, parts, data);
}

export async function isSignature(
  algorithm: Normalized,
  parts: KeyParts,
  given: Uint8Array,
  data: Uint8Array,
): Promise<boolean> {
  const { material } = parts;
  if ('secret' in material) return verifyHmac(parts, material.secret, given, data);
  return verifyInHost(algorithm, parts, given, data);
}

export async function derive(algorithm: Normalized, parts: KeyParts, length: number | null): Promise<ArrayBuffer> {
  const { material } = parts;
  if ('secret' in material) return deriveSecretBits(algorithm, material.secret, length);
  return deriveInHost(algorithm, parts, length);
}
