/** `SubtleCrypto.supports` (https://wicg.github.io/webcrypto-modern-algos/#SubtleCrypto-method-supports). */
import { isObject, requireArguments, toDOMString, toUnsignedLong } from '../base/webidl.ts';
import { type Normalized, normalize, type Operation, paramsOf, toIdentifier } from './algorithms.ts';
import { keyLength } from './derived-keys.ts';
import { normalizeForWrapping } from './wrapping.ts';

type Identifier = object | string;
type Third = { readonly length: number | null } | { readonly algorithm: Identifier };

const curves: readonly unknown[] = ['P-256', 'P-384', 'P-521'];
const isAsymmetric = ({ name }: Normalized) => /^(RSA|EC|Ed|X|ML-)/.test(name);

/** A parameter that only the operation itself would find wrong. */
function hasGoodParameters(algorithm: Normalized, operation: Operation): boolean {
  const dictionary = algorithm.family.can[operation];
  if (dictionary === 'curve') return curves.includes(paramsOf<'curve'>(algorithm).namedCurve);
  if (dictionary === 'aesKey') keyLength(algorithm);
  if (dictionary === 'hmac') return paramsOf<'hmac'>(algorithm).length !== 0;
  if (dictionary === 'aesCbc') return paramsOf<'aesCbc'>(algorithm).iv.length === 16;
  if (dictionary === 'aesCtr') {
    const { counter, length } = paramsOf<'aesCtr'>(algorithm);
    return counter.length === 16 && length > 0 && length <= 128;
  }
  if (dictionary === 'aead') return (paramsOf<'aead'>(algorithm).tagLength ?? 128) % 8 === 0;
  return true;
}

function can(operation: Operation, algorithm: Identifier): boolean {
  return hasGoodParameters(normalize(operation, algorithm), operation);
}

function canDerive(algorithm: Identifier, length: number | null): boolean {
  const normalized = normalize('deriveBits', algorithm);
  const anyLength = normalized.family.home === 'host' && normalized.family.can.deriveBits === 'ecdh';
  return anyLength || (length !== null && length % 8 === 0);
}

/** Whether bytes can become a key for the algorithm. */
function canBeDerived(algorithm: Identifier): number | null {
  normalize('importKey', algorithm);
  return keyLength(normalize('getKeyLength', algorithm));
}

const checks: Readonly<Record<string, (algorithm: Identifier, third: Third) => boolean>> = {
  __proto__: null as never,
  encrypt: (algorithm) => can('encrypt', algorithm),
  decrypt: (algorithm) => can('decrypt', algorithm),
  sign: (algorithm) => can('sign', algorithm),
  verify: (algorithm) => can('verify', algorithm),
  digest: (algorithm) => can('digest', algorithm),
  generateKey: (algorithm) => can('generateKey', algorithm),
  importKey: (algorithm) => can('importKey', algorithm),
  exportKey: (algorithm) => can('exportKey', algorithm),
  deriveBits: (algorithm, third) => canDerive(algorithm, 'length' in third ? third.length : null),
  deriveKey: (algorithm, third) => 'algorithm' in third && canDerive(algorithm, canBeDerived(third.algorithm) ?? 8),
  wrapKey: (algorithm, third) => {
    normalizeForWrapping(algorithm, true);
    return !('algorithm' in third) || can('exportKey', third.algorithm);
  },
  unwrapKey: (algorithm, third) => {
    normalizeForWrapping(algorithm, false);
    return !('algorithm' in third) || can('importKey', third.algorithm);
  },
  encapsulateBits: (algorithm) => can('encapsulate', algorithm),
  decapsulateBits: (algorithm) => can('decapsulate', algorithm),
  encapsulateKey: (algorithm, third) => can('encapsulate', algorithm) && takesShared(third),
  decapsulateKey: (algorithm, third) => can('decapsulate', algorithm) && takesShared(third),
  getPublicKey: (algorithm) => isAsymmetric(normalize('exportKey', algorithm)),
};

/** ML-KEM gives 256 bits. */
function takesShared(third: Third): boolean {
  if (!('algorithm' in third)) return false;
  const { family } = normalize('importKey', third.algorithm);
  return family.can.getKeyLength !== undefined;
}

function readThird(value: unknown): Third {
  if (isObject(value) || typeof value === 'string') {
    return { algorithm: toIdentifier(value, 'Argument 3 of SubtleCrypto.supports') };
  }
  return { length: value == null ? null : toUnsignedLong(value, 'Argument 3 of SubtleCrypto.supports') };
}

export function supports(operation: unknown, algorithm: unknown, third?: unknown): boolean {
  requireArguments(arguments.length, 2, 'SubtleCrypto.supports');
  const name = toDOMString(operation, 'Argument 1 of SubtleCrypto.supports');
  const given = toIdentifier(algorithm, 'Argument 2 of SubtleCrypto.supports');
  const more = readThird(third);
  try {
    return checks[name]?.(given, more) ?? false;
  } catch {
    return false;
  }
}
