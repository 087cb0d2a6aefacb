/** Views of buffers: what one shows, and another that shows the same of another buffer. */
import { bufferOf, isArrayBuffer, isDataView, lengthOf, nameOfTypedArray, offsetOf, resizableOf } from './bytes.ts';

const { apply } = Reflect;

export interface ViewParts {
  /** 'DataView' or the name of a typed array. */
  type: string;
  buffer: ArrayBuffer;
  byteOffset: number;
  /** In elements; undefined: as far as the buffer reaches, however it is resized. */
  length: number | undefined;
}

interface ViewClass {
  new (buffer: ArrayBuffer, byteOffset: number, length?: number): ArrayBufferView;
  BYTES_PER_ELEMENT?: number;
}

const names =
  `DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float16Array
  Float32Array Float64Array BigInt64Array BigUint64Array`.split(/\s+/);
const classes = { __proto__: null } as unknown as Record<string, ViewClass>;
for (const name of names) {
  // Float16Array: not in every V8.
  const found = (globalThis as unknown as Record<string, ViewClass | undefined>)[name];
  if (found) classes[name] = found;
}

export function viewParts(view: ArrayBufferView): ViewParts {
  const which = isDataView(view);
  const type = which ? 'DataView' : (apply(nameOfTypedArray, view, []) as string);
  const buffer = apply(bufferOf[which] as () => ArrayBuffer, view, []);
  const byteOffset = apply(offsetOf[which] as () => number, view, []);
  const bytes = apply(lengthOf[which] as () => number, view, []);
  const size = classes[type]?.BYTES_PER_ELEMENT ?? 1;
  // V8 does not say whether a view follows its buffer: one that reaches to the end of a resizable buffer does, we say.
  const resizable = isArrayBuffer(buffer) && apply(resizableOf, buffer, []);
  const follows = resizable && byteOffset + bytes + size > buffer.byteLength;
  return { type, buffer, byteOffset, length: follows ? undefined : bytes / size };
}

export function viewLike(parts: ViewParts, buffer: ArrayBuffer): ArrayBufferView {
  return new (classes[parts.type] as ViewClass)(buffer, parts.byteOffset, parts.length);
}
