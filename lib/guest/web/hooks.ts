/**
 * What the engine calls, by name. Each loads its module when it is called. They are called with what guest code may have
 * made, and must not hand it anything but values.
 */
const streams = () => require('./streams/streams.ts') as typeof import('./streams/streams.ts');

export const hooks = {
  /** A function of the host that reads a stream becomes a ReadableStream. */
  importStream: (source: Parameters<typeof import('../streams.ts').importStream>[0]) => streams().importStream(source),
};
