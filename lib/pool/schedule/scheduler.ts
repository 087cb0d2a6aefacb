import { isDeepStrictEqual } from 'node:util';
import type { Place, Places } from '../cells/place.ts';
import type { Runtime } from '../engine.ts';
import { poolClosed, queueTimeout as timedOut } from '../failures/refusal.ts';
import type { ResolvedFunction } from '../function/resolved-function.ts';
import type { ResolvedPoolOptions } from '../options/options.ts';
import type { EvictReason } from '../report/evict-reason.ts';
import type { PoolEntry } from '../run/entry.ts';
import type { Budget } from './budget.ts';
import { Departures } from './departures.ts';
import { Dispatcher } from './dispatcher.ts';
import { evaluate } from './evaluate.ts';
import type { Group } from './group.ts';
import { Groups } from './groups.ts';
import type { Lease } from './queue.ts';
import { QueueLimits } from './queue-limits.ts';
import { type RuntimeHooks, Runtimes } from './runtimes.ts';

/** Why a runtime goes whose guest was in the middle of something. */
const wasStopped: ReadonlySet<EvictReason | undefined> = new Set(['timeout', 'heapLimit', 'terminated']);

/**
 * Decides which invocation gets which runtime, when a runtime is made and when one goes. It never looks at what an
 * invocation does.
 */
export class Scheduler {
  readonly groups = new Groups();
  readonly departures: Departures;
  closing = false;
  readonly #queueLimits: QueueLimits;
  readonly #runtimes: Runtimes;
  readonly #dispatcher: Dispatcher;
  readonly #places: Places;
  readonly #quiet: (() => void)[] = [];

