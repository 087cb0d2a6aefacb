import { maxMilliseconds } from '../../options/check.ts';
import { InOrder, type Walk } from '../../shared/in-order.ts';
import { captureScope, whenAborted } from '../engine.ts';
import type { PoolEntry } from '../run/entry.ts';

export interface Lease {
  entry: PoolEntry;
  /** The invocation waited for this runtime to be made. */
  coldStart: boolean;
}

/** An invocation that waits for a runtime. */
export interface Ticket {
  readonly since: number;
  /** In the asynchronous context of who invoked: what is begun on its behalf. */
  run<T>(begin: () => T): T;
  grant(lease: Lease): void;
  refuse(error: unknown): void;
}

/** First in, first out; everybody in it has a deadline. */
export class TicketQueue {
  readonly #tickets = new InOrder<Ticket>();
  /** At the last one for whom a runtime is being made. */
  #expecting: Walk<[Ticket, true]> | undefined;
  readonly #changed: (by: 1 | -1) => void;

  /** @param changed called for everyone who comes or goes. */
  constructor(changed: (by: 1 | -1) => void) {
    this.#changed = changed;
  }

  get size(): number {
    return this.#tickets.size;
  }

  get first(): Ticket | undefined {
    return this.#tickets.first;
  }

  /**
   * A runtime is made for the next `count` of those that wait for none yet. Every one of them is looked at once, however
   * many runtimes are made.
   *
   * @param first there is none in the making.
   * @returns the first of them.
   */
  expect(count: number, first: boolean): Ticket | undefined {
    let walk = first ? undefined : this.#expecting;
    let next = walk?.next();
    if (!walk || next?.done) {
      walk = this.#tickets.walk();
      next = walk.next();
    }
    this.#expecting = walk;
    for (let left = Math.min(count, this.size) - 1; left > 0 && !walk.next().done; left--);
    return next?.value?.[0];
  }

  /**
   * @param tooLate makes the error of one whose deadline is over
   * @param gone called when the ticket leaves by its deadline or its signal.
   */
  wait(timeout: number, signal: AbortSignal | undefined, tooLate: () => Error, gone: () => void): Promise<Lease> {
    return new Promise<Lease>((resolve, reject) => {
      const scope = captureScope();
      const leave = () => {
        if (this.#tickets.delete(ticket)) this.#changed(-1);
        clearTimeout(timer);
        scope.emitDestroy();
        stopListening?.();
      };
      const ticket: Ticket = {
        since: performance.now(),
        run: (begin) => scope.runInAsyncScope(begin),
        grant: (lease) => {
          leave();
          resolve(lease);
        },
        refuse: (error) => {
          leave();
          reject(error);
        },
      };
      const onAbort = () => {
        ticket.refuse(signal?.reason);
        gone();
      };
      // Keeps Node alive on purpose: somebody waits for the answer.
      const timer =
        timeout > maxMilliseconds
          ? undefined
          : setTimeout(() => {
              ticket.refuse(tooLate());
              gone();
            }, timeout);
      const stopListening = signal && whenAborted(signal, onAbort);
      this.#tickets.set(ticket, true);
      this.#changed(1);
    });
  }

  /** Those that wait now, first come first. */
  get all(): readonly Ticket[] {
    return [...this.#tickets.keys()];
  }

  /** The first `count` of them. */
  front(count: number): readonly Ticket[] {
    const front: Ticket[] = [];
    for (const [ticket] of this.#tickets) {
      if (front.length >= count) break;
      front.push(ticket);
    }
    return front;
  }

  /** Refuses those of `tickets` that still wait. */
  refuse(tickets: readonly Ticket[], error: unknown): void {
    for (const ticket of tickets) if (this.#tickets.has(ticket)) ticket.refuse(error);
  }
}
