/** Which algorithms there are, what each can do, and how the guest's description of one is read (normalized). */
import { isObject, toDictionary, toDOMString } from '../base/webidl.ts';
import { unsupported } from './errors.ts';
import { isHash } from './hashes.ts';
import { hasModern } from './modern.ts';
import { type DictionaryName, dictionaries, type NamedHash, type Params } from './parameters.ts';

export type Operation =
  | 'encrypt'
  | 'decrypt'
  | 'sign'
  | 'verify'
  | 'digest'
  | 'deriveBits'
  | 'getKeyLength'
  | 'generateKey'
  | 'importKey'
  | 'exportKey'
  | 'wrapKey'
  | 'unwrapKey'
  | 'encapsulate'
  | 'decapsulate';

type Abilities = { readonly [O in Operation]?: DictionaryName };

export interface Family {
  readonly name: string;
  /** Done in the guest by native code, or by Node's own webcrypto in the host. */
  readonly home: 'guest' | 'host';
  /** Only with a Node that has it. */
  readonly modern: boolean;
  readonly can: Abilities;
}

const families = new Map<string, Family>();

function add(names: readonly string[], home: Family['home'], can: Abilities, modern = false): void {
  for (const name of names) families.set(name.toUpperCase(), { name, home, modern, can });
}

const rsa = { generateKey: 'rsaKeyGen', importKey: 'hashed', exportKey: 'none' } as const;
const curve = { generateKey: 'curve', importKey: 'curve', exportKey: 'none' } as const;
const plain = { generateKey: 'none', importKey: 'none', exportKey: 'none' } as const;
const aes = { generateKey: 'aesKey', importKey: 'none', exportKey: 'none', getKeyLength: 'aesKey' } as const;
const source = { importKey: 'none', getKeyLength: 'none' } as const;

add(['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'], 'guest', { digest: 'none' });
add(['SHA3-256', 'SHA3-384', 'SHA3-512'], 'guest', { digest: 'none' }, true);
add(['AES-CBC'], 'guest', { encrypt: 'aesCbc', decrypt: 'aesCbc', ...aes });
add(['AES-CTR'], 'guest', { encrypt: 'aesCtr', decrypt: 'aesCtr', ...aes });
add(['AES-GCM'], 'guest', { encrypt: 'aead', decrypt: 'aead', ...aes });
add(['AES-KW'], 'guest', { wrapKey: 'none', unwrapKey: 'none', ...aes });
add(['HMAC'], 'guest', {
  sign: 'none',
  verify: 'none',
  generateKey: 'hmac',
  importKey: 'hmac',
  exportKey: 'none',
  getKeyLength: 'hmac',
});
add(['HKDF'], 'guest', { deriveBits: 'hkdf', ...source });
add(['PBKDF2'], 'guest', { deriveBits: 'pbkdf2', ...source });

add(['RSASSA-PKCS1-v1_5'], 'host', { sign: 'none', verify: 'none', ...rsa });
add(['RSA-PSS'], 'host', { sign: 'rsaPss', verify: 'rsaPss', ...rsa });
add(['RSA-OAEP'], 'host', { encrypt: 'rsaOaep', decrypt: 'rsaOaep', ...rsa });
add(['ECDSA'], 'host', { sign: 'hashed', verify: 'hashed', ...curve });
add(['ECDH'], 'host', { deriveBits: 'ecdh', ...curve });
add(['Ed25519'], 'host', { sign: 'none', verify: 'none', ...plain });
add(['Ed448'], 'host', { sign: 'context', verify: 'context', ...plain });
add(['X25519', 'X448'], 'host', { deriveBits: 'ecdh', ...plain });

add(['cSHAKE128', 'cSHAKE256'], 'host', { digest: 'cShake' }, true);
add(['TurboSHAKE128', 'TurboSHAKE256'], 'host', { digest: 'turboShake' }, true);
add(['KT128', 'KT256'], 'host', { digest: 'kangarooTwelve' }, true);
add(['AES-OCB'], 'host', { encrypt: 'aead', decrypt: 'aead', ...aes }, true);
add(['ChaCha20-Poly1305'], 'host', { encrypt: 'aead', decrypt: 'aead', getKeyLength: 'none', ...plain }, true);
const kmac = { generateKey: 'kmacKey', importKey: 'kmacKey', exportKey: 'none', getKeyLength: 'kmacKey' } as const;
add(['KMAC128', 'KMAC256'], 'host', { sign: 'kmac', verify: 'kmac', ...kmac }, true);
add(['Argon2d', 'Argon2i', 'Argon2id'], 'host', { deriveBits: 'argon2', ...source }, true);
add(['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'], 'host', { sign: 'context', verify: 'context', ...plain }, true);
const kem = { encapsulate: 'none', decapsulate: 'none' } as const;
add(['ML-KEM-512', 'ML-KEM-768', 'ML-KEM-1024'], 'host', { ...kem, ...plain }, true);

/** An algorithm whose parameters were read. */
export interface Normalized {
  readonly family: Family;
  readonly name: string;
  /** As `Params<…>` of what the operation asks for. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** `AlgorithmIdentifier` of Web IDL: an object, or a name. */
export function toIdentifier(value: unknown, what: string): object | string {
  return isObject(value) ? value : toDOMString(value, what);
}

export function find(name: string): Family | undefined {
  const family = families.get(name.toUpperCase());
  return family?.modern && !hasModern() ? undefined : family;
}

/** @throws DOMException NotSupportedError; TypeError for parameters of the wrong kind */
export function normalize(operation: Operation, given: object | string): Normalized {
  const what = typeof given === 'string' ? 'The algorithm' : 'The algorithm object';
  const name = typeof given === 'string' ? given : nameOf(given, what);
  const family = find(name);
  const dictionary = family?.can[operation];
  if (!family || !dictionary) throw unsupported(`'${short(name)}' is no algorithm for ${words[operation]}`);
  const read = toDictionary(typeof given === 'string' ? {} : given, dictionaries[dictionary], what) as Record<
    string,
    unknown
  >;
  const params: Record<string, unknown> = { __proto__: null, ...read };
  if (read['hash'] !== undefined) params['hash'] = normalizeHash(toIdentifier(read['hash'], `${what}.hash`));
  params['name'] = family.name;
  return { family, name: family.name, params };
}

export function paramsOf<N extends DictionaryName>(algorithm: Normalized): Params<N> {
  return algorithm.params as unknown as Params<N>;
}

function normalizeHash(given: object | string): NamedHash {
  const { name } = normalize('digest', given);
  if (!isHash(name)) throw unsupported(`'${name}' can't be the hash of another algorithm`);
  return { name };
}

function nameOf(given: object, what: string): string {
  const { name } = given as { name?: unknown };
  if (name === undefined) throw new TypeError(`${what} must have a member 'name'`);
  return toDOMString(name, `${what}.name`);
}

const short = (name: string) => (name.length > 100 ? `${name.slice(0, 100)}…` : name);

const words: Record<Operation, string> = {
  encrypt: 'encryption',
  decrypt: 'decryption',
  sign: 'signatures',
  verify: 'signatures',
  digest: 'digests',
  deriveBits: 'deriving bits',
  getKeyLength: 'derived keys',
  generateKey: 'generating keys',
  importKey: 'importing keys',
  exportKey: 'exporting keys',
  wrapKey: 'wrapping keys',
  unwrapKey: 'unwrapping keys',
  encapsulate: 'encapsulation',
  decapsulate: 'decapsulation',
};
