import { isDeepStrictEqual } from 'node:util';
import type { SupersededReason } from '../errors/index.ts';
import { maxMilliseconds } from '../options/check.ts';
import { Budget } from './budget.ts';
import { type Drain, type Ending, superseded } from './drain.ts';
import type { EvictReason, PoolEntry } from './entry.ts';
import type { ResolvedFunction } from './function.ts';
import { Group } from './group.ts';
import { IdleSet } from './idle.ts';
import type { ResolvedPoolOptions } from './options.ts';
import type { Lease } from './queue.ts';
import { capacity, poolClosed } from './refusal.ts';
import { FairRing } from './ring.ts';
import { TenantCounts } from './tenant-counts.ts';
import { ThreadShares } from './thread-shares.ts';

export interface SchedulerHooks {
  /** Ends with the reason of `signal` when that is aborted. */
  load(fn: ResolvedFunction, signal: AbortSignal): Promise<PoolEntry>;
  coldStart(fn: ResolvedFunction): void;
  ready(entry: PoolEntry): void;
  evict(entry: PoolEntry, reason: EvictReason): void;
  /** Its runtime is gone. */
  gone(entry: PoolEntry): void;
}

/**
 * Decides which invocation gets which runtime, when a runtime is made and when one goes. It never looks at what an
 * invocation does.
 */
export class Scheduler {
  readonly groups = new Map<string, Group>();
  readonly budget: Budget;
  active = 0;
  closing = false;
  readonly #options: ResolvedPoolOptions;
  readonly #hooks: SchedulerHooks;
  readonly #idle: IdleSet;
  readonly threads = new ThreadShares();
  readonly #ring = new FairRing();
  readonly #tenants: TenantCounts;
  readonly #quiet: (() => void)[] = [];

  constructor(options: ResolvedPoolOptions, hooks: SchedulerHooks) {
    this.#options = options;
    this.#hooks = hooks;
    this.budget = new Budget(options.maxRuntimes, options.maxMemoryMb);
    this.#tenants = new TenantCounts(options.tenantConcurrency);
    this.#idle = new IdleSet(options.idleTtl, (entry) => this.retire(entry, 'idle'));
  }

  get idle(): number {
    return this.#idle.size;
  }

  get queued(): number {
    let sum = 0;
    for (const group of this.groups.values()) sum += group.queue.size;
    return sum;
  }

