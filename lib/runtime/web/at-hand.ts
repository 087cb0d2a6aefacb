import { ReadableStream, type ReadableStreamDefaultReader } from 'node:stream/web';
import { handsOn, isByteStream } from '../streams/byte-streams.ts';

/** How many microtasks a read may take. A stream of Node's over a text or bytes needs a few. */
const patience = 32;

type Step = { readonly done: boolean; readonly value?: unknown };

/**
 * The bytes of a small body that was made of a text or bytes: Node shows it as a stream, and nobody can see what is behind
 * it but by reading. So a byte stream is read as far as it gives its chunks at once. If that is not all, or more than
 * `most` bytes, the answer is a stream of everything. Streams of other kinds stay as they are.
 */
export async function bodyAtHand(stream: ReadableStream, most: number): Promise<Uint8Array | ReadableStream> {
  if (!isByteStream(stream)) return stream;
  const reader = stream.getReader();
  const chunks: unknown[] = [];
  let size = 0;
  for (;;) {
    const reading = reader.read();
    const step = await atOnce(reading);
    if (!step) return restOf(reader, chunks, reading);
    if (step.done) return joined(chunks as Uint8Array[], size);
    chunks.push(step.value);
    size += (step.value as Uint8Array).byteLength;
    if (size > most) return restOf(reader, chunks, undefined);
  }
}

async function atOnce(reading: Promise<Step>): Promise<Step | undefined> {
  let step: Step | undefined;
  let failed = false;
  reading.then(
    (read) => {
      step = read;
    },
    () => {
      failed = true;
    },
  );
  for (let i = 0; i < patience && !step && !failed; i++) await undefined;
  return step;
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const [only] = chunks;
  if (chunks.length === 1 && only) return only;
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
}

function restOf(
  reader: ReadableStreamDefaultReader,
  chunks: unknown[],
  reading: Promise<Step> | undefined,
): ReadableStream {
  let next = reading;
  const rest = new ReadableStream(
    {
      async pull(controller) {
        if (chunks.length > 0) return controller.enqueue(chunks.shift());
        const step = next ?? reader.read();
        next = undefined;
        const { done, value } = await step;
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel(reason) {
        chunks.length = 0;
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return handsOn(rest, true);
}
