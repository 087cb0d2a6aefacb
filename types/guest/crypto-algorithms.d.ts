interface Algorithm {
  name: string;
}
type AlgorithmIdentifier = Algorithm | string;
type HashAlgorithmIdentifier = AlgorithmIdentifier;

/** `algorithm` of a key: what more it has depends on its name. */
interface KeyAlgorithm extends Algorithm {
  length?: number;
  hash?: { name: string };
  namedCurve?: string;
  modulusLength?: number;
  publicExponent?: Uint8Array;
}

interface CShakeParams extends Algorithm {
  length?: number;
  outputLength?: number;
  functionName?: BufferSource;
  customization?: BufferSource;
}

interface RsaOaepParams extends Algorithm {
  label?: BufferSource;
}
interface AesCbcParams extends Algorithm {
  iv: BufferSource;
}
interface AesCtrParams extends Algorithm {
  counter: BufferSource;
  length: number;
}
/** Also of AES-OCB and ChaCha20-Poly1305. */
interface AesGcmParams extends Algorithm {
  iv: BufferSource;
  additionalData?: BufferSource;
  tagLength?: number;
}
type CipherAlgorithm = 'RSA-OAEP' | RsaOaepParams | AesCbcParams | AesCtrParams | AesGcmParams;

interface RsaPssParams extends Algorithm {
  saltLength: number;
}
interface EcdsaParams extends Algorithm {
  hash: HashAlgorithmIdentifier;
}
/** Of Ed448, ML-DSA and their kind. */
interface ContextParams extends Algorithm {
  context?: BufferSource;
}
type SignAlgorithm = AlgorithmIdentifier | RsaPssParams | EcdsaParams | ContextParams;

interface RsaHashedKeyGenParams extends Algorithm {
  modulusLength: number;
  publicExponent: Uint8Array;
  hash: HashAlgorithmIdentifier;
}
interface EcKeyGenParams extends Algorithm {
  namedCurve: string;
}
interface AesKeyGenParams extends Algorithm {
  length: number;
}
interface HmacKeyGenParams extends Algorithm {
  hash: HashAlgorithmIdentifier;
  length?: number;
}

interface RsaHashedImportParams extends Algorithm {
  hash: HashAlgorithmIdentifier;
}
interface EcKeyImportParams extends Algorithm {
  namedCurve: string;
}
interface HmacImportParams extends Algorithm {
  hash: HashAlgorithmIdentifier;
  length?: number;
}
type ImportAlgorithm = AlgorithmIdentifier | RsaHashedImportParams | EcKeyImportParams | HmacImportParams;

interface EcdhKeyDeriveParams extends Algorithm {
  public: CryptoKey;
}
interface HkdfParams extends Algorithm {
  hash: HashAlgorithmIdentifier;
  salt: BufferSource;
  info: BufferSource;
}
interface Pbkdf2Params extends Algorithm {
  hash: HashAlgorithmIdentifier;
  salt: BufferSource;
  iterations: number;
}
interface Argon2Params extends Algorithm {
  nonce: BufferSource;
  parallelism: number;
  memory: number;
  passes: number;
  version?: number;
  secretValue?: BufferSource;
  associatedData?: BufferSource;
}
type DeriveAlgorithm = EcdhKeyDeriveParams | HkdfParams | Pbkdf2Params | Argon2Params;