  /** A runtime with room for one invocation: at once if there is one, otherwise when there is. */
  acquire(fn: ResolvedFunction, queueTimeout: number, signal: AbortSignal | undefined): Lease | Promise<Lease> {
    if (this.closing) throw poolClosed();
    const group = this.#groupNow(fn);
    this.#wanted(group);
    this.threads.noticed(fn.tenantId, performance.now());
    if (group.queue.size === 0 && this.#mayRun(group)) {
      const entry = this.#pick(group);
      if (entry) return this.#lease(group, entry, false);
    }
    const lease = group.queue.wait(queueTimeout, signal, () => this.#dequeued(group));
    if (group.queue.size > 0) this.#ring.add(group);
    this.#serve(group);
    return lease;
  }

  /** Makes runtimes until the function has `count` that are ready or on their way. */
  async prewarm(fn: ResolvedFunction, count = 1): Promise<void> {
    if (this.closing) throw poolClosed();
    const group = this.#groupNow(fn);
    this.#wanted(group);
    const starts: Promise<void>[] = [];
    while (group.entries.size + group.starting < Math.min(count, fn.maxRuntimes)) {
      if (!this.#makeRoom(fn)) {
        throw capacity('no room in the pool to prewarm a runtime', this.budget.maxRuntimes, this.budget.runtimes);
      }
      const start = this.#start(group);
      // One that fails after another did would be nobody's.
      start.catch(() => {});
      starts.push(start);
    }
    await Promise.all(starts);
  }

  /** The invocation on this lease was answered. */
  release({ entry, share }: Lease, retire: EvictReason | undefined): void {
    this.threads.give(entry.fn, share);
    const group = this.#group(entry.fn);
    entry.active--;
    group.active--;
    this.active--;
    this.#tenants.ended(group.fn);

    const reason = retire ?? entry.lossReason(performance.now());
    if (reason !== undefined) this.retire(entry, reason);
    else if (entry.active === 0) this.#idle.add(entry);
    if (!this.#ring.empty) this.#serveAll();
    this.#settleDrain(group);
    this.#tellQuiet();
  }

  /** No further invocation for this runtime; it is closed when the last one is answered. */
  retire(entry: PoolEntry, reason: EvictReason): void {
    entry.retiring ??= reason;
    if (entry.active > 0 || entry.gone) return;
    entry.gone = true;
    const group = this.#group(entry.fn);
    group.entries.delete(entry);
    group.closing.add(entry);
    this.#idle.delete(entry);
    this.#hooks.evict(entry, entry.retiring);
    this.budget.leaving(entry.fn.memoryMb);
    void entry.runtime.closeAsync().then(
      () => this.#closed(entry),
      () => this.#closed(entry),
    );
  }

  /**
   * The function's idle runtimes go now, the busy ones when they are done. Waiting invocations are still served. After
   * `limit` ms what is left is stopped. Resolves when all of it is gone, or the function is wanted again.
   */
  drain(group: Group, reason: SupersededReason, limit: number): Promise<void> {
    group.draining = reason;
    const drain = group.drains.begin(group, reason);
    if (limit <= maxMilliseconds) drain.after(limit, () => this.#stopDrained(group, drain));
    for (const entry of [...group.entries]) {
      if (entry.retiring === 'replaced') entry.retiring = reason;
      if (entry.active > 0) this.retire(entry, reason);
    }
    this.#settleDrain(group);
    return drain.ended;
  }

  /** The version is in force again: that it was replaced ends nothing any more. */
  keep(group: Group): void {
    group.draining = undefined;
    group.drains.takeBack(group);
    for (const entry of group.entries) if (entry.retiring === 'replaced') entry.retiring = undefined;
    this.#serve(group);
  }

  /** Ends everything of a function, running, waiting or being loaded. */
  stop(group: Group, ending: Ending): void {
    group.queue.refuse(group.queue.all, ending.error);
    this.#ring.delete(group);
    group.stopLoading(ending.error);
    for (const entry of [...group.entries]) {
      entry.retiring ??= ending.reason;
      if (entry.active > 0) entry.runtime.terminate(ending.why);
      else this.retire(entry, ending.reason);
    }
    this.#dequeued(group);
  }

  /** What waits of a tenant is refused; what runs goes on. */
  refuse(tenantId: string, error: unknown): void {
    for (const group of [...this.groups.values()]) {
      if (group.fn.tenantId !== tenantId) continue;
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
    for (const group of this.groups.values()) {
      for (const entry of [...group.entries]) if (group.queue.size === 0) this.retire(entry, 'closed');
    }
    this.#idle.close();
    this.#tellQuiet();
  }

  /** The group of a function for work that begins now. What another content under the same version made goes. */
  #groupNow(fn: ResolvedFunction): Group {
    const group = this.#group(fn);
    if (group.fn === fn || isDeepStrictEqual(group.fn, fn)) return group;
    group.fn = fn;
    for (const entry of [...group.entries]) this.retire(entry, 'replaced');
    return group;
  }

  #group(fn: ResolvedFunction): Group {
    let group = this.groups.get(fn.key);
    if (!group) {
      group = new Group(fn, this.#options.maxQueue);
      this.groups.set(fn.key, group);
    }
    return group;
  }

  #mayRun(group: Group): boolean {
    return (
      group.active < group.fn.concurrency &&
      this.active < this.#options.maxConcurrency &&
      this.#tenants.mayRun(group.fn) &&
      this.threads.mayRun(group.fn, performance.now())
    );
  }

  #pick(group: Group): PoolEntry | undefined {
    const now = performance.now();
    for (const entry of group.entries) {
      const reason = entry.lossReason(now);
      if (reason !== undefined) this.retire(entry, reason);
    }
    return group.pick();
  }

  #lease(group: Group, entry: PoolEntry, coldStart: boolean): Lease {
    if (entry.active === 0) this.#idle.delete(entry);
    entry.active++;
    entry.served++;
    group.active++;
    this.active++;
    this.#tenants.began(group.fn);
    return { entry, coldStart, share: this.threads.take(group.fn) };
  }

  /** One turn for everybody who waits, again and again until nobody can be served. */
  #serveAll(): void {
    for (let progress = true; progress; ) {
      progress = false;
      for (const group of this.#ring.order()) {
        if (this.#serveOne(group)) progress = true;
        // In its turn too: it may take the place of a runtime that the next one would have used.
        else this.#startIfNeeded(group);
      }
    }
  }

  #serve(group: Group): void {
    while (this.#serveOne(group));
    this.#startIfNeeded(group);
  }

  #serveOne(group: Group): boolean {
    const ticket = group.queue.first;
    if (!ticket || !this.#mayRun(group)) return false;
    const entry = this.#pick(group);
    if (!entry) return false;
    const lease = this.#lease(group, entry, ticket.since < entry.readyAt);
    ticket.grant(lease);
    this.#ring.served(group);
    this.#dequeued(group);
    return true;
  }

