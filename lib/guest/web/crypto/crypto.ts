/** Crypto (https://w3c.github.io/webcrypto/#crypto-interface). */
import { ops } from '../base/ops.ts';
import { QuotaExceededError } from '../base/quota-exceeded-error.ts';
import { defineInterface, internal, requireArguments, requireInternal, typeOf } from '../base/webidl.ts';
import { cryptoError } from './errors.ts';
import { SubtleCrypto } from './subtle.ts';

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
    const bytes = new Uint8Array(16);
    ops.random.fill(bytes);
    // Version 4, variant 1 (RFC 9562).
    bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
    let text = '';
    for (let i = 0; i < 16; i++) {
      if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
      text += pairs[bytes[i] as number] as string;
    }
    return text;
  }
}

const pairs: readonly string[] = Array.from({ length: 256 }, (_, byte) => (byte + 256).toString(16).slice(1));

defineInterface(Crypto, {
  name: 'Crypto',
  members: ['subtle', 'getRandomValues', 'randomUUID'],
  lengths: { constructor: 0 },
});

export const crypto = new Crypto(internal);
