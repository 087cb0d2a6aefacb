/**
 * Streams in transfer lists. The one that is given is locked for good; another takes over, and copies each chunk
 * (https://streams.spec.whatwg.org/#rs-transfer). A TransformStream can't be transferred: pass its two sides.
 */
import {
  ReadableStream,
  type ReadableStreamDefaultController,
  TransformStream,
  WritableStream,
} from 'web-streams-polyfill';
import { registerInterface } from '../base/webidl.ts';
import { clone } from '../messaging/clone.ts';
import { notTransferred } from '../messaging/clone-failure.ts';

const { apply, getOwnPropertyDescriptor } = Reflect;
const isLocked = [ReadableStream, WritableStream].map(
  ({ prototype }) => getOwnPropertyDescriptor(prototype, 'locked')?.get as () => boolean,
);

function refuseLocked(stream: object, which: 0 | 1): void {
  if (apply(isLocked[which] as () => boolean, stream, []))
    throw notTransferred('A locked stream can not be transferred');
}

function transferReadable(stream: ReadableStream): ReadableStream {
  refuseLocked(stream, 0);
  const reader = stream.getReader();
  const source = {
    __proto__: null,
    async pull(controller: ReadableStreamDefaultController<unknown>) {
      const { done, value } = await reader.read();
      if (done) {
        controller.close();
        return;
      }
      try {
        controller.enqueue(clone(value));
      } catch (error) {
        await reader.cancel(error);
        throw error;
      }
    },
    cancel: (reason: unknown) => reader.cancel(reason),
  };
  return new ReadableStream(source as object, { highWaterMark: 0 });
}

function transferWritable(stream: WritableStream): WritableStream {
  refuseLocked(stream, 1);
  const writer = stream.getWriter();
  const sink = {
    __proto__: null,
    async write(chunk: unknown) {
      let copy: unknown;
      try {
        copy = clone(chunk);
      } catch (error) {
        await writer.abort(error);
        throw error;
      }
      await writer.write(copy);
    },
    close: () => writer.close(),
    abort: (reason: unknown) => writer.abort(reason),
  };
  return new WritableStream(sink as object);
}

registerInterface(ReadableStream, { name: 'ReadableStream', transfer: transferReadable });
registerInterface(WritableStream, { name: 'WritableStream', transfer: transferWritable });
registerInterface(TransformStream, { name: 'TransformStream' });
