import { ReadableStream, type ReadableStreamDefaultReader } from 'node:stream/web';
import type { HostFunction } from '../host-functions.ts';

/** Anything that yields chunks one after another. */
export type StreamSource = AsyncIterable<unknown> | ReadableStream;

/** The functions under which streams crossed, and what ends a stream that the guest no longer wants. */
const functions = new WeakMap<object, HostFunction>();
const endings = new WeakMap<HostFunction, (reason: unknown) => void>();

/** Whether the value crosses as a stream. */
export function isStreamSource(value: unknown): value is StreamSource {
  if (typeof value !== 'object' || value === null) return false;
  return (
    value instanceof ReadableStream || typeof (value as AsyncIterable<unknown>)[Symbol.asyncIterator] === 'function'
  );
}

/**
 * A stream goes to the guest: as a host function that reads a chunk, or cancels. The stream is locked when the guest
 * first reads, and nothing is read before it asks.
 *
 * @throws TypeError the stream is locked
 */
export function exportStream(source: StreamSource): HostFunction {
  const known = functions.get(source);
  if (known) return known;
  const stream = source instanceof ReadableStream ? source : ReadableStream.from(source);
  if (stream.locked) throw new TypeError('A locked ReadableStream cannot cross to the guest');
  let reader: ReadableStreamDefaultReader | undefined;
  let ended = false;
  const read = async (cancel: boolean, reason: unknown): Promise<unknown> => {
    reader ??= stream.getReader();
    if (cancel) {
      ended = true;
      return reader.cancel(reason);
    }
    try {
      const { done, value } = await reader.read();
      ended = done;
      return { done, value };
    } catch (error) {
      ended = true;
      throw error;
    }
  };
  functions.set(source, read);
  endings.set(read, (reason) => {
    if (ended || !reader) return;
    ended = true;
    reader.cancel(reason).catch(() => {});
  });
  return read;
}

/**
 * The guest can't reach `fn` any more. If it is a stream that the guest has begun to read, the source is cancelled; one
 * that was never touched stays the host's.
 */
export function endStream(fn: HostFunction, reason: unknown): void {
  endings.get(fn)?.(reason);
}
