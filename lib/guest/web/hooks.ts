/**
 * What the engine calls, by name. Each loads its module when it is called. They are called with what guest code may have
 * made, and must not hand it anything but values.
 */
import { exportObject } from './base/crossing.ts';
import { reportHooks } from './base/reporter.ts';
import { importObject } from './crossing.ts';

const wasm = () => require('./wasm/streaming.ts') as typeof import('./wasm/streaming.ts');
const streams = () => require('./streams/streams.ts') as typeof import('./streams/streams.ts');

// biome-ignore lint/security/noGlobalEval: the texts of timers are scripts, and subject to the option codeGeneration.
const evaluate = eval;

export const hooks = {
  ...reportHooks,
  /** The text that a timer was given has its time. In the guest's global scope, as an indirect eval. */
  runText(text: string): void {
    evaluate(text);
  },
  /** How an object of the platform leaves for the host. */
  exportObject,
  /** One of the host's arrives. */
  importObject,
  /** A function of the host that reads a stream becomes a ReadableStream. */
  importStream: (source: Parameters<typeof import('../streams.ts').importStream>[0]) => streams().importStream(source),
  /** WebAssembly.compileStreaming and instantiateStreaming. */
  compileStreaming: (...given: unknown[]) => wasm().compileStreaming(given),
  instantiateStreaming: (...given: unknown[]) => wasm().instantiateStreaming(given),
};
