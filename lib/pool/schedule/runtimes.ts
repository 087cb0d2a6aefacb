import type { Place, Places } from '../cells/place.ts';
import type { Runtime } from '../engine.ts';
import type { ResolvedFunction } from '../function/resolved-function.ts';
import type { ResolvedPoolOptions } from '../options/options.ts';
import type { EvictReason } from '../report/evict-reason.ts';
import type { PoolEntry } from '../run/entry.ts';
import { Budget } from './budget.ts';
import type { Group } from './group.ts';
import type { Groups } from './groups.ts';
import { IdleSet } from './idle.ts';

export interface RuntimeHooks {
  /** Ends with the reason of `signal` when that is aborted. `begins` is called once the function's own code is next. */
  load(fn: ResolvedFunction, place: Place, signal: AbortSignal, begins: (runtime: Runtime) => void): Promise<PoolEntry>;
  coldStart(fn: ResolvedFunction): void;
  ready(entry: PoolEntry): void;
  evict(entry: PoolEntry, reason: EvictReason): void;
  /** It is closed. */
  gone(entry: PoolEntry): void;
}

/** Called once the books are right, before anything else happens. */
export interface StartEnd {
  done(entry: PoolEntry): void;
  failed(error: unknown, signal: AbortSignal): void;
}

/** Reasons that can wait until the host has let go of what the runtime handed out. */
const patient: ReadonlySet<EvictReason> = new Set([
  'age',
  'invocations',
  'evicted',
  'restarted',
  'replaced',
  'undeployed',
]);

/** Makes runtimes and lets them go, within the room there is. */
export class Runtimes {
  readonly budget: Budget;
  readonly idle: IdleSet;
  readonly #groups: Groups;
  readonly #places: Places;
  readonly #hooks: RuntimeHooks;
  readonly #gone: (group: Group, entry: PoolEntry) => void;

  /** @param gone called when a runtime has been closed. */
  constructor(
    { maxRuntimes, maxMemoryMb, idleTtl }: ResolvedPoolOptions,
    groups: Groups,
    places: Places,
    hooks: RuntimeHooks,
    gone: (group: Group, entry: PoolEntry) => void,
  ) {
    this.budget = new Budget(maxRuntimes, maxMemoryMb);
    this.idle = new IdleSet(idleTtl, (entry) => this.retire(entry, 'idle'));
    this.#groups = groups;
    this.#places = places;
    this.#hooks = hooks;
    this.#gone = gone;
  }

  /** There must be room. @throws what loading the function throws. */
  async start(group: Group, begins: (runtime: Runtime) => void, on: StartEnd): Promise<void> {
    const { fn, versions, loading, restarts } = group;
    group.starting++;
    versions.starting++;
    this.budget.take(fn.memoryMb);
    const place = this.#places.take(fn);
    this.#hooks.coldStart(fn);
    let entry: PoolEntry;
    try {
      entry = await this.#hooks.load(fn, place, loading, begins);
    } catch (error) {
      group.starting--;
      versions.starting--;
      this.budget.give(fn.memoryMb, false);
      on.failed(error, loading);
      place.leave();
      throw error;
    }
    group.starting--;
    versions.starting--;
    group.entries.add(entry);
    versions.entries.set(entry, group);
    this.#hooks.ready(entry);
    // Another content came under the same version meanwhile.
    if (group.fn !== fn) this.retire(entry, 'replaced');
    else if (group.restarts !== restarts) this.retire(entry, 'restarted');
    on.done(entry);
  }

  /** Others are made too, to try a function: their end is not the pool's business. */
  has(entry: PoolEntry): boolean {
    return this.#groups.get(entry.fn.key)?.entries.has(entry) === true;
  }

  /** No further invocation for this runtime; it is closed when the last one is answered. */
  retire(entry: PoolEntry, reason: EvictReason): void {
    if (!this.has(entry)) return;
    const { pinned } = entry.handedOut;
    // For nothing but being idle it is not refused to those that come later.
    if (reason === 'idle' && pinned) {
      this.idle.add(entry);
      return;
    }
    entry.retiring ??= reason;
    if (entry.active > 0 || entry.gone) return;
    if (pinned && patient.has(reason) && entry.place.leaving === undefined) {
      // Until somebody needs its room.
      this.idle.add(entry);
      return;
    }
    entry.gone = true;
    const group = this.#groups.of(entry.fn);
    const { versions } = group;
    group.entries.delete(entry);
    group.closing.add(entry);
    versions.entries.delete(entry);
    versions.closing++;
    this.idle.delete(entry);
    this.#hooks.evict(entry, entry.retiring);
    this.budget.leaving(entry.fn.memoryMb);
    const closed = () => {
      this.#hooks.gone(entry);
      this.budget.give(entry.fn.memoryMb, true);
      group.closing.delete(entry);
      versions.closing--;
      entry.place.leave();
      this.#gone(group, entry);
    };
    void entry.runtime.closeAsync().then(closed, closed);
  }

  /** The runtime of a version with the fewest invocations, if one can take one more. */
  pick(group: Group, now: number): PoolEntry | undefined {
    for (const entry of group.entries) {
      const reason = entry.lossReason(now);
      if (reason !== undefined) this.retire(entry, reason);
    }
    return group.pick();
  }

  /** Whether a runtime may be made now; evicts idle ones to get there, if that gets there. */
  makeRoom({ memoryMb }: ResolvedFunction): boolean {
    if (!this.budget.willFit(memoryMb, this.idle)) return false;
    while (!this.budget.willFit(memoryMb)) {
      const victim = this.idle.leastRecent();
      if (!victim) return false;
      this.retire(victim, 'capacity');
    }
    return this.budget.fits(memoryMb);
  }

  /** Whether the function may have one more runtime; lets one of another version go otherwise. */
  makeRoomInFunction(group: Group): boolean {
    const { fn, versions } = group;
    if (versions.runtimes < fn.maxRuntimes) return true;
    const victim = versions.victimFor(group);
    if (victim) this.retire(victim, 'capacity');
    return false;
  }
}
