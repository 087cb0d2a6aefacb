import { types } from 'node:util';
import { isPooled } from '../../options/pooled.ts';
import { copyOfWebObject, webNameOf } from '../../runtime/web/brands.ts';
import { dataProperty } from '../../shared/own.ts';
import { ownError } from '../failures/own-error.ts';

type View = Exclude<NodeJS.ArrayBufferView, DataView>;

/** Nested deeper than any limit allows: refused when it crosses. */
const mostLevels = 1000;
/** Longer arrays are taken key by key: they may be mostly holes. */
const longArray = 100_000;

/**
 * The value as it is now, for a call that begins later: a copy of all that crosses by being copied. Functions, promises,
 * streams, objects of the web that do not change, and what does not cross at all, stay what they are. A getter that throws does so again when the copy crosses.
 */
export function taken<T>(value: T): T {
  if (typeof value !== 'object' || value === null || copies.has(value)) return value;
  try {
    const copy = new Copier().copy(value, 1) as T & object;
    copies.add(copy);
    return copy;
  } catch {
    // What can't be copied here fails for the same reason where it crosses, and there somebody hears of it.
    return value;
  }
}

// Not among the types of the language.
const wasm = (globalThis as unknown as { WebAssembly: { Memory: typeof Object; Module: typeof Object } }).WebAssembly;

/** What was made here and is in nobody's hands. */
const copies = new WeakSet<object>();

const staysItself: readonly ((value: object) => boolean)[] = [
  types.isProxy,
  types.isPromise,
  types.isRegExp,
  types.isBoxedPrimitive,
  types.isSharedArrayBuffer,
  types.isWeakMap,
  types.isWeakSet,
  types.isGeneratorObject,
  types.isMapIterator,
  types.isSetIterator,
  types.isExternal,
  (value) => [WeakRef, wasm.Memory, wasm.Module].some((type) => value instanceof type),
  // A stream, perhaps.
  (value) => typeof (value as AsyncIterable<unknown>)[Symbol.asyncIterator] === 'function',
];

class Copier {
  readonly #made = new Map<object, object>();

  copy(value: unknown, level: number): unknown {
    if (typeof value !== 'object' || value === null || level > mostLevels) return value;
    const known = this.#made.get(value);
    if (known) return known;
    if (Array.isArray(value) && !types.isProxy(value)) return this.#array(value, level);
    if (ArrayBuffer.isView(value)) return this.#noted(value, this.#view(value));
    if (types.isArrayBuffer(value)) return this.#noted(value, copyOfBuffer(value));
    if (staysItself.some((is) => is(value))) return value;
    const web = webNameOf(value);
    if (web) return this.#noted(value, copyOfWebObject(value, web));
    if (types.isDate(value)) return this.#noted(value, new Date(Date.prototype.getTime.call(value)));
    if (types.isMap(value)) return this.#map(value, level);
    if (types.isSet(value)) return this.#set(value, level);
    if (types.isNativeError(value)) return this.#error(value, level);
    const plain = Object.getPrototypeOf(value) === null ? Object.create(null) : {};
    return this.#properties(value, this.#noted(value, plain), Object.keys(value), level);
  }

  #noted<T extends object>(original: object, copy: T): T {
    this.#made.set(original, copy);
    return copy;
  }

  #array(array: readonly unknown[], level: number): unknown[] {
    const copy: unknown[] = this.#noted(array, []);
    if (array.length > longArray) this.#properties(array, copy, Object.keys(array), level);
    else for (let i = 0; i < array.length; i++) if (Object.hasOwn(array, i)) this.#property(array, copy, i, level);
    copy.length = array.length;
    return copy;
  }

  #map(map: ReadonlyMap<unknown, unknown>, level: number): Map<unknown, unknown> {
    const copy = this.#noted(map, new Map<unknown, unknown>());
    Map.prototype.forEach.call(map, (item, key) => copy.set(this.copy(key, level + 1), this.copy(item, level + 1)));
    return copy;
  }

  #set(set: ReadonlySet<unknown>, level: number): Set<unknown> {
    const copy = this.#noted(set, new Set<unknown>());
    Set.prototype.forEach.call(set, (item) => copy.add(this.copy(item, level + 1)));
    return copy;
  }

  #error(error: Error, level: number): Error {
    const copy = this.#noted(error, ownError(error));
    return this.#properties(error, copy, Object.getOwnPropertyNames(error), level);
  }

  #view(view: ArrayBufferView): object {
    const { buffer } = view;
    if (!types.isArrayBuffer(buffer)) return view;
    // Of the pool behind small Buffers only what the view shows.
    if (types.isUint8Array(view) && isPooled(buffer)) return Uint8Array.prototype.slice.call(view);
    const own = this.copy(buffer, 1) as ArrayBuffer;
    if (types.isDataView(view)) return new DataView(own, view.byteOffset, view.byteLength);
    const name = (view as View)[Symbol.toStringTag];
    const Type = (globalThis as unknown as Record<string, new (...args: unknown[]) => View>)[name];
    return Type ? new Type(own, view.byteOffset, (view as View).length) : view;
  }

  #properties<T extends object>(from: object, to: T, keys: readonly string[], level: number): T {
    for (const key of keys) this.#property(from, to, key, level);
    return to;
  }

  #property(from: object, to: object, key: string | number, level: number): void {
    const attributes = { enumerable: Object.prototype.propertyIsEnumerable.call(from, key), configurable: true };
    let value: unknown;
    try {
      value = (from as Record<string | number, unknown>)[key];
    } catch (error) {
      const get = (): never => {
        throw error;
      };
      Object.defineProperty(to, key, { ...attributes, get });
      return;
    }
    const copy = this.copy(value, level + 1);
    if (attributes.enumerable && !(key in to)) (to as Record<string | number, unknown>)[key] = copy;
    else Object.defineProperty(to, key, dataProperty(copy, { ...attributes, writable: true }));
  }
}

function copyOfBuffer(buffer: ArrayBuffer): ArrayBuffer {
  // Detached: refused when it crosses.
  if (buffer.byteLength === 0) return buffer;
  const { resizable, maxByteLength } = buffer as ArrayBuffer & { resizable?: boolean; maxByteLength: number };
  if (!resizable) return buffer.slice(0);
  const copy = new (ArrayBuffer as new (length: number, options: object) => ArrayBuffer)(buffer.byteLength, {
    maxByteLength,
  });
  new Uint8Array(copy).set(new Uint8Array(buffer));
  return copy;
}
