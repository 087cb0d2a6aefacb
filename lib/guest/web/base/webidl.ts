/**
 * Web IDL for the classes of the guest, in one import: conversions of arguments, and what makes a class an interface. The
 * conversions take what they name for errors as second argument: `toDOMString(value, 'The first argument of atob')`.
 */
export { type BufferSource, type BufferSourceOptions, bytesOf, isArrayBuffer, toBufferSource } from './bytes.ts';
export {
  defineInterface,
  definePairIterable,
  type InterfaceShape,
  interfaceOf,
  internal,
  type PairAt,
  registerInterface,
  requireArguments,
  requireInternal,
} from './interfaces.ts';
export {
  type IntegerOptions,
  toByte,
  toDouble,
  toLong,
  toLongLong,
  toOctet,
  toShort,
  toUnrestrictedDouble,
  toUnsignedLong,
  toUnsignedLongLong,
  toUnsignedShort,
} from './numbers.ts';
export {
  type Callback,
  type Converter,
  type Dictionary,
  type DictionaryMember,
  isObject,
  iteratesAsArray,
  nullable,
  toDictionary,
  toFunction,
  toInterface,
  toObject,
  toRecord,
  toSequence,
  typeOf,
} from './objects.ts';
export { toAny, toBoolean, toByteString, toDOMString, toEnum, toUSVString } from './strings.ts';
