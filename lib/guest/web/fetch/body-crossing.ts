/** Bodies on their way out and in. */
import { type BodyPart, maxInlineBody } from '../../../shared/web/parts.ts';
import { BlobData } from '../file/blob-data.ts';
import {
  cancelReader,
  isDisturbed,
  isLocked,
  isReadableStream,
  openReader,
  type ReadableStream,
  type Reader,
  readChunk,
} from '../streams/access.ts';
import { closeBytes, makeByteStream } from '../streams/byte-stream.ts';
import { Body, isBytes } from './body.ts';

/** Streams of the host, by the byte streams that bodies have of them. */
const origins = new WeakMap<ReadableStream, ReadableStream>();

/** The stream as it came from the host, if nobody has read from the body's own: then the host reads its own stream. */
function originOf(stream: ReadableStream): ReadableStream {
  const origin = origins.get(stream);
  return origin && !isDisturbed(stream) && !isLocked(stream) ? origin : stream;
}

/**
 * A small body that is at hand as what it is, any other as its stream. The body stays as it is.
 *
 * @param home whether a stream of the host that nobody has read goes back as what it was
 */
export function toBodyPart(body: Body | null, home = true): BodyPart {
  if (!body) return null;
  const { source } = body;
  if (source === undefined) return home ? originOf(body.stream) : body.stream;
  if (typeof source === 'string') return source.length <= maxInlineBody ? source : body.stream;
  if (source instanceof BlobData) {
    return source.size <= maxInlineBody && source.isLocal ? source.join() : body.stream;
  }
  return source.byteLength <= maxInlineBody ? source : body.stream;
}

export function fromBodyPart(part: BodyPart): Body | null {
  if (part === null) return null;
  if (typeof part === 'string') return Body.ofSource(part);
  if (isReadableStream(part)) return Body.ofStream(byteStreamOf(part));
  if (isBytes(part)) return Body.ofSource(part as Uint8Array<ArrayBuffer>);
  throw new TypeError('This is no body');
}

/** Told of what becomes of a stream. */
export interface Watcher {
  /** It is closed, failed or cancelled. */
  end(): void;
  /** Gives the function that makes it fail. */
  onOpen(fail: (reason: unknown) => void): void;
}

/** A byte stream of what the host's stream brings. */
export function byteStreamOf(origin: ReadableStream, watcher?: Watcher): ReadableStream {
  let reader: Reader | undefined;
  /** What the origin still gives, its end included, comes too late. */
  let failed = false;
  const open = () => {
    reader ??= openReader(origin);
    return reader;
  };
  const stream = makeByteStream({
    start(controller) {
      watcher?.onOpen((reason) => {
        failed = true;
        controller.error(reason);
        if (reader || !isLocked(origin)) cancelReader(open(), reason).catch(() => {});
      });
    },
    pull: (controller) =>
      new Promise<void>((resolve, reject) => {
        const steps = {
          chunk(chunk: unknown) {
            if (!isBytes(chunk)) return fail(new TypeError('A chunk of the body is no Uint8Array'));
            // An empty one can't be put into a byte stream, which only asks again when it got something.
            if (chunk.byteLength === 0 && !failed) return readChunk(open(), steps);
            if (!failed) controller.enqueue(chunk);
            resolve();
          },
          close() {
            watcher?.end();
            if (!failed) closeBytes(controller);
            resolve();
          },
          error: fail,
        };
        readChunk(open(), steps);
        function fail(reason: unknown) {
          watcher?.end();
          reject(reason);
        }
      }),
    cancel(reason) {
      watcher?.end();
      return cancelReader(open(), reason);
    },
  });
  origins.set(stream, origin);
  return stream;
}
