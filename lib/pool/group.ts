import type { SupersededReason } from '../errors/index.ts';
import { Drains } from './drain.ts';
import type { PoolEntry } from './entry.ts';
import type { ResolvedFunction } from './function.ts';
import { TicketQueue } from './queue.ts';

/** One version of one function: its runtimes and the invocations that wait for one. */
export class Group {
  /** As it was asked for last. */
  fn: ResolvedFunction;
  readonly entries = new Set<PoolEntry>();
  readonly queue: TicketQueue;
  /** Cold starts in progress. */
  starting = 0;
  /** Invocations that run. */
  active = 0;
  /** Runtimes wait idle no longer: the version was replaced or undeployed, and nobody asked for it since. */
  draining: SupersededReason | undefined;
  readonly drains = new Drains();
  /** Runtimes that are being closed. */
  readonly closing = new Set<PoolEntry>();
  #loads = new AbortController();

  constructor(fn: ResolvedFunction, maxQueue: number) {
    this.fn = fn;
    this.queue = new TicketQueue(maxQueue);
  }

  get unused(): boolean {
    return this.entries.size === 0 && this.starting === 0 && this.closing.size === 0 && this.queue.size === 0;
  }

  /** For what a cold start that begins now does in its runtime. */
  get loading(): AbortSignal {
    return this.#loads.signal;
  }

  /** Ends the cold starts in progress. */
  stopLoading(error: unknown): void {
    this.#loads.abort(error);
    this.#loads = new AbortController();
  }

  /** The runtime with the fewest invocations among those that can take one more. */
  pick(): PoolEntry | undefined {
    let best: PoolEntry | undefined;
    for (const entry of this.entries) {
      if (entry.canServe && (!best || entry.active < best.active)) best = entry;
    }
    return best;
  }

  /** Whether waiting invocations justify another runtime, beyond those being made. */
  needsRuntime(): boolean {
    const { concurrencyPerRuntime, concurrency, maxRuntimes } = this.fn;
    const waiting = Math.min(this.queue.size, concurrency - this.active);
    // Each may be without a limit.
    const served = this.starting === 0 ? 0 : this.starting * concurrencyPerRuntime;
    return waiting > served && this.entries.size + this.starting < maxRuntimes;
  }
}
