/**
 * What the guest's SubtleCrypto asks of the host, where Node's webcrypto does it (lib/web/crypto). Keys stay there; for
 * each the guest has a function of the host that stands for it and does nothing: the engine tells the host when the guest
 * has dropped it.
 */
export type KeyType = 'public' | 'private' | 'secret';
export type KeyFormat = 'raw' | 'pkcs8' | 'spki' | 'jwk' | 'raw-public' | 'raw-private' | 'raw-seed' | 'raw-secret';
export type KeyUsage =
  | 'encrypt'
  | 'decrypt'
  | 'sign'
  | 'verify'
  | 'deriveKey'
  | 'deriveBits'
  | 'wrapKey'
  | 'unwrapKey'
  | 'encapsulateKey'
  | 'encapsulateBits'
  | 'decapsulateKey'
  | 'decapsulateBits';

/** What a key tells of its algorithm. */
export interface KeyAlgorithm {
  readonly name: string;
  readonly length?: number;
  readonly hash?: { readonly name: string };
  readonly namedCurve?: string;
  readonly modulusLength?: number;
  readonly publicExponent?: Uint8Array;
}

/** RFC 7517: only members that are there. */
export interface JsonWebKey {
  readonly kty?: string;
  readonly alg?: string;
  readonly use?: string;
  readonly ext?: boolean;
  readonly key_ops?: readonly string[];
  readonly k?: string;
  readonly [member: string]: unknown;
}

/** An algorithm as it crosses: its parameters, with the handle of a key in place of the key. */
export type Parameters = Readonly<Record<string, unknown>>;

export type HostRequest =
  | { op: 'digest'; algorithm: Parameters; data: Uint8Array }
  | { op: 'generateKey'; algorithm: Parameters; extractable: boolean; usages: KeyUsage[] }
  | {
      op: 'importKey';
      format: KeyFormat;
      data: Uint8Array | JsonWebKey;
      algorithm: Parameters;
      extractable: boolean;
      usages: KeyUsage[];
    }
  | { op: 'exportKey'; format: KeyFormat; key: unknown }
  | { op: 'encrypt' | 'decrypt' | 'sign'; algorithm: Parameters; key: unknown; data: Uint8Array }
  | { op: 'verify'; algorithm: Parameters; key: unknown; signature: Uint8Array; data: Uint8Array }
  | { op: 'deriveBits'; algorithm: Parameters; key: unknown; length: number | null }
  | { op: 'encapsulate'; algorithm: Parameters; key: unknown }
  | { op: 'decapsulate'; algorithm: Parameters; key: unknown; data: Uint8Array }
  | { op: 'getPublicKey'; key: unknown; usages: KeyUsage[] };

/** A key of the host, as it tells of it. */
export interface HostKey {
  readonly handle: unknown;
  readonly type: KeyType;
  readonly extractable: boolean;
  readonly algorithm: KeyAlgorithm;
  readonly usages: readonly KeyUsage[];
}

export type HostAnswer =
  | { error: { name: string; message: string } }
  /** The guest has too many keys; some of them may only wait for a garbage collection. */
  | { full: true }
  | { keys: HostKey[] }
  | { value: ArrayBuffer | JsonWebKey | boolean }
  | { sharedKey: ArrayBuffer; ciphertext: ArrayBuffer };
