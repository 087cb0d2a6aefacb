import type { PoolEntry } from './entry.ts';
import type { ResolvedFunction } from './function.ts';
import { TicketQueue } from './queue.ts';

/** One version of one function: its runtimes and the invocations that wait for one. */
export class Group {
  readonly fn: ResolvedFunction;
  readonly entries = new Set<PoolEntry>();
  readonly queue: TicketQueue;
  /** Cold starts in progress. */
  starting = 0;
  /** Invocations that run. */
  active = 0;
  /** Runtimes wait idle no longer: the version was replaced or undeployed. */
  draining = false;
  drainTimer: NodeJS.Timeout | undefined;
  readonly whenForgotten: (() => void)[] = [];
  /** Runtimes that are being closed. */
  closing = 0;

  constructor(fn: ResolvedFunction, maxQueue: number) {
    this.fn = fn;
    this.queue = new TicketQueue(maxQueue);
  }

  get unused(): boolean {
    return this.entries.size === 0 && this.starting === 0 && this.closing === 0 && this.queue.size === 0;
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
