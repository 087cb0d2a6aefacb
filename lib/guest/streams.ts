/**
 * The streams of the guest. This file is bundled into dist/guest-streams.js and runs inside the guest, before any of the
 * guest's own code: it uses what it finds then, whatever the guest overwrites later. The engine takes what it exports;
 * the guest gets the classes as globals and can reach nothing else of it.
 */
import {
  ByteLengthQueuingStrategy,
  CountQueuingStrategy,
  ReadableByteStreamController,
  ReadableStream,
  ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest,
  ReadableStreamDefaultController,
  ReadableStreamDefaultReader,
  TransformStream,
  TransformStreamDefaultController,
  WritableStream,
  WritableStreamDefaultController,
  WritableStreamDefaultWriter,
} from 'web-streams-polyfill';

/** A stream as one function: reads the next chunk, or cancels. */
type Source = (cancel: boolean, reason?: unknown) => Promise<Step | undefined>;

/** `part`, if it has that itself: instead of a value the host asks for a part of this program, see lib/runtime/web/part.ts. */
export interface Step {
  done: boolean;
  value?: unknown;
  part?: string;
}

const { apply, getOwnPropertyDescriptor } = Reflect;
const { hasOwn } = Object;
const { getReader } = ReadableStream.prototype;
const { read, cancel } = ReadableStreamDefaultReader.prototype;
const { enqueue, close } = ReadableStreamDefaultController.prototype;
const { then } = Promise.prototype;
const { get, set, delete: remove } = WeakMap.prototype;
const isLocked = getOwnPropertyDescriptor(ReadableStream.prototype, 'locked')?.get as () => boolean;
const TypeErrorOfStart = TypeError;

const sources = new WeakMap<object, Source>();
const streams = new WeakMap<object, ReadableStream>();
/** Streams of the host, until somebody reads from them. */
const untouched = new WeakMap<object, Source>();

/** The classes, by their global names. */
export const classes = {
  ByteLengthQueuingStrategy,
  CountQueuingStrategy,
  ReadableByteStreamController,
  ReadableStream,
  ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest,
  ReadableStreamDefaultController,
  ReadableStreamDefaultReader,
  TransformStream,
  TransformStreamDefaultController,
  WritableStream,
  WritableStreamDefaultController,
  WritableStreamDefaultWriter,
};

// What the library shows and the standard does not know.
Reflect.deleteProperty(WritableStreamDefaultController.prototype, 'abortReason');

/**
 * A stream leaves for the host. It is locked when the host first reads, not now: it may only be logged. For a stream of
 * the host that nobody has read from the answer is the host's function.
 *
 * @param onChunk sees each chunk that leaves
 */
export function exportStream(stream: ReadableStream, onChunk?: (chunk: unknown) => void): Source {
  const known = apply(get, sources, [stream]) as Source | undefined;
  if (known) return known;
  const home = apply(get, untouched, [stream]) as Source | undefined;
  if (home && !apply(isLocked, stream, [])) return home;
  if (apply(isLocked, stream, [])) throw new TypeErrorOfStart('A locked ReadableStream cannot cross to the host');
  let reader: ReadableStreamDefaultReader | undefined;
  const source: Source = (stop, reason) => {
    reader ??= apply(getReader, stream, []) as ReadableStreamDefaultReader;
    if (stop) return apply(cancel, reader, [reason]);
    const step = apply(read, reader, []) as Promise<Step>;
    return onChunk ? apply(then, step, [(read: Step) => noted(read, onChunk)]) : step;
  };
  apply(set, sources, [stream, source]);
  apply(set, streams, [source, stream]);
  return source;
}

function noted(step: Step, onChunk: (chunk: unknown) => void): Step {
  if (!step.done) onChunk(step.value);
  return step;
}

/**
 * A stream of the host arrives, as a function of the host, and reads one chunk when the guest asks for one; or a stream
 * of the guest comes home, as the function it left as.
 *
 * @param partOf the parts of this program that the host may ask for
 */
export function importStream(source: Source, partOf?: (name: string) => unknown): ReadableStream {
  const known = apply(get, streams, [source]) as ReadableStream | undefined;
  if (known) return known;
  const stream = new ReadableStream(
    {
      // Without it, what the guest puts on Object.prototype would count as part of the source.
      __proto__: null,
      async pull(controller: ReadableStreamDefaultController<unknown>) {
        apply(remove, untouched, [stream]);
        const step = await source(false);
        if (!step || step.done) apply(close, controller, []);
        else apply(enqueue, controller, [partOf && hasOwn(step, 'part') ? partOf(step.part as string) : step.value]);
      },
      async cancel(reason: unknown) {
        apply(remove, untouched, [stream]);
        await source(true, reason);
      },
    } as object,
    { __proto__: null, highWaterMark: 0 } as object,
  );
  apply(set, streams, [source, stream]);
  apply(set, untouched, [stream, source]);
  return stream;
}
