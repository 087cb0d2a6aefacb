/** What Node's webcrypto is not asked for on behalf of a guest: it would take too long, or too much memory. */
import type { HostRequest } from '../../shared/web/crypto.ts';

/** Keys in the host, per guest. */
export const mostKeys = 1000;
/** Bits of an RSA key that is made. */
const mostGenerated = 4096;
/** Bits of an RSA key that is used. */
const mostModulus = 8192;
/** Bytes of a key that is imported. */
const mostKeyBytes = 64 * 1024;
/** Bytes that come out of a function whose caller says how many. */
const mostOutput = 1024 * 1024;
const mostSalt = 1024;
/** Kibibytes, and kibibytes times passes, of Argon2. */
const mostMemory = 64 * 1024;
const mostMemoryPasses = 10 * mostMemory;
const mostParallelism = 16;

type Refusal = { name: string; message: string } | undefined;

const number = (value: unknown) => (typeof value === 'number' ? value : 0);
const tooMuch = (message: string): Refusal => ({ name: 'OperationError', message });

/** Why it is not done; undefined: it is. */
export function refuse(request: HostRequest): Refusal {
  switch (request.op) {
    case 'generateKey':
      return refuseGenerated(request.algorithm);
    case 'importKey':
      return keyBytes(request.data) > mostKeyBytes
        ? { name: 'DataError', message: `A key has at most ${mostKeyBytes} bytes` }
        : undefined;
    case 'deriveBits':
      return refuseDerived(request.algorithm, request.length);
    case 'digest':
    case 'sign':
    case 'verify':
      return refuseLengths(request.algorithm);
    default:
      return undefined;
  }
}

function refuseGenerated(algorithm: Readonly<Record<string, unknown>>): Refusal {
  const bits = number(algorithm['modulusLength']);
  if (bits > mostGenerated)
    return tooMuch(`An RSA key that is generated has at most ${mostGenerated} bits, got ${bits}`);
  return number(algorithm['length']) > mostOutput * 8 ? tooMuch(`A key has at most ${mostOutput} bytes`) : undefined;
}

function refuseDerived(algorithm: Readonly<Record<string, unknown>>, length: number | null): Refusal {
  if (number(length) > mostOutput * 8) return tooMuch(`At most ${mostOutput} bytes are derived at once`);
  const memory = number(algorithm['memory']);
  const passes = number(algorithm['passes']);
  if (memory > mostMemory) return tooMuch(`Argon2 has at most ${mostMemory} KiB of memory, got ${memory}`);
  if (memory * passes > mostMemoryPasses) {
    return tooMuch(`Argon2 passes over at most ${mostMemoryPasses} KiB in all, got ${memory} KiB ${passes} times`);
  }
  const parallelism = number(algorithm['parallelism']);
  if (parallelism > mostParallelism) return tooMuch(`Argon2 has at most ${mostParallelism} lanes, got ${parallelism}`);
  return undefined;
}

function refuseLengths(algorithm: Readonly<Record<string, unknown>>): Refusal {
  const output = Math.max(number(algorithm['outputLength']), number(algorithm['length']));
  if (output > mostOutput * 8) return tooMuch(`At most ${mostOutput} bytes come out of ${algorithm['name']}`);
  const salt = number(algorithm['saltLength']);
  return salt > mostSalt ? tooMuch(`A salt has at most ${mostSalt} bytes, got ${salt}`) : undefined;
}

/** A key as it came out of an import, which may be slow to use. */
export function refuseKey(algorithm: { modulusLength?: number; publicExponent?: Uint8Array }): Refusal {
  const { modulusLength = 0, publicExponent } = algorithm;
  if (modulusLength > mostModulus) {
    return { name: 'NotSupportedError', message: `An RSA key has at most ${mostModulus} bits, got ${modulusLength}` };
  }
  return publicExponent && publicExponent.length > 8
    ? { name: 'NotSupportedError', message: 'The public exponent of an RSA key has at most 64 bits' }
    : undefined;
}

function keyBytes(data: Uint8Array | object): number {
  if (data instanceof Uint8Array) return data.length;
  let sum = 0;
  for (const value of Object.values(data)) if (typeof value === 'string') sum += value.length;
  return sum;
}
