/** Conversions of Web IDL to numbers (https://webidl.spec.whatwg.org/#js-type-mapping). */

const { floor, abs, sign, min, max } = Math;
const { asIntN, asUintN } = BigInt;
const BigIntOfStart = BigInt;
const NumberOfStart = Number;
const { isFinite: finite, isNaN: nan } = Number;

export interface IntegerOptions {
  /** A value outside the range, NaN and infinities are a TypeError. Default: they wrap. */
  enforceRange?: boolean;
  /** Values outside the range become its ends, others are rounded to the nearest, halves to even. */
  clamp?: boolean;
}

type ToInteger = (value: unknown, what?: string, options?: IntegerOptions) => number;

const truncate = (value: number) => sign(value) * floor(abs(value)) + 0;

function halfToEven(value: number): number {
  const below = floor(value);
  const rest = value - below;
  if (rest < 0.5 || (rest === 0.5 && below % 2 === 0)) return below + 0;
  return below + 1;
}

function wrap(value: number, bits: number, signed: boolean): number {
  if (!finite(value) || value === 0) return 0;
  const whole = truncate(value);
  if (bits === 32) return signed ? whole | 0 : whole >>> 0;
  // A double is exact here, and what 64 bits keep of it is rounded once, as the standard asks.
  const integer = BigIntOfStart(whole);
  return NumberOfStart(signed ? asIntN(bits, integer) : asUintN(bits, integer));
}

function integer(name: string, bits: number, signed: boolean): ToInteger {
  // 64-bit numbers have the range of integers that a double holds exactly.
  const top = bits === 64 ? 2 ** 53 - 1 : 2 ** (signed ? bits - 1 : bits) - 1;
  const bottom = !signed ? 0 : bits === 64 ? -top : -top - 1;
  return (value, what = 'The value', options = {}) => {
    // Number() would take a BigInt.
    const number = +(value as number);
    if (options.enforceRange) {
      const whole = finite(number) ? truncate(number) : NaN;
      if (!(whole >= bottom && whole <= top)) {
        throw new TypeError(`${what} must be a number from ${bottom} to ${top} (${name}), got ${number}`);
      }
      return whole;
    }
    if (options.clamp) return nan(number) ? 0 : halfToEven(min(max(number, bottom), top));
    return wrap(number, bits, signed);
  };
}

export const toByte = integer('byte', 8, true);
export const toOctet = integer('octet', 8, false);
export const toShort = integer('short', 16, true);
export const toUnsignedShort = integer('unsigned short', 16, false);
export const toLong = integer('long', 32, true);
export const toUnsignedLong = integer('unsigned long', 32, false);
export const toLongLong = integer('long long', 64, true);
export const toUnsignedLongLong = integer('unsigned long long', 64, false);

/** NaN and infinities are a TypeError. */
export function toDouble(value: unknown, what = 'The value'): number {
  const number = +(value as number);
  if (!finite(number)) throw new TypeError(`${what} must be a finite number, got ${number}`);
  return number;
}

export function toUnrestrictedDouble(value: unknown, _what?: string): number {
  return +(value as number);
}
