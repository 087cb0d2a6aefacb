/** The streams of bodies: all are byte streams that make or ask for a chunk when somebody reads. */
import { BlobBuilder, BlobData } from '../file/blob-data.ts';
import { encodeUtf8 } from '../file/utf8.ts';
import {
  cancelReader,
  disturb,
  openReader,
  ReadableStream,
  type Reader,
  readChunk,
  teeStream,
} from '../streams/access.ts';
import type { ByteController } from '../streams/byte-stream.ts';
import { isByteStream } from '../streams/streams.ts';

export function streamOf(source: string | Uint8Array | BlobData): ReadableStream<Uint8Array> {
  if (source instanceof BlobData) return source.stream();
  const builder = new BlobBuilder();
  builder.addBytes(typeof source === 'string' ? encodeUtf8(source) : source);
  return builder.build().stream();
}

/** Everything that is left of `stream` in a new one; it is locked and read from at once. */
export function proxyStream(stream: ReadableStream): ReadableStream {
  const reader = openReader(stream);
  disturb(stream);
  return forward(reader, (chunk) => chunk);
}

/** Hands on what the reader gives, of whatever kind. */
function forward(reader: Reader, convert: (chunk: unknown) => unknown): ReadableStream {
  const source = {
    __proto__: null,
    pull: (controller: ByteController) =>
      new Promise<void>((resolve, reject) => {
        readChunk(reader, {
          chunk(chunk) {
            try {
              controller.enqueue(convert(chunk));
              resolve();
            } catch (error) {
              cancelReader(reader, error).catch(() => {});
              reject(error);
            }
          },
          close() {
            controller.close();
            resolve();
          },
          error: reject,
        });
      }),
    cancel: (reason: unknown) => cancelReader(reader, reason),
  };
  return new ReadableStream(source as object, { __proto__: null, highWaterMark: 0 } as object);
}

/** Two streams with the same chunks; what the second one gets is its own. */
export function teeForClone(stream: ReadableStream): [ReadableStream, ReadableStream] {
  const [first, second] = teeStream(stream);
  if (isByteStream(stream)) return [first, second];
  return [first, forward(openReader(second), copyChunk)];
}

function copyChunk(chunk: unknown): unknown {
  return structuredClone(chunk);
}
