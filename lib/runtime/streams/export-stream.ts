import { ReadableStream, type ReadableStreamDefaultReader } from 'node:stream/web';
import { currentCall } from '../call-context.ts';
import { engine } from '../engine.ts';
import type { HostFunction } from '../host-function.ts';
import { WebPart } from '../web/part.ts';
import { isByteStream } from './byte-streams.ts';
import { chunkBytes, type StreamCounters } from './counters.ts';

/** From this many bytes on a chunk that is nobody's moves. */
const moves = 65_536;

/** Anything that yields chunks one after another. */
export type StreamSource = AsyncIterable<unknown> | ReadableStream;

/** Whether the value crosses as a stream. */
export function isStreamSource(value: unknown): value is StreamSource {
  if (typeof value !== 'object' || value === null) return false;
  return (
    value instanceof ReadableStream || typeof (value as AsyncIterable<unknown>)[Symbol.asyncIterator] === 'function'
  );
}

const made = new WeakSet<ReadableStream>();

/** `stream` was made for a guest: when that can't reach it any more nobody will read it, also if it never began to. */
export function madeForGuest(stream: ReadableStream): ReadableStream {
  made.add(stream);
  return stream;
}

/** A stream on its way: the host's object, and how far it is read. */
interface Outgoing {
  readonly source: StreamSource;
  readonly stream: ReadableStream;
  reader: ReadableStreamDefaultReader | undefined;
  /** Its chunks are nobody's but the reader's. */
  givesChunks: boolean;
  ended: boolean;
  /** The call that read it was stopped: what is read after that must not look like the end. */
  cutOff: boolean;
  /** The call that read last, 0 = not known. */
  callId: number;
}

/**
 * The host's streams that one guest can reach. Each crosses as a host function that reads a chunk, or cancels. A stream
 * is locked when the guest first reads, and nothing is read before it asks.
 */
export class OutgoingStreams {
  readonly #counters: StreamCounters;
  readonly #functions = new WeakMap<object, HostFunction>();
  readonly #outgoing = new WeakMap<HostFunction, Outgoing>();
  /** Those that have not ended, by the call that read last. */
  readonly #readBy = new Map<number, Set<Outgoing>>();

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
    const outgoing: Outgoing = {
      source,
      stream,
      reader: undefined,
      givesChunks: false,
      ended: false,
      cutOff: false,
      callId: 0,
    };
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
   * The guest can't reach `fn` any more. If it is a stream that the guest has begun to read, or that was made for it, the
   * source is cancelled; another that was never touched stays the host's.
   */
  end(fn: HostFunction, reason: unknown): void {
    const outgoing = this.#outgoing.get(fn);
    if (outgoing && !outgoing.ended) this.#cancel(outgoing, reason);
  }

  /** Call `callId` was stopped: what it read last will not be read on. */
  endOf(callId: number, reason: unknown): void {
    for (const outgoing of this.#readBy.get(callId) ?? []) this.#cancel(outgoing, reason);
  }

  #cancel(outgoing: Outgoing, reason: unknown): void {
    const { stream } = outgoing;
    if (!outgoing.reader && made.has(stream) && !stream.locked) outgoing.reader = stream.getReader();
    if (!outgoing.reader) return;
    this.#ended(outgoing);
    outgoing.cutOff = true;
    outgoing.reader.cancel(reason).catch(() => {});
  }

  #ended(outgoing: Outgoing): void {
    outgoing.ended = true;
    this.#noteReader(outgoing, 0);
  }

  #noteReader(outgoing: Outgoing, callId: number): void {
    if (outgoing.callId === callId) return;
    const before = this.#readBy.get(outgoing.callId);
    before?.delete(outgoing);
    if (before?.size === 0) this.#readBy.delete(outgoing.callId);
    outgoing.callId = callId;
    if (callId === 0) return;
    const now = this.#readBy.get(callId);
    if (now) now.add(outgoing);
    else this.#readBy.set(callId, new Set([outgoing]));
  }

  async #step(outgoing: Outgoing, cancel: boolean, reason: unknown): Promise<unknown> {
    const reader = outgoing.reader ?? open(outgoing);
    if (cancel) {
      this.#ended(outgoing);
      return reader.cancel(reason);
    }
    if (!outgoing.ended) this.#noteReader(outgoing, currentCall()?.callId ?? 0);
    try {
      const { done, value } = await reader.read();
      if (outgoing.cutOff) throw new Error('The stream was cancelled: the call that read it was stopped');
      if (done) this.#ended(outgoing);
      if (value instanceof WebPart) return { done, value: undefined, part: value.name };
      if (!done) this.#counters.bytesStreamedToGuest += chunkBytes(value);
      if (outgoing.givesChunks && value instanceof Uint8Array) giveWhole(value);
      return { done, value };
    } catch (error) {
      this.#ended(outgoing);
      throw error;
    }
  }
}

function open(outgoing: Outgoing): ReadableStreamDefaultReader {
  outgoing.givesChunks = isByteStream(outgoing.stream);
  const reader = outgoing.stream.getReader();
  outgoing.reader = reader;
  return reader;
}

/** Not the pool that a small Buffer is part of. */
function giveWhole({ buffer, byteLength }: Uint8Array): void {
  if (byteLength >= moves && byteLength === buffer.byteLength) engine().giveBuffer(buffer);
}
