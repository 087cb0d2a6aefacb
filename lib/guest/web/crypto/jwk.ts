/** JSON Web Keys (RFC 7517) as Web Cryptography reads and writes them. */

import type { JsonWebKey, KeyUsage } from '../../../shared/web/crypto.ts';
import { type Converter, toBoolean, toDictionary, toDOMString, toSequence } from '../base/webidl.ts';
import { cryptoError } from './errors.ts';

const string: Converter<string> = (value, what) => toDOMString(value, what);
const strings: Converter<string[]> = (value, what) => toSequence(value, string, what);
const primes: Converter<object[]> = (value, what) =>
  toSequence(
    value,
    (item, of) => toDictionary(item, { d: { to: string }, r: { to: string }, t: { to: string } }, of),
    what,
  );

const members = {
  alg: { to: string },
  crv: { to: string },
  d: { to: string },
  dp: { to: string },
  dq: { to: string },
  e: { to: string },
  ext: { to: toBoolean as Converter<boolean> },
  k: { to: string },
  key_ops: { to: strings },
  kty: { to: string },
  n: { to: string },
  oth: { to: primes },
  p: { to: string },
  priv: { to: string },
  pub: { to: string },
  q: { to: string },
  qi: { to: string },
  use: { to: string },
  x: { to: string },
  y: { to: string },
};

export function toJsonWebKey(value: unknown, what: string): JsonWebKey {
  const read = toDictionary(value, members, what) as Record<string, unknown>;
  const key: Record<string, unknown> = {};
  for (const name of Object.keys(members)) if (read[name] !== undefined) key[name] = read[name];
  return key as JsonWebKey;
}

/** What a JSON text, unwrapped, stands for. */
export function parseJsonWebKey(text: string | undefined): JsonWebKey {
  let value: unknown;
  try {
    value = JSON.parse(text as string);
  } catch {
    throw cryptoError('DataError', 'The unwrapped key is no JSON');
  }
  const key = toJsonWebKey(value, 'The unwrapped key');
  if (key.kty === undefined) throw cryptoError('DataError', "The unwrapped key has no member 'kty'");
  return key;
}

/** Checks what every secret key as a JSON Web Key is checked for. */
export function checkSecretJwk(
  key: JsonWebKey,
  expected: { use: string; alg: string | undefined; extractable: boolean; usages: readonly KeyUsage[] },
): void {
  const refuse = (message: string) => cryptoError('DataError', message);
  if (key.kty !== 'oct') throw refuse("'kty' of the JSON Web Key must be 'oct'");
  if (key.alg !== undefined && expected.alg !== undefined && key.alg !== expected.alg) {
    throw refuse(`'alg' of the JSON Web Key must be '${expected.alg}'`);
  }
  if (expected.usages.length > 0 && key.use !== undefined && key.use !== expected.use) {
    throw refuse(`'use' of the JSON Web Key must be '${expected.use}'`);
  }
  if (key.key_ops !== undefined) {
    const { key_ops: operations } = key;
    if (operations.some((operation, i) => operations.indexOf(operation) !== i)) {
      throw refuse("'key_ops' of the JSON Web Key repeats itself");
    }
    for (const usage of expected.usages) {
      if (!operations.includes(usage)) throw refuse(`'key_ops' of the JSON Web Key does not allow '${usage}'`);
    }
  }
  if (key.ext === false && expected.extractable) throw refuse('The JSON Web Key says that it is not extractable');
}
