/** Conversions of Web IDL to bytes: ArrayBuffers and their views (https://webidl.spec.whatwg.org/#js-buffer-source-types). */
import { typeOf } from './objects.ts';

const { apply, getOwnPropertyDescriptor } = Reflect;
const { isView } = ArrayBuffer;
const getter = <T>(of: object, name: string) => getOwnPropertyDescriptor(of, name)?.get as () => T;
const byteLengthOf = getter<number>(ArrayBuffer.prototype, 'byteLength');
export const resizableOf = getter<boolean>(ArrayBuffer.prototype, 'resizable');
const TypedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;
export const nameOfTypedArray = getter<string | undefined>(TypedArray, Symbol.toStringTag as unknown as string);
export const bufferOf = [getter<ArrayBuffer>(TypedArray, 'buffer'), getter<ArrayBuffer>(DataView.prototype, 'buffer')];
export const offsetOf = [getter<number>(TypedArray, 'byteOffset'), getter<number>(DataView.prototype, 'byteOffset')];
export const lengthOf = [getter<number>(TypedArray, 'byteLength'), getter<number>(DataView.prototype, 'byteLength')];

/** By what it is, not by its prototype: the guest may have changed that. */
export function isArrayBuffer(value: unknown): value is ArrayBuffer {
  try {
    apply(byteLengthOf, value, []);
    return true;
  } catch {
    return false;
  }
}

export const isDataView = (view: ArrayBufferView) => (apply(nameOfTypedArray, view, []) === undefined ? 1 : 0);

function isSharedArrayBuffer(value: unknown): boolean {
  // Not at load: there is none while a snapshot is being made.
  const Shared = (globalThis as { SharedArrayBuffer?: { prototype: object } }).SharedArrayBuffer;
  if (!Shared) return false;
  try {
    apply(getter(Shared.prototype, 'byteLength'), value, []);
    return true;
  } catch {
    return false;
  }
}

export interface BufferSourceOptions {
  /** A SharedArrayBuffer or a view of one is taken too. Default: a TypeError. */
  shared?: boolean;
  /** A resizable buffer, or a view of one, is taken too. Default: a TypeError. */
  resizable?: boolean;
}

export type BufferSource = ArrayBuffer | ArrayBufferView;

/** An ArrayBuffer or a view of one. */
export function toBufferSource(value: unknown, what = 'The value', options: BufferSourceOptions = {}): BufferSource {
  const view = isView(value);
  const buffer = view ? apply(bufferOf[isDataView(value)] as () => ArrayBuffer, value, []) : value;
  if (!isArrayBuffer(buffer)) {
    if (options.shared && (view || isSharedArrayBuffer(value))) return value as BufferSource;
    throw new TypeError(
      view
        ? `${what} must not be a view of a SharedArrayBuffer`
        : `${what} must be an ArrayBuffer or a view of one, got ${typeOf(value)}`,
    );
  }
  if (!options.resizable && apply(resizableOf, buffer, [])) {
    throw new TypeError(`${what} must not be a resizable ArrayBuffer or a view of one`);
  }
  return value as BufferSource;
}

function isEmptyBuffer(buffer: ArrayBuffer): boolean {
  return isArrayBuffer(buffer) && apply(byteLengthOf, buffer, []) === 0;
}

/** The bytes of a buffer source, not copied. A detached one has none. */
export function bytesOf(source: BufferSource): Uint8Array {
  // new Uint8Array() of a detached buffer throws.
  if (!isView(source)) return isEmptyBuffer(source) ? new Uint8Array() : new Uint8Array(source);
  const which = isDataView(source);
  const get = <T>(of: (() => T)[]) => apply(of[which] as () => T, source, []);
  try {
    const length = get(lengthOf);
    return length === 0 ? new Uint8Array() : new Uint8Array(get(bufferOf), get(offsetOf), length);
  } catch {
    // A DataView whose buffer is gone.
    return new Uint8Array();
  }
}
