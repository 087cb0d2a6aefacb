/** Asks the host, where Node's webcrypto does what native code in the guest does not (protocol.ts). */

import type {
  HostAnswer,
  HostKey,
  HostRequest,
  JsonWebKey,
  KeyFormat,
  KeyUsage,
  Parameters,
} from '../../../shared/web/crypto.ts';
import { ops } from '../base/ops.ts';
import { type Normalized, paramsOf } from './algorithms.ts';
import { costOf } from './cost.ts';
import { type CryptoErrorName, cryptoError } from './errors.ts';
import { isCryptoKey, type KeyParts, partsOf, sortedUsages } from './key.ts';

type Answered = Exclude<HostAnswer, { error: unknown } | { full: true }>;

async function ask(request: HostRequest, key?: KeyParts): Promise<Answered> {
  if (!ops.work.charge(costOf(request, key))) {
    throw cryptoError('OperationError', 'It takes more processor time than the call has left');
  }
  let answer = (await ops.host.call('crypto', request, false)) as HostAnswer;
  if ('full' in answer) {
    ops.work.collect();
    answer = (await ops.host.call('crypto', request, true)) as HostAnswer;
  }
  if ('full' in answer) throw cryptoError('OperationError', 'Too many keys: let go of some of them');
  if (!('error' in answer)) return answer;
  const { name, message } = answer.error;
  throw name === 'TypeError' ? new TypeError(message) : cryptoError(name as CryptoErrorName, message);
}

async function askForValue<T>(request: HostRequest, key?: KeyParts): Promise<T> {
  return ((await ask(request, key)) as { value: T }).value;
}

async function keysOf(request: HostRequest, usages: readonly KeyUsage[], key?: KeyParts): Promise<KeyParts[]> {
  const { keys } = (await ask(request, key)) as { keys: HostKey[] };
  return keys.map(({ handle, ...told }) => ({
    ...told,
    usages: sortedUsages(usages, told.usages),
    material: { host: handle },
  }));
}

function crossing(algorithm: Normalized): Parameters {
  const params: Record<string, unknown> = {};
  for (const name of Object.keys(algorithm.params)) {
    const value = algorithm.params[name];
    if (value !== undefined) params[name] = isCryptoKey(value) ? handleOf(partsOf(value)) : value;
  }
  // A length of output was called `length` first: versions of Node ask for the one or the other.
  if ('outputLength' in algorithm.params && 'length' in algorithm.params) {
    const output = algorithm.params['outputLength'] ?? algorithm.params['length'];
    if (output !== undefined) Object.assign(params, { outputLength: output, length: output });
  }
  return params;
}

function handleOf({ material }: KeyParts): unknown {
  if ('host' in material) return material.host;
  throw cryptoError('InvalidAccessError', 'The key is for another algorithm');
}

/** Deriving and wrapping are made of other operations here, which the host's key must be good for, too. */
const counterparts: Readonly<Partial<Record<string, KeyUsage>>> = {
  deriveKey: 'deriveBits',
  wrapKey: 'encrypt',
  unwrapKey: 'decrypt',
  encapsulateKey: 'encapsulateBits',
  decapsulateKey: 'decapsulateBits',
};

function withCounterparts<T extends string>(usages: readonly T[]): T[] {
  const all: string[] = [...usages];
  for (const usage of usages) {
    const other = counterparts[usage];
    if (other && !all.includes(other)) all.push(other);
  }
  return all as T[];
}

export function digestInHost(algorithm: Normalized, data: Uint8Array): Promise<ArrayBuffer> {
  return askForValue({ op: 'digest', algorithm: crossing(algorithm), data });
}

export function generateInHost(
  algorithm: Normalized,
  extractable: boolean,
  usages: readonly KeyUsage[],
): Promise<KeyParts[]> {
  const own = withCounterparts(usages);
  return keysOf({ op: 'generateKey', algorithm: crossing(algorithm), extractable, usages: own }, usages);
}

export async function importInHost(
  format: KeyFormat,
  data: Uint8Array | JsonWebKey,
  algorithm: Normalized,
  extractable: boolean,
  usages: readonly KeyUsage[],
): Promise<KeyParts> {
  const jwk = format === 'jwk' ? (data as JsonWebKey) : undefined;
  const [key] = await keysOf(
    {
      op: 'importKey',
      format,
      data: jwk?.key_ops ? { ...jwk, key_ops: withCounterparts(jwk.key_ops) } : data,
      algorithm: crossing(algorithm),
      extractable,
      usages: withCounterparts(usages),
    },
    usages,
  );
  return key as KeyParts;
}

export async function exportFromHost(format: KeyFormat, parts: KeyParts): Promise<ArrayBuffer | object> {
  const value = await askForValue<ArrayBuffer | JsonWebKey>({ op: 'exportKey', format, key: handleOf(parts) }, parts);
  return format === 'jwk' ? { ...(value as JsonWebKey), key_ops: [...parts.usages] } : value;
}

export async function publicKeyInHost(parts: KeyParts, usages: readonly KeyUsage[]): Promise<KeyParts> {
  const own = withCounterparts(usages);
  const [key] = await keysOf({ op: 'getPublicKey', key: handleOf(parts), usages: own }, usages, parts);
  return key as KeyParts;
}

export function runInHost(
  op: 'encrypt' | 'decrypt' | 'sign',
  algorithm: Normalized,
  parts: KeyParts,
  data: Uint8Array,
): Promise<ArrayBuffer> {
  return askForValue({ op, algorithm: crossing(algorithm), key: handleOf(parts), data }, parts);
}

export function verifyInHost(
  algorithm: Normalized,
  parts: KeyParts,
  signature: Uint8Array,
  data: Uint8Array,
): Promise<boolean> {
  return askForValue({ op: 'verify', algorithm: crossing(algorithm), key: handleOf(parts), signature, data }, parts);
}

export function deriveInHost(algorithm: Normalized, parts: KeyParts, length: number | null): Promise<ArrayBuffer> {
  if (algorithm.family.can.deriveBits === 'ecdh') {
    const other = partsOf(paramsOf<'ecdh'>(algorithm).public);
    if (other.type !== 'public') throw cryptoError('InvalidAccessError', 'The other key must be a public one');
    if (other.algorithm.name !== algorithm.name || other.algorithm.namedCurve !== parts.algorithm.namedCurve) {
      throw cryptoError('InvalidAccessError', 'The public key is for another algorithm or curve');
    }
  }
  return askForValue({ op: 'deriveBits', algorithm: crossing(algorithm), key: handleOf(parts), length }, parts);
}

export interface Encapsulated {
  sharedKey: ArrayBuffer;
  ciphertext: ArrayBuffer;
}

export async function encapsulateInHost(algorithm: Normalized, parts: KeyParts): Promise<Encapsulated> {
  return (await ask(
    { op: 'encapsulate', algorithm: crossing(algorithm), key: handleOf(parts) },
    parts,
  )) as Encapsulated;
}

export function decapsulateInHost(algorithm: Normalized, parts: KeyParts, data: Uint8Array): Promise<ArrayBuffer> {
  return askForValue({ op: 'decapsulate', algorithm: crossing(algorithm), key: handleOf(parts), data }, parts);
}
