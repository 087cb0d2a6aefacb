/**
 * The dictionaries of Web Cryptography (https://w3c.github.io/webcrypto/, https://wicg.github.io/webcrypto-secure-curves/,
 * https://wicg.github.io/webcrypto-modern-algos/): what an algorithm's object has beside its name. Members are read in
 * the order in which they stand.
 */
import {
  type Converter,
  type Dictionary,
  type DictionaryMember,
  toBufferSource,
  toDOMString,
  toInterface,
  toOctet,
  toUnsignedLong,
  toUnsignedShort,
} from '../base/webidl.ts';
import { bytesCopy } from './bytes.ts';
import { type CryptoKey, isCryptoKey } from './key.ts';

/** A hash as an algorithm of its own, see `normalize`. */
export interface NamedHash {
  readonly name: string;
}

const enforced =
  (to: (value: unknown, what?: string, options?: { enforceRange?: boolean }) => number): Converter<number> =>
  (value, what) =>
    to(value, what, { enforceRange: true });
const octet = enforced(toOctet);
const short = enforced(toUnsignedShort);
const long = enforced(toUnsignedLong);
/** A copy: what the guest does to its buffer later changes nothing. */
const bytes: Converter<Uint8Array> = (value, what) => bytesCopy(toBufferSource(value, what));
const string: Converter<string> = (value, what) => toDOMString(value, what);
const key: Converter<CryptoKey> = (value, what) => toInterface(value, isCryptoKey, 'CryptoKey', what);
const bigInteger: Converter<Uint8Array> = (value, what) => {
  if (Object.prototype.toString.call(value) !== '[object Uint8Array]' || !ArrayBuffer.isView(value)) {
    throw new TypeError(`${what} must be a Uint8Array`);
  }
  return bytesCopy(value);
};

const required = <T>(to: Converter<T>) => ({ to, required: true as const });
const optional = <T>(to: Converter<T>) => ({ to });
/** Normalized by whoever reads the dictionary, because only that knows how. */
const hash: Converter<unknown> = (value) => value;

export const dictionaries = {
  none: {},
  aesKey: { length: required(short) },
  aesCbc: { iv: required(bytes) },
  aesCtr: { counter: required(bytes), length: required(octet) },
  aead: { additionalData: optional(bytes), iv: required(bytes), tagLength: optional(octet) },
  rsaKeyGen: { modulusLength: required(long), publicExponent: required(bigInteger), hash: required(hash) },
  hashed: { hash: required(hash) },
  rsaPss: { saltLength: required(long) },
  rsaOaep: { label: optional(bytes) },
  curve: { namedCurve: required(string) },
  ecdh: { public: required(key) },
  context: { context: optional(bytes) },
  hmac: { hash: required(hash), length: optional(long) },
  hkdf: { hash: required(hash), info: required(bytes), salt: required(bytes) },
  pbkdf2: { hash: required(hash), iterations: required(long), salt: required(bytes) },
  cShake: {
    customization: optional(bytes),
    functionName: optional(bytes),
    length: optional(long),
    outputLength: optional(long),
  },
  turboShake: { domainSeparation: optional(octet), outputLength: required(long) },
  kangarooTwelve: { customization: optional(bytes), outputLength: required(long) },
  kmacKey: { length: optional(long) },
  kmac: { customization: optional(bytes), length: optional(long), outputLength: optional(long) },
  argon2: {
    associatedData: optional(bytes),
    memory: required(long),
    nonce: required(bytes),
    parallelism: required(long),
    passes: required(long),
    secretValue: optional(bytes),
    version: optional(octet),
  },
} satisfies Record<string, Record<string, DictionaryMember>>;

export type DictionaryName = keyof typeof dictionaries;
type Read<N extends DictionaryName> = Dictionary<(typeof dictionaries)[N]>;
/** What `normalize` makes of the dictionary of that name. */
export type Params<N extends DictionaryName> = Omit<Read<N>, 'hash'> & {
  readonly name: string;
} & ('hash' extends keyof (typeof dictionaries)[N] ? { readonly hash: NamedHash } : unknown);