  constructor(options: ResolvedPoolOptions, places: Places, hooks: RuntimeHooks) {
    this.#places = places;
    this.#queueLimits = new QueueLimits(options);
    this.#runtimes = new Runtimes(options, this.groups, places, hooks, (group, entry) => this.#closed(group, entry));
    this.#dispatcher = new Dispatcher(options, this.#runtimes, places, {
      emptied: (group) => this.#dequeued(group),
      started: (group, entry) => this.#started(group, entry),
    });
    this.departures = new Departures(this.groups, {
      retire: (entry, reason) => this.retire(entry, reason),
      freed: (group) => this.#dispatcher.freed(group),
      dequeued: (group) => this.#dequeued(group),
    });
  }

  get budget(): Budget {
    return this.#runtimes.budget;
  }

  get idle(): number {
    return this.#runtimes.idle.size;
  }

  get active(): number {
    return this.#dispatcher.active;
  }

  get queued(): number {
    return this.groups.queued;
  }

  /** A runtime with room for one invocation: at once if there is one, otherwise when there is. */
  acquire(fn: ResolvedFunction, queueTimeout: number, signal: AbortSignal | undefined): Lease | Promise<Lease> {
    if (this.closing) throw poolClosed();
    const group = this.#groupNow(fn);
    this.departures.wanted(group);
    this.#dispatcher.threads.noticed(group.tenant, performance.now());
    const lease = this.#dispatcher.take(group);
    if (lease) return lease;
    try {
      this.#queueLimits.check(group, this.queued);
    } catch (error) {
      this.departures.forget(group);
      throw error;
    }
    const later = group.queue.wait(
      queueTimeout,
      signal,
      () => timedOut(queueTimeout, group.lacks === 'cell'),
      () => this.#dequeued(group),
    );
    this.#dispatcher.enter(group);
    return later;
  }

  /** Makes runtimes until the function has `count` that are ready or on their way. */
  async prewarm(fn: ResolvedFunction, count = 1): Promise<void> {
    if (this.closing) throw poolClosed();
    const group = this.#groupNow(fn);
    this.departures.wanted(group);
    this.#dispatcher.threads.noticed(group.tenant, performance.now());
    const wanted = Math.min(count, fn.maxRuntimes);
    const starts: Promise<void>[] = [];
    for (let have = group.entries.size + group.starting; have < wanted; have++) {
      starts.push(this.#dispatcher.prewarm(group, wanted));
    }
    try {
      await Promise.all(starts);
    } finally {
      this.departures.forget(group);
    }
  }

  /** See `evaluate`. */
  async evaluate<T>(
    fn: ResolvedFunction,
    signal: AbortSignal,
    work: (place: Place, begins: (runtime: Runtime) => void) => Promise<T>,
  ): Promise<T> {
    if (this.closing) throw poolClosed();
    return evaluate(this.#dispatcher, this.groups, this.#places, fn, signal, work);
  }

  /**
   * The invocation on this lease was answered.
   *
   * @param share part of its time that it was on a thread, if that is known
   */
  release({ entry }: Lease, retire: EvictReason | undefined, share: number | undefined): void {
    const group = this.groups.of(entry.fn);
    if (share !== undefined) group.reputation.learn(share);
    this.#dispatcher.release(group, entry);
    const reason = retire ?? entry.lossReason(performance.now());
    if (reason !== undefined) this.retire(entry, reason);
    else if (entry.active === 0) this.#runtimes.idle.add(entry);
    if (entry.gone && wasStopped.has(entry.retiring)) this.#dispatcher.threads.stopped(group, entry);
    this.#dispatcher.freed(group);
    this.departures.settle(group);
    this.#tellQuiet();
  }

  /** The host has let go of the last thing that the runtime had handed out. */
  unpinned(entry: PoolEntry): void {
    if (entry.active > 0 || entry.gone || !this.#runtimes.has(entry)) return;
    if (entry.retiring !== undefined) this.retire(entry, entry.retiring);
    // As long as it is idle from now on.
    else this.#runtimes.idle.add(entry);
  }

  /** No further invocation for this runtime; it is closed when the last one is answered. */
  retire(entry: PoolEntry, reason: EvictReason): void {
    this.#runtimes.retire(entry, reason);
  }

  /** Of a tenant's runtimes those go whose places do not last. */
  leavePlaces(tenantId: string): void {
    for (const group of this.groups.ofTenant(tenantId)) {
      for (const entry of [...group.entries]) {
        if (entry.place.leaving !== undefined) this.retire(entry, entry.place.leaving);
      }
    }
  }

  /** There may be a cell for somebody. */
  cellsFreed(): void {
    this.#dispatcher.cellsFreed();
  }

  /** What waits of a tenant is refused; what runs goes on. */
  refuse(tenantId: string, error: unknown): void {
    for (const group of this.groups.ofTenant(tenantId)) {
      group.queue.refuse(group.queue.all, error);
      this.#dequeued(group);
    }
  }

  /** Resolves when nothing runs, waits, starts or closes. */
  quiet(): Promise<void> {
    return new Promise((resolve) => {
      this.#quiet.push(resolve);
      this.#tellQuiet();
    });
  }

  /** Retires what is idle now and whatever becomes idle later. */
  shut(): void {
    this.closing = true;
    this.#dispatcher.refuseErrands(poolClosed());
    for (const group of [...this.groups]) {
      for (const entry of [...group.entries]) if (group.queue.size === 0) this.retire(entry, 'closed');
    }
    this.#runtimes.idle.close();
    this.#tellQuiet();
  }

  /** The group of a function for work that begins now. What another content under the same version made goes. */
  #groupNow(fn: ResolvedFunction): Group {
    const group = this.groups.of(fn);
    if (group.fn === fn || isDeepStrictEqual(group.fn, fn)) return group;
    group.fn = fn;
    for (const entry of [...group.entries]) this.retire(entry, 'replaced');
    return group;
  }

  #started(group: Group, entry: PoolEntry | undefined): void {
    if (entry && entry.active === 0 && entry.retiring === undefined) {
      if (this.closing && group.queue.size === 0) this.retire(entry, 'closed');
      else if (entry.place.leaving !== undefined) this.retire(entry, entry.place.leaving);
      else this.#runtimes.idle.add(entry);
    }
    this.#dequeued(group);
    this.#tellQuiet();
  }

  #closed(group: Group, entry: PoolEntry): void {
    this.#dispatcher.threads.closed(group, entry);
    group.drains.closed(entry);
    this.#dispatcher.freed(group);
    this.departures.forget(group);
    this.#tellQuiet();
  }

  #dequeued(group: Group): void {
    if (group.queue.size > 0) return;
    this.#dispatcher.left(group);
    if (this.closing) for (const entry of [...group.entries]) this.retire(entry, 'closed');
    this.departures.settle(group);
    this.#tellQuiet();
  }

  #tellQuiet(): void {
    if (this.#quiet.length === 0 || this.active > 0 || this.budget.runtimes > 0 || this.queued > 0) return;
    for (const resolve of this.#quiet.splice(0)) resolve();
  }
}
