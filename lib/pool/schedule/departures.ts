import type { SupersededReason } from '../../errors/index.ts';
import { maxMilliseconds } from '../../options/check.ts';
import type { EvictReason } from '../report/evict-reason.ts';
import type { PoolEntry } from '../run/entry.ts';
import { type Drain, type Ending, superseded } from './drain.ts';
import type { Group } from './group.ts';
import type { Groups } from './groups.ts';

export interface DepartureHooks {
  retire(entry: PoolEntry, reason: EvictReason): void;
  /** Others may be served that waited for something of this version. */
  freed(group: Group): void;
  /** Some that waited for this version wait no longer. */
  dequeued(group: Group): void;
}

/** How versions go: asked to when they are done, wanted again meanwhile, and stopped when that takes too long. */
export class Departures {
  readonly #groups: Groups;
  readonly #hooks: DepartureHooks;

  constructor(groups: Groups, hooks: DepartureHooks) {
    this.#groups = groups;
    this.#hooks = hooks;
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
      if (entry.active > 0) this.#hooks.retire(entry, reason);
    }
    this.settle(group);
    return drain.ended;
  }

  /** The version is in force again: that it was replaced ends nothing any more. */
  keep(group: Group): void {
    group.draining = undefined;
    group.drains.takeBack(group);
    for (const entry of group.entries) if (entry.retiring === 'replaced') entry.retiring = undefined;
    this.#hooks.freed(group);
  }

  /** Work begins: what is made from now on may stay. */
  wanted(group: Group): void {
    if (!group.draining) return;
    group.draining = undefined;
    group.drains.settle(group);
  }

  /** Ends everything of a function, running, waiting or being loaded. */
  stop(group: Group, ending: Ending): void {
    group.queue.refuse(group.queue.all, ending.error);
    group.stopLoading(ending.error);
    for (const entry of [...group.entries]) {
      entry.retiring ??= ending.reason;
      if (entry.active > 0) entry.runtime.terminate(ending.why);
      // Whatever the host holds of it.
      else this.#hooks.retire(entry, 'closed');
    }
    this.#hooks.dequeued(group);
  }

  /** Something of the version has ended: what it was asked to let go and is not needed any more goes. */
  settle(group: Group): void {
    if (group.draining && group.queue.size === 0) {
      if (group.starting > 0 || group.prewarms.size > 0) {
        const { error } = superseded(group.fn, group.draining);
        if (group.starting > 0) group.stopLoading(error);
        for (const errand of group.prewarms) errand.refuse(error);
      }
      for (const entry of [...group.entries]) this.#hooks.retire(entry, group.draining);
    }
    this.forget(group);
  }

  /** Unless there is something of it left. */
  forget(group: Group): void {
    group.drains.settle(group);
    if (group.unused) this.#groups.forget(group);
  }

  /** A drain is over its limit. If somebody wanted the function since, only what was there before ends. */
  #stopDrained(group: Group, drain: Drain): void {
    if (group.draining && group.drains.latest === drain) {
      this.stop(group, superseded(group.fn, drain.reason));
    } else {
      drain.stop(group, (entry) => this.#hooks.retire(entry, 'closed'));
      this.#hooks.dequeued(group);
    }
  }
}
