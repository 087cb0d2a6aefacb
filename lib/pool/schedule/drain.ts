import { SupersededError, type SupersededReason } from '../../errors/index.ts';
import type { ResolvedFunction } from '../function/resolved-function.ts';
import type { EvictReason } from '../report/evict-reason.ts';
import type { PoolEntry } from '../run/entry.ts';
import type { Ticket, TicketQueue } from './queue.ts';

/** How what a function has is ended: why its runtimes go, what running invocations are told, and what waiting ones. */
export interface Ending {
  readonly reason: EvictReason;
  readonly why: string;
  readonly error: unknown;
}

export function superseded(fn: ResolvedFunction, reason: SupersededReason): Ending {
  const replaced = reason === 'replaced';
  const what = replaced ? `Version '${fn.version}' of ` : '';
  const advice = replaced ? ' Invoke it again.' : '';
  const message = `${what}${fn.tenantId}:${fn.name} was ${reason} before there was a runtime for this call; nothing was started.${advice}`;
  const why = replaced ? 'the version was replaced' : 'the function was undeployed';
  return { reason, why, error: new SupersededError(message, reason) };
}

/** What a drain is about: a version in use. */
export interface Drained {
  readonly fn: ResolvedFunction;
  readonly entries: ReadonlySet<PoolEntry>;
  readonly closing: ReadonlySet<PoolEntry>;
  readonly queue: TicketQueue;
  readonly draining: SupersededReason | undefined;
  readonly unused: boolean;
}

/**
 * One wish that what a function has now goes: its runtimes, and what waits for one. It holds also when the function is
 * wanted again meanwhile; what comes later is not concerned.
 */
export class Drain {
  readonly reason: SupersededReason;
  readonly ended: Promise<void>;
  readonly #entries: Set<PoolEntry>;
  readonly #tickets: readonly Ticket[];
  #end: () => void = () => {};
  #timer: NodeJS.Timeout | undefined;

  constructor(group: Drained, reason: SupersededReason) {
    this.reason = reason;
    this.#entries = new Set([...group.entries, ...group.closing]);
    this.#tickets = group.queue.all;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** @param limit ms. */
  after(limit: number, stop: () => void): void {
    this.#timer = setTimeout(stop, limit);
    this.#timer.unref();
  }

  closed(entry: PoolEntry): void {
    this.#entries.delete(entry);
  }

  /** Whether the runtimes it was about are gone. */
  get over(): boolean {
    return this.#entries.size === 0;
  }

  /** Those that wait for its end wait no longer. */
  tell(): void {
    this.#end();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.tell();
  }

  /** Ends what is left of what was there at its beginning. */
  stop(group: Drained, close: (entry: PoolEntry) => void): void {
    const { why, error } = superseded(group.fn, this.reason);
    group.queue.refuse(this.#tickets, error);
    for (const entry of [...this.#entries]) {
      if (entry.active > 0) entry.runtime.terminate(why);
      else if (entry.retiring !== undefined) close(entry);
    }
  }
}

/** The drains of one group that are not over, oldest first. */
export class Drains {
  readonly #drains = new Set<Drain>();

  begin(group: Drained, reason: SupersededReason): Drain {
    const drain = new Drain(group, reason);
    this.#drains.add(drain);
    return drain;
  }

  get latest(): Drain | undefined {
    return [...this.#drains].at(-1);
  }

  closed(entry: PoolEntry): void {
    for (const drain of this.#drains) drain.closed(entry);
  }

  /** If the function is wanted again, nobody waits for its end; what is meant goes nevertheless. */
  settle(group: Drained): void {
    const wanted = !group.draining;
    if (wanted) for (const drain of this.#drains) drain.tell();
    this.#end((drain) => group.unused || (wanted && drain.over));
  }

  /** The version is in force again. What was undeployed goes nevertheless. */
  takeBack(group: Drained): void {
    this.#end((drain) => drain.reason === 'replaced');
    this.settle(group);
  }

  #end(which: (drain: Drain) => boolean): void {
    for (const drain of this.#drains) {
      if (!which(drain)) continue;
      this.#drains.delete(drain);
      drain.end();
    }
  }
}
