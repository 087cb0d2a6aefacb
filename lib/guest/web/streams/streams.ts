/**
 * The guest's streams among the web's APIs: one copy for all who use them. The engine learns of them when they are
 * initialised; before that there is no stream that could cross.
 */
import type { ReadableStream } from 'web-streams-polyfill';
import { classes, exportStream as exportPlain, importStream as importPlain } from '../../streams.ts';
import { ops } from '../base/ops.ts';
import { partOf } from '../base/parts.ts';
import './transfer.ts';

export function isByteStream(stream: ReadableStream): boolean {
  const { _readableStreamController: controller } = stream as unknown as { _readableStreamController: object };
  return '_byobRequest' in controller;
}

/** The chunks of a byte stream are nobody's but the reader's (https://streams.spec.whatwg.org/#transfer-array-buffer). */
function give(chunk: unknown): void {
  const bytes = chunk as Uint8Array;
  if (bytes.byteLength === bytes.buffer.byteLength) ops.guest.give(bytes.buffer);
}

// Both are called by the engine with one argument.
const exportStream = (stream: ReadableStream) => exportPlain(stream, isByteStream(stream) ? give : undefined);
const importStream = (source: Parameters<typeof importPlain>[0]) => importPlain(source, partOf);

export {
  ByteLengthQueuingStrategy,
  CountQueuingStrategy,
  ReadableStream,
  TransformStream,
  WritableStream,
} from 'web-streams-polyfill';
export { classes, exportStream, importStream };

ops.guest.streams(
  classes.ReadableStream.prototype,
  classes.WritableStream.prototype,
  classes.TransformStream.prototype,
  exportStream,
  importStream,
);

// The library's iterators inherit from an object of their own (https://webidl.spec.whatwg.org/#es-asynchronous-iterable).
const { getPrototypeOf, setPrototypeOf } = Object;
// Without prototypes: what the guest has put on Object.prototype by now would count as part of the source.
const bare = { __proto__: null } as object;
const iteratorPrototype = getPrototypeOf(new classes.ReadableStream(bare, bare).values()) as object;
async function* generator() {}
setPrototypeOf(iteratorPrototype, getPrototypeOf(getPrototypeOf(getPrototypeOf(generator()))) as object);
