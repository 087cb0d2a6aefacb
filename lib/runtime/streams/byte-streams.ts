import type { ReadableStream } from 'node:stream/web';

/** Streams that hand on what byte streams give. */
const known = new WeakSet<ReadableStream>();

/** Whether the chunks of a stream, which nobody reads now, belong to its reader alone: a byte stream takes them away from its source. */
export function isByteStream(stream: ReadableStream): boolean {
  if (known.has(stream)) return true;
  try {
    stream.getReader({ mode: 'byob' }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

/** `stream` hands on what `source` gives, and keeps nothing of it. */
export function handsOn(stream: ReadableStream, isOfBytes: boolean): ReadableStream {
  if (isOfBytes) known.add(stream);
  return stream;
}
