/** CompressionStream and DecompressionStream (https://compression.spec.whatwg.org/). */
import { defineInterface, requireArguments, toEnum } from '../base/webidl.ts';
import type { ReadableStream, WritableStream } from '../streams/streams.ts';
import { formatsHere } from './codec.ts';
import { CodecPair } from './pair.ts';

function makePair(given: number, format: unknown, name: string, compress: boolean): CodecPair {
  requireArguments(given, 1, `The constructor of ${name}`);
  return new CodecPair(toEnum(format, formatsHere(), `The format of ${name}`), compress);
}

export class CompressionStream {
  readonly #pair: CodecPair;

  constructor(format: unknown) {
    this.#pair = makePair(arguments.length, format, 'CompressionStream', true);
  }

  get readable(): ReadableStream<Uint8Array> {
    return this.#pair.readable;
  }

  get writable(): WritableStream<unknown> {
    return this.#pair.writable;
  }
}

export class DecompressionStream {
  readonly #pair: CodecPair;

  constructor(format: unknown) {
    this.#pair = makePair(arguments.length, format, 'DecompressionStream', false);
  }

  get readable(): ReadableStream<Uint8Array> {
    return this.#pair.readable;
  }

  get writable(): WritableStream<unknown> {
    return this.#pair.writable;
  }
}

defineInterface(CompressionStream, { name: 'CompressionStream', members: ['readable', 'writable'] });
defineInterface(DecompressionStream, { name: 'DecompressionStream', members: ['readable', 'writable'] });
