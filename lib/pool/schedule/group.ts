import type { SupersededReason } from '../../errors/index.ts';
import { Aborter } from '../engine.ts';
import type { ResolvedFunction } from '../function/resolved-function.ts';
import type { PoolEntry } from '../run/entry.ts';
import { Drains } from './drain.ts';
import type { Errand, Obstacle } from './errand.ts';
import type { FunctionVersions } from './function-versions.ts';
import type { TicketQueue } from './queue.ts';
import type { Reputation } from './reputation.ts';
import type { SharedBound, Tenant } from './tenant.ts';

/** One version of one function: its runtimes and the invocations that wait for one. */
export class Group {
  /** As it was asked for last. */
  fn: ResolvedFunction;
  readonly tenant: Tenant;
  /** The function this is a version of. */
  readonly versions: FunctionVersions;
  /** What it shares a limit on invocations with. */
  readonly bound: SharedBound | undefined;
  readonly reputation: Reputation;
  readonly entries = new Set<PoolEntry>();
  readonly queue: TicketQueue;
  /** Cold starts in progress. */
  starting = 0;
  /** How often it was asked for new ones. */
  restarts = 0;
  /** Invocations that run. */
  active = 0;
  /** What those that wait lacked when they were last looked at. */
  lacks: Obstacle | undefined;
  /** The number of its latest turn. */
  servedAt = 0;
  /** Runtimes wait idle no longer: the version was replaced or undeployed, and nobody asked for it since. */
  draining: SupersededReason | undefined;
  readonly drains = new Drains();
  /** Runtimes that were asked for without an invocation and wait for their turn. */
  readonly prewarms = new Set<Errand>();
  /** Runtimes that are being closed. */
  readonly closing = new Set<PoolEntry>();
  #loads = new Aborter();

  constructor(
    fn: ResolvedFunction,
    books: { tenant: Tenant; versions: FunctionVersions; reputation: Reputation },
    queue: TicketQueue,
  ) {
    this.fn = fn;
    this.tenant = books.tenant;
    this.versions = books.versions;
    this.bound = books.tenant.bound(fn);
    this.reputation = books.reputation;
    this.queue = queue;
  }

  /** Heap limit of each of its runtimes. */
  get memoryMb(): number {
    return this.fn.memoryMb;
  }

  get unused(): boolean {
    const { entries, starting, closing, queue, prewarms } = this;
    return entries.size === 0 && starting === 0 && closing.size === 0 && queue.size === 0 && prewarms.size === 0;
  }

  /** For what a cold start that begins now does in its runtime. */
  get loading(): AbortSignal {
    return this.#loads.signal;
  }

  /** Ends the cold starts in progress. */
  stopLoading(error: unknown): void {
    this.#loads.abort(error);
    this.#loads = new Aborter();
  }

  /** The runtime with the fewest invocations among those that can take one more. */
  pick(): PoolEntry | undefined {
    let best: PoolEntry | undefined;
    for (const entry of this.entries) {
      if (entry.canServe && (!best || entry.active < best.active)) best = entry;
    }
    return best;
  }

  /** How many of those that wait are served by the runtimes that are being made. */
  get expected(): number {
    // Each may be without a limit.
    return this.starting === 0 ? 0 : this.starting * this.fn.concurrencyPerRuntime;
  }

  /** Which limit on how many run at once is reached, if one is. */
  get full(): 'function' | 'bound' | undefined {
    const { fn, versions, bound } = this;
    if (versions.active >= fn.concurrency) return 'function';
    return bound && fn.share && bound.active >= fn.share.concurrency ? 'bound' : undefined;
  }

  /** Whether waiting invocations justify another runtime, beyond those being made. */
  get needsRuntime(): boolean {
    return Math.min(this.queue.size, this.fn.concurrency - this.versions.active) > this.expected;
  }
}
