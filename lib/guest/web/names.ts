/**
 * Every global that the web's APIs bring. Each is made by its function here when the guest first asks for it, and stays;
 * `require` makes esbuild initialise a module by then and not before, once for all who import it.
 */
const navigator = () => require('./navigator/navigator.ts') as typeof import('./navigator/navigator.ts');
const streams = () => require('./streams/streams.ts') as typeof import('./streams/streams.ts');

type Makers = Readonly<Record<string, () => unknown>>;

/** Classes: not enumerable. */
export const interfaces: Makers = {
  ByteLengthQueuingStrategy: () => streams().classes.ByteLengthQueuingStrategy,
  CountQueuingStrategy: () => streams().classes.CountQueuingStrategy,
  Navigator: () => navigator().Navigator,
  ReadableByteStreamController: () => streams().classes.ReadableByteStreamController,
  ReadableStream: () => streams().classes.ReadableStream,
  ReadableStreamBYOBReader: () => streams().classes.ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest: () => streams().classes.ReadableStreamBYOBRequest,
  ReadableStreamDefaultController: () => streams().classes.ReadableStreamDefaultController,
  ReadableStreamDefaultReader: () => streams().classes.ReadableStreamDefaultReader,
  TransformStream: () => streams().classes.TransformStream,
  TransformStreamDefaultController: () => streams().classes.TransformStreamDefaultController,
  WritableStream: () => streams().classes.WritableStream,
  WritableStreamDefaultController: () => streams().classes.WritableStreamDefaultController,
  WritableStreamDefaultWriter: () => streams().classes.WritableStreamDefaultWriter,
};

/** Functions and attributes of the global: enumerable. */
export const operations: Makers = {
  navigator: () => navigator().navigator,
  self: () => globalThis,
};
