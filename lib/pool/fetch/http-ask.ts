import type { ReadableStream } from 'node:stream/web';
import { TimeoutError, TransferError } from '../../errors/index.ts';
import { maxMilliseconds } from '../../options/check.ts';
import type { Ask } from '../run/ask.ts';
import type { PoolEntry } from '../run/entry.ts';
import { asText } from './http-request.ts';
import type { RequestBody, SentRequest } from './request-parts.ts';

/** A request for whatever the function turns out to be when it has a runtime: a Request for its `fetch`, or an event. */
export class HttpAsk implements Ask {
  how: 'fetch' | 'event' = 'fetch';
  event: unknown;
  readonly method = undefined;
  refusal: unknown;
  readonly prepare: Ask['prepare'];
  readonly #fetch: Ask;
  readonly #sent: SentRequest;
  readonly #maxBody: number;

  /** @param fetch asks its `fetch`. @param maxBody bytes that an event may have. */
  constructor(fetch: Ask, sent: SentRequest, maxBody: number) {
    this.#fetch = fetch;
    this.#sent = sent;
    this.#maxBody = maxBody;
    this.event = fetch.event;
    this.prepare = fetch.prepare && ((entry) => this.#prepare(entry));
  }

  get answerTimeout(): number | undefined {
    return this.how === 'fetch' ? this.#fetch.answerTimeout : undefined;
  }

  onBegin(entry: PoolEntry): void {
    if (takesRequests(entry)) this.#fetch.onBegin?.(entry);
    else if (this.how === 'fetch') this.#asEvent(this.#sent.body as string | Uint8Array | null);
  }

  onLeft(...left: Parameters<NonNullable<Ask['onLeft']>>): void {
    if (this.how === 'fetch') this.#fetch.onLeft?.(...left);
  }

  async #prepare(entry: PoolEntry): Promise<void> {
    if (takesRequests(entry)) return this.#fetch.prepare?.(entry);
    const { stream } = this.#sent.body as RequestBody;
    try {
      const body = await collect(stream, this.#maxBody, entry.fn.timeout);
      this.#asEvent(asText(body, this.#sent.headers));
    } catch (error) {
      this.#asEvent(null);
      this.refusal = error;
    }
  }

  #asEvent(body: string | Uint8Array | null): void {
    const { method, url } = this.#sent.head as { method: string; url: string };
    this.how = 'event';
    this.event = [method, url, this.#sent.headers, body];
  }
}

const takesRequests = ({ methods }: PoolEntry): boolean => methods?.includes('fetch') === true;

/** A function that takes an event needs the body before it is called. Time counts, because it has its place already. */
async function collect(stream: ReadableStream, most: number, timeout: number): Promise<Uint8Array> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  let late: TimeoutError | undefined;
  const stop = (): void => {
    late = new TimeoutError(
      { kind: 'wall', limit: timeout, phase: 'pending' },
      `The body of the request did not arrive within the ${timeout} ms that the function has.`,
    );
    reader.cancel(late).catch(() => {});
  };
  const timer = timeout <= maxMilliseconds ? setTimeout(stop, timeout) : undefined;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (late) throw late;
      if (done) break;
      size += value.byteLength;
      if (size > most) {
        const error = new TransferError(`The body of the request has more than the ${most} bytes an event may have.`, {
          path: 'event.body',
          limit: most,
          actual: size,
        });
        reader.cancel(error).catch(() => {});
        throw error;
      }
      chunks.push(value);
    }
  } finally {
    clearTimeout(timer);
  }
  return new Uint8Array(Buffer.concat(chunks, size));
}