  #startIfNeeded(group: Group): void {
    // Not held up by what others run: when its turn comes, the runtime is there.
    while (group.needsRuntime() && this.#tenants.mayRun(group.fn)) {
      if (group.fn.memoryMb > this.budget.maxMemoryMb) {
        const { maxMemoryMb } = this.budget;
        group.queue.refuse(
          group.queue.all,
          capacity(
            `a runtime of ${group.fn.memoryMb} MiB exceeds the pool's ${maxMemoryMb} MiB`,
            maxMemoryMb,
            group.fn.memoryMb,
          ),
        );
        this.#dequeued(group);
        return;
      }
      // Otherwise it is tried again when a runtime is released or closed.
      if (!this.#makeRoom(group.fn)) return;
      const start = () => this.#start(group);
      // Whoever gave up a place has nothing to do with what the function's code does when it is loaded.
      const ticket = group.queue.behind(group.starting * group.fn.concurrencyPerRuntime);
      void (ticket ? ticket.run(start) : start()).catch(() => {});
    }
  }

  /** Whether a runtime may be made now; evicts idle ones to get there. */
  #makeRoom(fn: ResolvedFunction): boolean {
    while (!this.budget.willFit(fn.memoryMb)) {
      const victim = this.#idle.leastRecent();
      if (!victim) return false;
      this.retire(victim, 'capacity');
    }
    return this.budget.fits(fn.memoryMb);
  }

  async #start(group: Group): Promise<void> {
    const { fn, loading } = group;
    group.starting++;
    this.budget.take(fn.memoryMb);
    this.#hooks.coldStart(fn);
    let entry: PoolEntry;
    try {
      entry = await this.#hooks.load(fn, loading);
    } catch (error) {
      group.starting--;
      this.budget.give(fn.memoryMb, false);
      // The invocations that shared this start share its failure; the rest gets another try. So do those that came after
      // it was stopped.
      if (!loading.aborted) group.queue.refuse(group.queue.all.slice(0, fn.concurrencyPerRuntime), error);
      this.#dequeued(group);
      this.#serveAll();
      this.#tellQuiet();
      throw error;
    }
    group.starting--;
    group.entries.add(entry);
    this.#hooks.ready(entry);
    if (group.fn !== fn) this.retire(entry, 'replaced');
    this.#ring.add(group);
    this.#dequeued(group);
    this.#serveAll();
    if (entry.active > 0 || entry.retiring !== undefined) return;
    if (this.closing) this.retire(entry, 'closed');
    else this.#idle.add(entry);
    this.#settleDrain(group);
  }

  #closed(entry: PoolEntry): void {
    this.#hooks.gone(entry);
    this.budget.give(entry.fn.memoryMb, true);
    const group = this.#group(entry.fn);
    group.closing.delete(entry);
    group.drains.closed(entry);
    this.#forget(group);
    if (!this.#ring.empty) this.#serveAll();
    this.#tellQuiet();
  }

  #dequeued(group: Group): void {
    if (group.queue.size > 0) return;
    this.#ring.delete(group);
    if (this.closing) for (const entry of [...group.entries]) this.retire(entry, 'closed');
    this.#settleDrain(group);
    this.#tellQuiet();
  }

  #settleDrain(group: Group): void {
    if (group.draining && group.queue.size === 0) {
      if (group.starting > 0) group.stopLoading(superseded(group.fn, group.draining).error);
      for (const entry of [...group.entries]) this.retire(entry, group.draining);
    }
    this.#forget(group);
  }

  /** A drain is over its limit. If somebody wanted the function since, only what was there before ends. */
  #stopDrained(group: Group, drain: Drain): void {
    if (group.draining && group.drains.latest === drain) {
      this.stop(group, superseded(group.fn, drain.reason));
    } else {
      drain.stop(group);
      this.#dequeued(group);
    }
  }

  /** What is made from now on may stay. */
  #wanted(group: Group): void {
    if (!group.draining) return;
    group.draining = undefined;
    group.drains.settle(group);
  }

  #forget(group: Group): void {
    group.drains.settle(group);
    if (!group.unused) return;
    this.groups.delete(group.fn.key);
    this.threads.forget(group.fn);
  }

  #tellQuiet(): void {
    if (this.#quiet.length === 0 || this.active > 0 || this.budget.runtimes > 0 || this.queued > 0) return;
    for (const resolve of this.#quiet.splice(0)) resolve();
  }
}
