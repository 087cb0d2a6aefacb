/** CryptoKey (https://w3c.github.io/webcrypto/#cryptokey-interface), and what is behind one. */
import type { KeyAlgorithm, KeyType, KeyUsage } from '../../../shared/web/crypto.ts';
import { defineInterface, internal, isObject, requireInternal } from '../base/webidl.ts';

/** In the order in which a key shows them. */
export const keyUsages: readonly KeyUsage[] = [
  'encrypt',
  'decrypt',
  'sign',
  'verify',
  'deriveKey',
  'deriveBits',
  'wrapKey',
  'unwrapKey',
  'encapsulateKey',
  'encapsulateBits',
  'decapsulateKey',
  'decapsulateBits',
];

/** The bytes of a secret, in the guest; or a key in the host, by a function that stands for it and does nothing. */
export type KeyMaterial = { readonly secret: Uint8Array } | { readonly host: unknown };

/** What makes a key; a clone of it is made of the same. */
export interface KeyParts {
  readonly type: KeyType;
  readonly extractable: boolean;
  readonly algorithm: KeyAlgorithm;
  readonly usages: readonly KeyUsage[];
  readonly material: KeyMaterial;
}

/** Out of `given`, without repetitions, in the standard's order. */
export function sortedUsages(given: readonly KeyUsage[], allowed: readonly KeyUsage[] = keyUsages): KeyUsage[] {
  const sorted: KeyUsage[] = [];
  for (let i = 0; i < keyUsages.length; i++) {
    const usage = keyUsages[i] as KeyUsage;
    if (given.includes(usage) && allowed.includes(usage)) sorted[sorted.length] = usage;
  }
  return sorted;
}

let partsOf: (key: CryptoKey) => KeyParts;
let hasParts: (value: object) => value is CryptoKey;

export class CryptoKey {
  readonly #parts: KeyParts;
  /** What the guest sees and may change, for its own eyes only. */
  #shown: { algorithm: object; usages: object } | undefined;

  constructor(token?: unknown, parts?: KeyParts) {
    requireInternal(token);
    this.#parts = parts as KeyParts;
  }

  get type(): KeyType {
    return this.#parts.type;
  }

  get extractable(): boolean {
    return this.#parts.extractable;
  }

  get algorithm(): object {
    return this.#show().algorithm;
  }

  get usages(): object {
    return this.#show().usages;
  }

  #show(): { algorithm: object; usages: object } {
    this.#shown ??= { algorithm: copyOf(this.#parts.algorithm), usages: [...this.#parts.usages] };
    return this.#shown;
  }

  static {
    partsOf = (key) => key.#parts;
    hasParts = (value): value is CryptoKey => #parts in value;
  }
}

defineInterface(CryptoKey, {
  name: 'CryptoKey',
  members: ['type', 'extractable', 'algorithm', 'usages'],
  lengths: { constructor: 0 },
  // A clone is another object for the same key.
  clone: (key: CryptoKey) => makeKey(partsOf(key)),
});

function copyOf(algorithm: KeyAlgorithm): object {
  const { hash, publicExponent, ...rest } = algorithm;
  return {
    ...rest,
    ...(publicExponent && { publicExponent: new Uint8Array(publicExponent) }),
    ...(hash && { hash: { ...hash } }),
  };
}

export function isCryptoKey(value: unknown): value is CryptoKey {
  return isObject(value) && hasParts(value);
}

export function makeKey(parts: KeyParts): CryptoKey {
  return new CryptoKey(internal, parts);
}

export { partsOf };
