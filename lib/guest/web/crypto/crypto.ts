/** Crypto (https://w3c.github.io/webcrypto/#crypto-interface). */
import { ops } from '../base/ops.ts';
import { QuotaExceededError } from '../base/quota-exceeded-error.ts';
import { defineInterface, internal, requireArguments, requireInternal, typeOf } from '../base/webidl.ts';
import { cryptoError } from './errors.ts';
import { SubtleCrypto } from './subtle.ts';
import { randomUuid } from './uuid.ts';

/** Bytes that one call may ask for. */
const quota = 65536;
const integers: ReadonlySet<string> = new Set([
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'BigInt64Array',
  'BigUint64Array',
]);
const { apply, getOwnPropertyDescriptor } = Reflect;
const { isView } = ArrayBuffer;
const has = Set.prototype.has;
const TypedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;
const typedArrayName = getOwnPropertyDescriptor(TypedArray, Symbol.toStringTag)?.get as () => string | undefined;
const byteLengthOf = getOwnPropertyDescriptor(TypedArray, 'byteLength')?.get as () => number;

export class Crypto {
  #subtle: SubtleCrypto | undefined;

  constructor(token?: unknown) {
    requireInternal(token);
  }

  get subtle(): SubtleCrypto {
    this.#subtle ??= new SubtleCrypto(internal);
    return this.#subtle;
  }

  getRandomValues<T>(array: T): T {
    // The brand.
    this.#subtle;
    requireArguments(arguments.length, 1, 'Crypto.getRandomValues');
    if (!isView(array)) {
      throw new TypeError(
        `The argument of Crypto.getRandomValues must be a view of an ArrayBuffer, got ${typeOf(array)}`,
      );
    }
    const name = apply(typedArrayName, array, []) as string | undefined;
    if (name === undefined || !apply(has, integers, [name])) {
      throw cryptoError('TypeMismatchError', `Random values need an array of integers, got a ${name ?? 'DataView'}`);
    }
    const length = apply(byteLengthOf, array, []) as number;
    if (length > quota) {
      throw new QuotaExceededError(`At most ${quota} bytes of random values at once, got ${length}`);
    }
    ops.random.fill(array);
    return array;
  }

  randomUUID(): string {
    this.#subtle;
    return randomUuid();
  }
}

defineInterface(Crypto, {
  name: 'Crypto',
  members: ['subtle', 'getRandomValues', 'randomUUID'],
  lengths: { constructor: 0 },
});

export const crypto = new Crypto(internal);
