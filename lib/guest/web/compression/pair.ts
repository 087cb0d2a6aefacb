/** The two ends of a compression stream: what is written into one comes out of the other through a codec. */
import { bytesOf, toBufferSource } from '../base/webidl.ts';
import { type ReadableStream, WritableStream } from '../streams/streams.ts';
import { Codec, type CompressionFormat } from './codec.ts';
import { Demand } from './demand.ts';

const nothing = () => new Uint8Array();

export class CodecPair {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<unknown>;
  readonly #codec: Codec;
  readonly #compress: boolean;
  readonly #demand: Demand;
  #complete = false;

  constructor(format: CompressionFormat, compress: boolean) {
    this.#codec = new Codec(format, compress);
    this.#compress = compress;
    let writing!: WritableStreamDefaultController;
    this.#demand = new Demand((reason) => {
      this.#codec.close();
      writing.error(reason);
    });
    this.readable = this.#demand.readable;
    this.writable = new WritableStream(
      {
        __proto__: null,
        start: (controller: WritableStreamDefaultController) => {
          writing = controller;
        },
        write: (chunk: unknown) => this.#failing(() => this.#write(chunk)),
        close: () => this.#failing(() => this.#finish()),
        abort: (reason: unknown) => {
          this.#codec.close();
          this.#demand.fail(reason);
        },
      } as object,
      { __proto__: null, highWaterMark: 1 } as object,
    );
  }

  /** What goes wrong at one end fails both. */
  async #failing(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#codec.close();
      this.#demand.fail(error);
      throw error;
    }
  }

  async #write(chunk: unknown): Promise<void> {
    const source = toBufferSource(chunk, 'A chunk of a compression stream');
    if (!(await this.#demand.wanted())) return;
    const bytes = bytesOf(source);
    const left = bytes.length - (this.#complete ? 0 : await this.#run(bytes, false));
    if (left > 0 && this.#complete) throw new TypeError('There is data behind the end of the compressed data');
  }

  async #finish(): Promise<void> {
    if (this.#compress) await this.#run(nothing(), true);
    else if (!this.#complete) throw new TypeError('The compressed data ends too early');
    this.#codec.close();
    this.#demand.close();
  }

  /** How many of the bytes were taken. */
  async #run(given: Uint8Array, finish: boolean): Promise<number> {
    let bytes = given;
    let before = 0;
    let at = 0;
    for (;;) {
      const step = this.#codec.step(bytes, at, finish);
      if (!step) throw new TypeError('The compressed data is corrupt');
      const { output, taken, state } = step;
      at += taken;
      if (output) this.#demand.push(output);
      if (state === 'ended') this.#complete = true;
      if (state !== 'more') return before + at;
      if (!output && taken === 0) throw new TypeError('The compressed data is corrupt');
      if (this.#demand.hasRoom) continue;
      // Whoever reads may change the buffer that was written.
      if (bytes === given && at < given.length) {
        bytes = given.slice(at);
        before = at;
        at = 0;
      }
      if (!(await this.#demand.room())) return before + bytes.length;
    }
  }
}
