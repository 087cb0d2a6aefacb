import { webcrypto } from 'node:crypto';
import type { HostAnswer, HostRequest } from '../../shared/web/crypto.ts';
import type { Keys } from './keys.ts';
import { refuseKey } from './limits.ts';

type NodeKey = webcrypto.CryptoKey;
// biome-ignore lint/suspicious/noExplicitAny: Node checks what the types would, and has more methods than they know.
const subtle = webcrypto.subtle as any;

/** Does what a guest asked for. What it rejects with is the guest's. */
export async function run(request: HostRequest, keys: Keys): Promise<HostAnswer> {
  switch (request.op) {
    case 'digest':
      return { value: await subtle.digest(request.algorithm, request.data) };
    case 'generateKey': {
      const { algorithm, extractable, usages } = request;
      const made = await subtle.generateKey(algorithm, extractable, usages);
      return answer('publicKey' in made ? [made.publicKey, made.privateKey] : [made], keys);
    }
    case 'importKey': {
      const { format, data, algorithm, extractable, usages } = request;
      return answer([await subtle.importKey(format, data, algorithm, extractable, usages)], keys);
    }
    case 'exportKey':
      return { value: await subtle.exportKey(request.format, keys.get(request.key)) };
    case 'getPublicKey':
      return answer([await subtle.getPublicKey(keys.get(request.key), request.usages)], keys);
    case 'encrypt':
    case 'decrypt':
    case 'sign':
      return { value: await subtle[request.op](request.algorithm, keys.get(request.key), request.data) };
    case 'verify': {
      const { algorithm, key, signature, data } = request;
      return { value: await subtle.verify(algorithm, keys.get(key), signature, data) };
    }
    case 'deriveBits': {
      const { algorithm, key, length } = request;
      return { value: await subtle.deriveBits(withKey(algorithm, keys), keys.get(key), length) };
    }
    case 'encapsulate': {
      const { sharedKey, ciphertext } = await subtle.encapsulateBits(request.algorithm, keys.get(request.key));
      return { sharedKey, ciphertext };
    }
    case 'decapsulate':
      return { value: await subtle.decapsulateBits(request.algorithm, keys.get(request.key), request.data) };
  }
}

function answer(made: readonly NodeKey[], keys: Keys): HostAnswer {
  for (const key of made) {
    const error = refuseKey(key.algorithm as object);
    if (error) return { error };
  }
  return { keys: made.map((key) => keys.add(key)) };
}

function withKey(algorithm: Record<string, unknown>, keys: Keys): Record<string, unknown> {
  const { public: handle } = algorithm;
  return handle === undefined ? algorithm : { ...algorithm, public: keys.get(handle) };
}
