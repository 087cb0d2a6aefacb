/** Byte streams of our own that make or ask for a chunk when somebody reads, and not before. */
import { ReadableStream } from './access.ts';

/** What the library gives to an underlying byte source. */
export interface ByteController {
  enqueue(chunk: unknown): void;
  close(): void;
  error(reason: unknown): void;
  readonly byobRequest?: { respond(bytes: number): void } | null;
}

interface ByteSource {
  start?(controller: ByteController): void;
  pull(controller: ByteController): void | Promise<void>;
  cancel?(reason: unknown): void | Promise<void>;
}

/** A byte stream that asks its source only when somebody reads. */
export function makeByteStream(source: ByteSource): ReadableStream<Uint8Array> {
  // Without prototypes: what the guest puts on Object.prototype would count as part of the source.
  const bare = { __proto__: null, type: 'bytes', start: source.start, pull: source.pull, cancel: source.cancel };
  const strategy = { __proto__: null, highWaterMark: 0 };
  return new ReadableStream(bare as object as { type: 'bytes' }, strategy as object) as ReadableStream<Uint8Array>;
}

export function closeBytes(controller: ByteController): void {
  controller.close();
  controller.byobRequest?.respond(0);
}
