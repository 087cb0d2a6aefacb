import { ReadableStream } from 'node:stream/web';
import { TransferError } from '../../errors/transfer-error.ts';
import type { JsFunction } from '../js-function.ts';
import { chunkBytes, type StreamCounters } from './counters.ts';

interface Step {
  done: boolean;
  value: unknown;
}

/** Guest streams that are alive in the host, by the guest function that reads them. */
const streams = new WeakMap<JsFunction, ReadableStream>();
/** And the other way, as long as nobody has read from them. */
const untouched = new WeakMap<ReadableStream, JsFunction>();

/** The guest function that reads this stream, if it is a guest's stream from which nothing was read. */
export function guestSource(stream: unknown): JsFunction | undefined {
  return stream instanceof ReadableStream && !stream.locked ? untouched.get(stream) : undefined;
}

/**
 * The host's end of a guest stream. `source` is a guest function that reads a chunk, or cancels. Nothing is read ahead: a
 * chunk is asked for when the host wants one, and each is a call of the guest under the runtime's limits.
 */
export function importStream(source: JsFunction, counters: StreamCounters): ReadableStream {
  const known = streams.get(source);
  if (known) return known;
  counters.totalGuestStreams++;
  const stream = new ReadableStream<unknown>(
    {
      async pull(controller) {
        untouched.delete(stream);
        try {
          const step = (await source.callAsync([false])) as Step;
          if (!step.done) {
            counters.bytesStreamedToHost += chunkBytes(step.value);
            return controller.enqueue(step.value);
          }
          controller.close();
          source.release();
        } catch (error) {
          source.release();
          throw error;
        }
      },
      async cancel(reason) {
        untouched.delete(stream);
        try {
          await cancelInGuest(source, reason);
        } finally {
          source.release();
        }
      },
    },
    { highWaterMark: 0 },
  );
  streams.set(source, stream);
  untouched.set(stream, source);
  return stream;
}

/** The guest hears of it even when it can't hear the reason. */
async function cancelInGuest(source: JsFunction, reason: unknown): Promise<void> {
  try {
    await source.callAsync([true, reason]);
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    await source.callAsync([true]);
  }
}
