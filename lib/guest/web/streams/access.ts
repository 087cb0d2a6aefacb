/**
 * The inside of streams, for bodies: reading without promises that guest code could get between, and the states that the
 * standards ask for and the classes do not show.
 */
import { classes, ReadableStream } from './streams.ts';

export { ReadableStream };

/** What the library keeps in a stream. */
interface Inner {
  _disturbed: boolean;
  _state: 'readable' | 'closed' | 'errored';
  _storedError: unknown;
  _readableStreamController: Record<symbol, (request: object) => void>;
}

interface InnerReader {
  _ownerReadableStream: (ReadableStream & Inner) | undefined;
}

/** The one that waits for a chunk. */
export interface ChunkRequest {
  chunk(chunk: unknown): void;
  close(): void;
  error(reason: unknown): void;
}

const { apply, getOwnPropertyDescriptor } = Reflect;
const { getReader, tee, cancel } = ReadableStream.prototype;
const { ReadableStreamDefaultReader } = classes;
const readerCancel = ReadableStreamDefaultReader.prototype.cancel;
const lockedOf = getOwnPropertyDescriptor(ReadableStream.prototype, 'locked')?.get as () => boolean;

/** The name under which the library's controllers keep their pull steps. */
let pullSteps: symbol | undefined;

export function isReadableStream(value: unknown): value is ReadableStream {
  try {
    apply(lockedOf, value, []);
    return true;
  } catch {
    return false;
  }
}

export const isLocked = (stream: ReadableStream): boolean => apply(lockedOf, stream, []);
export const isDisturbed = (stream: ReadableStream): boolean => (stream as unknown as Inner)._disturbed;
export const isErrored = (stream: ReadableStream): boolean => (stream as unknown as Inner)._state === 'errored';

/** Nobody but the one who calls this will read it: as if it had been read from. */
export function disturb(stream: ReadableStream): void {
  (stream as unknown as Inner)._disturbed = true;
}

export type Reader = InstanceType<typeof ReadableStreamDefaultReader>;

export const openReader = (stream: ReadableStream): Reader => apply(getReader, stream, []) as Reader;
export const cancelStream = (stream: ReadableStream, reason: unknown): Promise<void> =>
  apply(cancel, stream, [reason]) as Promise<void>;
export const cancelReader = (reader: Reader, reason: unknown): Promise<void> =>
  apply(readerCancel, reader, [reason]) as Promise<void>;
export const teeStream = (stream: ReadableStream): [ReadableStream, ReadableStream] =>
  apply(tee, stream, []) as [ReadableStream, ReadableStream];

/** Asks for one chunk. */
export function readChunk(reader: Reader, request: ChunkRequest): void {
  const stream = (reader as unknown as InnerReader)._ownerReadableStream;
  if (!stream) throw new TypeError('The reader was released');
  stream._disturbed = true;
  if (stream._state !== 'readable') {
    if (stream._state === 'closed') request.close();
    else request.error(stream._storedError);
    return;
  }
  const controller = stream._readableStreamController;
  pullSteps ??= findPullSteps(controller);
  (controller[pullSteps] as (request: object) => void)({
    _chunkSteps: request.chunk,
    _closeSteps: request.close,
    _errorSteps: request.error,
  });
}

function findPullSteps(controller: object): symbol {
  const symbols = Object.getOwnPropertySymbols(Object.getPrototypeOf(controller));
  const found = symbols.find((symbol) => symbol.description === '[[PullSteps]]');
  if (!found) throw new TypeError('The streams are not those that were expected');
  return found;
}

/** Everything that is left, chunk by chunk, in order. What `chunk` throws is the error, and cancels the stream. */
export function readAll(stream: ReadableStream, sink: ChunkRequest): void {
  const reader = openReader(stream);
  let reading = false;
  let wanted = true;
  // A loop, not a recursion: a stream may have any number of chunks at hand.
  const step = () => {
    if (reading) return;
    reading = true;
    while (wanted) {
      wanted = false;
      readChunk(reader, request);
    }
    reading = false;
  };
  const request: ChunkRequest = {
    chunk(chunk) {
      try {
        sink.chunk(chunk);
      } catch (error) {
        cancelReader(reader, error).catch(() => {});
        sink.error(error);
        return;
      }
      wanted = true;
      step();
    },
    close: () => sink.close(),
    error: (reason) => sink.error(reason),
  };
  step();
}
