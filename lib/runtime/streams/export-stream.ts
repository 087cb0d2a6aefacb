import { ReadableStream, type ReadableStreamDefaultReader } from 'node:stream/web';
import type { HostFunction } from '../host-functions.ts';
import { chunkBytes, type StreamCounters } from './counters.ts';

/** Anything that yields chunks one after another. */
export type StreamSource = AsyncIterable<unknown> | ReadableStream;

/** Whether the value crosses as a stream. */
export function isStreamSource(value: unknown): value is StreamSource {
  if (typeof value !== 'object' || value === null) return false;
  return (
    value instanceof ReadableStream || typeof (value as AsyncIterable<unknown>)[Symbol.asyncIterator] === 'function'
  );
}

/** A stream on its way: the host's object, and how far it is read. */
interface Outgoing {
  readonly source: StreamSource;
  readonly stream: ReadableStream;
  reader: ReadableStreamDefaultReader | undefined;
  ended: boolean;
}

/**
 * The host's streams that one guest can reach. Each crosses as a host function that reads a chunk, or cancels. A stream
 * is locked when the guest first reads, and nothing is read before it asks.
 */
export class OutgoingStreams {
  readonly #counters: StreamCounters;
  readonly #functions = new WeakMap<object, HostFunction>();
  readonly #outgoing = new WeakMap<HostFunction, Outgoing>();

  constructor(counters: StreamCounters) {
    this.#counters = counters;
  }

  /** @throws TypeError the stream is locked */
  export(source: StreamSource): HostFunction {
    const known = this.#functions.get(source);
    if (known) return known;
    const stream = source instanceof ReadableStream ? source : ReadableStream.from(source);
    if (stream.locked) throw new TypeError('A locked ReadableStream cannot cross to the guest');
    this.#counters.totalHostStreams++;
    const outgoing: Outgoing = { source, stream, reader: undefined, ended: false };
    const fn = (cancel: boolean, reason: unknown): Promise<unknown> => this.#step(outgoing, cancel, reason);
    this.#functions.set(source, fn);
    this.#outgoing.set(fn, outgoing);
    return fn;
  }

  /** What crossed as `fn`: the host's own object. */
  original(fn: HostFunction): StreamSource | undefined {
    return this.#outgoing.get(fn)?.source;
  }

  /** Whether `fn` is a stream with something left to read. */
  isOpen(fn: HostFunction): boolean {
    return this.#outgoing.get(fn)?.ended === false;
  }

  /**
   * The guest can't reach `fn` any more. If it is a stream that the guest has begun to read, the source is cancelled; one
   * that was never touched stays the host's.
   */
  end(fn: HostFunction, reason: unknown): void {
    const outgoing = this.#outgoing.get(fn);
    if (!outgoing || outgoing.ended || !outgoing.reader) return;
    outgoing.ended = true;
    outgoing.reader.cancel(reason).catch(() => {});
  }

  async #step(outgoing: Outgoing, cancel: boolean, reason: unknown): Promise<unknown> {
    outgoing.reader ??= outgoing.stream.getReader();
    if (cancel) {
      outgoing.ended = true;
      return outgoing.reader.cancel(reason);
    }
    try {
      const { done, value } = await outgoing.reader.read();
      outgoing.ended = done;
      if (!done) this.#counters.bytesStreamedToGuest += chunkBytes(value);
      return { done, value };
    } catch (error) {
      outgoing.ended = true;
      throw error;
    }
  }
}
