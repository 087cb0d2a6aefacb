import { types } from 'node:util';
import { invalidRange, invalidType } from '../options/invalid.ts';
import { isPooled } from '../options/pooled.ts';
import { engine } from './engine.ts';

/**
 * Gives up an ArrayBuffer, or the one behind a view: it moves into the first guest that it is sent to, instead of being
 * copied, and is detached here. Works wherever a value leaves for a guest: arguments of synchronous and asynchronous
 * calls, what a host function returns, what a promise becomes, bound objects, chunks of streams. All views of the same
 * ArrayBuffer go along. A message that can't cross detaches nothing.
 *
 * @returns The value itself.
 * @throws {@link InvalidArgRangeError} the memory is not the caller's to give: Node's pool of small Buffers, or a
 *   WebAssembly memory
 * @example
 * ```js
 * const image = new Uint8Array(1_000_000);
 * const brightness = runtime.eval('(pixels) => pixels.reduce((sum, n) => sum + n, 0)');
 * brightness(move(image)); // 0
 * image.length;            // 0
 * ```
 */
export function move<T extends ArrayBuffer | ArrayBufferView>(value: T): T {
  const buffer: unknown = ArrayBuffer.isView(value) ? value.buffer : value;
  if (!types.isArrayBuffer(buffer)) throw invalidType('value', value, 'an ArrayBuffer or a view of one');
  if (isPooled(buffer)) {
    throw invalidRange('value', value, "memory of your own: this is a part of the pool behind Node's Buffers");
  }
  if (!engine().giveBuffer(buffer)) throw invalidRange('value', value, 'an ArrayBuffer that can be detached');
  return value;
}
