/** What secret keys in the guest do: AES, HMAC, HKDF, PBKDF2. */
import { ops } from '../base/ops.ts';
import { type Normalized, paramsOf } from './algorithms.ts';
import { bufferOf, equalBytes } from './bytes.ts';
import { cryptoError, unsupported } from './errors.ts';
import { hkdf, hmac, pbkdf2 } from './hashes.ts';
import type { KeyParts } from './key.ts';

const cbc = 0;
const ctr = 1;
const gcm = 2;
const keyWrap = 3;
const none = () => new Uint8Array();
const tagLengths: readonly number[] = [32, 64, 96, 104, 112, 120, 128];

const failed = (message: string) => cryptoError('OperationError', message);

function run(
  mode: number,
  encrypt: boolean,
  secret: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
  additional: Uint8Array,
  parameter: number,
): ArrayBuffer {
  const made = ops.crypto.aes(mode, encrypt, secret, iv, data, additional, parameter);
  if (made === undefined) throw unsupported('This Node has no such AES');
  if (made === null) throw failed(encrypt ? 'The data could not be encrypted' : 'The data could not be decrypted');
  return made;
}

function needSixteen(bytes: Uint8Array, what: string): Uint8Array {
  if (bytes.length !== 16) throw failed(`${what} must have 16 bytes, got ${bytes.length}`);
  return bytes;
}

/** Encrypts or decrypts with AES-CBC, AES-CTR or AES-GCM. */
export function runCipher(algorithm: Normalized, encrypt: boolean, secret: Uint8Array, data: Uint8Array): ArrayBuffer {
  switch (algorithm.name) {
    case 'AES-CBC':
      return run(cbc, encrypt, secret, needSixteen(paramsOf<'aesCbc'>(algorithm).iv, 'iv'), data, none(), 0);
    case 'AES-CTR': {
      const { counter, length } = paramsOf<'aesCtr'>(algorithm);
      needSixteen(counter, 'counter');
      if (length === 0 || length > 128) throw failed(`length must be 1 to 128, got ${length}`);
      return run(ctr, encrypt, secret, counter, data, none(), length);
    }
    case 'AES-GCM': {
      const { iv, additionalData = none(), tagLength = 128 } = paramsOf<'aead'>(algorithm);
      if (!tagLengths.includes(tagLength)) {
        throw failed(`tagLength must be one of ${tagLengths.join(', ')}, got ${tagLength}`);
      }
      if (!encrypt && data.length < tagLength / 8) throw failed('The data is shorter than its tag');
      return run(gcm, encrypt, secret, iv, data, additionalData, tagLength / 8);
    }
    default:
      throw unsupported(`${algorithm.name} does not encrypt`);
  }
}

/** AES-KW (RFC 3394). */
export function runKeyWrap(encrypt: boolean, secret: Uint8Array, data: Uint8Array): ArrayBuffer {
  return run(keyWrap, encrypt, secret, none(), data, none(), 0);
}

const hashOf = (parts: KeyParts) => parts.algorithm.hash?.name as string;

export function signHmac(parts: KeyParts, secret: Uint8Array, data: Uint8Array): ArrayBuffer {
  return bufferOf(hmac(hashOf(parts), secret, data));
}

export function verifyHmac(parts: KeyParts, secret: Uint8Array, signature: Uint8Array, data: Uint8Array): boolean {
  return equalBytes(hmac(hashOf(parts), secret, data), signature);
}

/** HKDF or PBKDF2. */
export function deriveSecretBits(algorithm: Normalized, secret: Uint8Array, length: number | null): ArrayBuffer {
  if (length === null) throw failed(`${algorithm.name} needs a length`);
  if (length % 8 !== 0) throw failed(`The length must be a multiple of 8 bits, got ${length}`);
  const bytes = length / 8;
  if (algorithm.name === 'HKDF') {
    const { hash, salt, info } = paramsOf<'hkdf'>(algorithm);
    return hkdf(hash.name, secret, salt, info, bytes);
  }
  const { hash, salt, iterations } = paramsOf<'pbkdf2'>(algorithm);
  if (iterations === 0) throw failed('iterations must be at least 1');
  return pbkdf2(hash.name, secret, salt, iterations, bytes);
}
