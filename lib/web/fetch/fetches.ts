import { ReadableStream } from 'node:stream/web';
import { setImmediate } from 'node:timers/promises';
import { RuntimeClosedError } from '../../errors/limit-errors.ts';
import type { FetchCapability } from '../../options/web.ts';
import { handsOn, isByteStream } from '../../runtime/streams/byte-streams.ts';
import { madeForGuest } from '../../runtime/streams/export-stream.ts';
import { bodyAtHand } from '../../runtime/web/at-hand.ts';
import { count } from '../../runtime/web/check-parts.ts';
import { type ResponseLike, responseParts, toRequest } from '../../runtime/web/messages.ts';
import type { WebCaller } from '../../runtime/web-host.ts';
import { type BodyPart, maxInlineBody, type ResponseHead } from '../../shared/web/parts.ts';
import { noteSentBytes } from './sent-bytes.ts';

type Answer = [head: ResponseHead, headers: string[], body: ReadableStream | Uint8Array | null];

/** So many answers may be open before the guest is asked to collect those that it has forgotten. */
const firstRoom = 256;
/** So many one guest may have, with bodies that are neither read to the end nor cancelled. */
const mostOpen = 1024;

interface OpenFetch {
  readonly id: number;
  readonly controller: AbortController;
}

/** The fetches of one guest, from the request to the end of the answer's body. */
export class Fetches implements Disposable {
  readonly #capability: FetchCapability;
  readonly #open = new Map<number, OpenFetch>();
  #room = firstRoom;

  constructor(capability: FetchCapability) {
    this.#capability = capability;
  }

  /**
   * Null: too many answers are open; the guest may ask again when it has collected what it does not need.
   *
   * `stopped`: the call that asks was stopped, or the guest has ended.
   */
  async start(
    { call, signal: stopped }: Pick<WebCaller, 'call' | 'signal'>,
    id: unknown,
    head: unknown,
    headers: unknown,
    body: unknown,
    again: unknown,
  ): Promise<Answer | null> {
    if (!(await this.#hasRoom(again === true))) return null;
    const fetch = { id: count(id), controller: new AbortController() };
    if (this.#open.has(fetch.id)) throw new TypeError('There is such a fetch already');
    this.#open.set(fetch.id, fetch);
    const giveUp = () => this.abort(fetch.id, stopped.reason);
    stopped.addEventListener('abort', giveUp, { once: true });
    try {
      const request = toRequest(head, headers, body as BodyPart, fetch.controller.signal);
      noteSentBytes(request, body);
      // Calls that nobody remembers are all one.
      const caller = { context: call.context, call: call.calls ? call : this };
      const response = await this.#capability(request, caller);
      if (fetch.controller.signal.aborted) {
        // Too late: nobody will read it, and a host's function may not have listened.
        const { reason } = fetch.controller.signal;
        if (isResponse(response)) discard(response, reason).catch(() => {});
        throw reason;
      }
      return await this.#answer(fetch, response);
    } catch (error) {
      this.#end(fetch);
      throw error;
    } finally {
      stopped.removeEventListener('abort', giveUp);
    }
  }

  async #hasRoom(again: boolean): Promise<boolean> {
    // What the guest let go is on its way.
    for (let round = 0; again && round < 2 && this.#open.size >= this.#room; round++) await setImmediate();
    const { size } = this.#open;
    if (size < this.#room && !again) return true;
    // Others that ask meanwhile need not collect as well.
    this.#room = Math.min(mostOpen, Math.max(firstRoom, 2 * size));
    if (again && size >= mostOpen) {
      throw new TypeError(
        `fetch was refused: ${mostOpen} answers are open; read the bodies of Responses to the end, or cancel them`,
      );
    }
    return again;
  }

  /** The guest has given up on it. */
  abort(id: unknown, reason: unknown): void {
    const fetch = this.#open.get(count(id));
    if (!fetch) return;
    this.#end(fetch);
    fetch.controller.abort(reason);
  }

  /** The guest has ended. */
  [Symbol.dispose](): void {
    for (const { id } of [...this.#open.values()]) this.abort(id, new RuntimeClosedError());
  }

  #end(fetch: OpenFetch): void {
    this.#open.delete(fetch.id);
  }

  async #answer(fetch: OpenFetch, response: unknown): Promise<Answer> {
    if (!isResponse(response)) {
      throw new TypeError(`web.fetch must answer with a Response, got ${response === null ? 'null' : typeof response}`);
    }
    if (response.type === 'error') throw new TypeError('The request failed');
    const parts = responseParts(response);
    if (typeof parts === 'string') throw new TypeError(`web.fetch answered with a ${parts}`);
    const [head, headers, body] = parts;
    if (!(body instanceof ReadableStream)) {
      this.#end(fetch);
      return [head, headers, null];
    }
    // Of what comes from a network nothing is asked for before the guest asks.
    const rest = head.type === 'default' ? await bodyAtHand(body, maxInlineBody) : body;
    if (rest instanceof ReadableStream) return [head, headers, this.#watch(fetch, rest)];
    fetch.controller.signal.throwIfAborted();
    this.#end(fetch);
    return [head, headers, rest];
  }

  /** The same stream; the fetch is over when it is. */
  #watch(fetch: OpenFetch, body: ReadableStream): ReadableStream {
    const isOfBytes = isByteStream(body);
    const reader = body.getReader();
    const { signal } = fetch.controller;
    const stream = new ReadableStream(
      {
        start: (controller) => {
          // A host's function may not listen to its request's signal.
          const stop = () => {
            controller.error(signal.reason);
            reader.cancel(signal.reason).catch(() => {});
          };
          if (signal.aborted) stop();
          else signal.addEventListener('abort', stop);
        },
        pull: async (controller) => {
          try {
            const { done, value } = await reader.read();
            if (signal.aborted) return;
            if (!done) return controller.enqueue(value);
            this.#end(fetch);
            controller.close();
          } catch (error) {
            this.#end(fetch);
            throw error;
          }
        },
        cancel: (reason) => {
          // Told by both: a host's function may only listen to its request's signal.
          const cancelled = reader.cancel(reason);
          this.abort(fetch.id, reason);
          return cancelled;
        },
      },
      { highWaterMark: 0 },
    );
    return handsOn(madeForGuest(stream), isOfBytes);
  }
}

async function discard({ body }: ResponseLike, reason: unknown): Promise<void> {
  await body?.cancel(reason);
}

/** By its form: another copy of undici makes Responses of a class of its own. */
function isResponse(value: unknown): value is ResponseLike {
  if (typeof value !== 'object' || value === null) return false;
  const { status, headers } = value as Partial<ResponseLike>;
  return typeof status === 'number' && typeof headers?.[Symbol.iterator] === 'function' && 'body' in value;
}
