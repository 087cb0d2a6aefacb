import { ReadableStream, type ReadableStreamDefaultReader } from 'node:stream/web';
import { HandlerError } from '../../errors/index.ts';
import { invalidType } from '../../options/invalid.ts';
import { handsOn, isByteStream } from '../../runtime/streams/byte-streams.ts';
import { bodyAtHand } from '../../runtime/web/at-hand.ts';
import { requestParts } from '../../runtime/web/messages.ts';
import { maxInlineBody } from '../../shared/web/parts.ts';
import { invalidArgument } from '../failures/refusal.ts';

/** What crosses of a request: its head, its headers and its body. */
export interface SentRequest {
  readonly head: object;
  readonly headers: readonly string[];
  /** A text or bytes: all of it. */
  readonly body: RequestBody | string | Uint8Array | null;
}

/**
 * Reads a request of Node's class, or of another copy of undici. Its body is read when the guest reads.
 *
 * @throws {TypeError} it is no request, or its body was read. @throws {HandlerError} it asks for what no answer can be.
 */
export function readRequest(request: Request): SentRequest {
  if (!isRequest(request)) throw invalidType('request', request, 'a Request');
  if (request.headers.get('upgrade')?.toLowerCase() === 'websocket') {
    throw new HandlerError('A handler can not answer a request for a WebSocket: answer it with status 501.', 'upgrade');
  }
  const parts = requestParts(request, undefined);
  if (typeof parts === 'string') throw invalidArgument(`'request' is a ${parts}`, 'request', request);
  const [head, headers, body] = parts;
  return { head, headers, body: body === null ? null : new RequestBody(body as ReadableStream) };
}

function isRequest(value: unknown): value is Request {
  if (typeof value !== 'object' || value === null) return false;
  const { method, url, headers, signal } = value as Partial<Request>;
  const isText = typeof method === 'string' && typeof url === 'string';
  return isText && typeof headers?.get === 'function' && 'body' in value && signal instanceof AbortSignal;
}

/**
 * The body of a request on its way into the guest, which can be ended. Locked when the guest first reads, or before that
 * if it may be at hand.
 */
export class RequestBody {
  readonly stream: ReadableStream<Uint8Array>;
  #source: ReadableStream;
  #reader: ReadableStreamDefaultReader | undefined;
  #controller: { error(reason: unknown): void } | undefined;
  #ended = false;

  constructor(source: ReadableStream) {
    this.#source = source;
    const stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: async (controller) => {
          this.#reader ??= this.#source.getReader();
          const { done, value } = await this.#reader.read();
          if (this.#ended) return;
          if (!done) return controller.enqueue(value as Uint8Array);
          this.#ended = true;
          controller.close();
        },
        cancel: (reason) => this.#cancel(reason),
      },
      { highWaterMark: 0 },
    );
    this.stream = handsOn(stream, isByteStream(source)) as ReadableStream<Uint8Array>;
  }

  /** All of it, if it is small and at hand; then there is nothing to be read of the stream. */
  async atHand(): Promise<Uint8Array | undefined> {
    if (!isByteStream(this.#source)) return undefined;
    const all = await bodyAtHand(this.#source, maxInlineBody);
    if (all instanceof Uint8Array) {
      this.#ended = true;
      return all;
    }
    this.#source = all;
    this.#reader = all.getReader();
    return undefined;
  }

  /** Nobody reads on. A body that nobody began to read stays as it is. */
  end(reason: unknown): void {
    if (this.#ended || !this.#reader) return;
    this.#controller?.error(reason);
    this.#cancel(reason).catch(() => {});
  }

  async #cancel(reason: unknown): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#reader ??= this.#source.getReader();
    await this.#reader.cancel(reason);
  }
}
