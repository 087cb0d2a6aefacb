import { ReadableStream, type ReadableStreamDefaultReader } from 'node:stream/web';
import { HandlerError } from '../../errors/index.ts';

/** What is to be known of an answer's body. */
export interface BodyWatch {
  /** Whoever reads it does not want more: told before the stream is. */
  onCancel(reason: unknown): void;
  /** It was read to its end, failed or was cancelled. */
  onEnd(): void;
}

/** The body of an answer on its way to the host: bytes, a chunk when somebody reads; it can be ended from outside. */
export class AnswerBody {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader;
  readonly #watch: BodyWatch;
  #controller: { error(reason: unknown): void } | undefined;
  #ended = false;

  constructor(source: ReadableStream, watch: BodyWatch) {
    this.#reader = source.getReader();
    this.#watch = watch;
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: (controller) => this.#pull(controller),
        cancel: (reason) => this.#cancel(reason),
      },
      { highWaterMark: 0 },
    );
  }

  /** Fails the stream, and cancels the guest's. */
  end(reason: unknown): void {
    if (this.#ended) return;
    this.#controller?.error(reason);
    this.#cancel(reason).catch(() => {});
  }

  /** The guest's stream has failed; nobody may be reading it now. */
  fail(reason: unknown): void {
    if (this.#ended) return;
    this.#over();
    this.#controller?.error(reason);
  }

  async #pull(controller: { enqueue(chunk: Uint8Array): void; close(): void }): Promise<void> {
    try {
      // A byte stream would refuse an empty chunk, and it says nothing.
      for (let empty = true; empty; ) {
        const { done, value } = await this.#reader.read();
        if (this.#ended) return;
        if (done) {
          this.#over();
          return controller.close();
        }
        if (!(value instanceof Uint8Array)) {
          this.end(new HandlerError('A chunk of the body that a handler answered is no Uint8Array', 'response'));
          return;
        }
        empty = value.byteLength === 0;
        if (!empty) controller.enqueue(value);
      }
    } catch (error) {
      this.fail(error);
    }
  }

  async #cancel(reason: unknown): Promise<void> {
    if (this.#ended) return;
    this.#watch.onCancel(reason);
    this.#over();
    await this.#reader.cancel(reason);
  }

  #over(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#watch.onEnd();
  }
}
