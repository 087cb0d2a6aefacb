/**
 * The reading side of a codec: what is ready is handed out at once, but more than a little only when somebody reads. So
 * a small input that becomes gigabytes takes no more memory than its reader lets it.
 */
import { ReadableStream } from '../streams/streams.ts';

/** Bytes that may be ready and not read. */
const ahead = 64 * 1024;

export class Demand {
  readonly readable: ReadableStream<Uint8Array>;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  /** Somebody reads and has got nothing yet. */
  #wanted = false;
  #ready = 0;
  #ended = false;
  #resume: (() => void) | undefined;

  /** `cancelled`: nobody will read any more. */
  constructor(cancelled: (reason: unknown) => void) {
    this.readable = new ReadableStream(
      {
        __proto__: null,
        start: (controller: ReadableStreamDefaultController<Uint8Array>) => {
          this.#controller = controller;
        },
        pull: () => {
          this.#wanted = true;
          this.#ready = 0;
          this.#wake();
        },
        cancel: (reason: unknown) => {
          this.#end();
          cancelled(reason);
        },
      } as object,
      { __proto__: null, highWaterMark: 0 } as object,
    );
  }

  /** Until somebody reads. False: nobody will. */
  async wanted(): Promise<boolean> {
    while (!this.#ended && !this.#wanted) await this.#wait();
    return !this.#ended;
  }

  get hasRoom(): boolean {
    return this.#wanted || this.#ready < ahead;
  }

  /** Until there is room for more. False: nobody will read. */
  async room(): Promise<boolean> {
    while (!this.#ended && !this.hasRoom) await this.#wait();
    return !this.#ended;
  }

  push(chunk: Uint8Array): void {
    if (this.#ended) return;
    this.#wanted = false;
    this.#ready += chunk.length;
    this.#controller.enqueue(chunk);
  }

  close(): void {
    if (this.#end()) this.#controller.close();
  }

  fail(error: unknown): void {
    if (this.#end()) this.#controller.error(error);
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  #wake(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  #end(): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    this.#wake();
    return true;
  }
}
