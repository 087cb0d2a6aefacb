import type { ServerResponse } from 'node:http';
import { isWritten } from '../http/break-off.ts';

type Listener = () => void;

/**
 * Says that a client has gone: an AbortSignal as far as isolet looks at one, at a small part of its cost, since every
 * request needs one and hardly any uses it.
 */
export class Departure {
  aborted = false;
  reason: unknown;
  #listeners: Listener[] = [];

  /** Of the client that `response` is for. */
  static of(response: ServerResponse): Departure {
    const departure = new Departure();
    response.on('close', () => {
      if (!isWritten(response)) departure.leave();
    });
    return departure;
  }

  /** For isolet, which asks for no other event than `abort`. */
  get signal(): AbortSignal {
    return this as unknown as AbortSignal;
  }

  leave(reason: unknown = new DOMException('The client has gone', 'AbortError')): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    for (const listener of this.#listeners.splice(0)) listener();
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  addEventListener(_type: 'abort', listener: Listener): void {
    this.#listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: Listener): void {
    const at = this.#listeners.indexOf(listener);
    if (at >= 0) this.#listeners.splice(at, 1);
  }
}
