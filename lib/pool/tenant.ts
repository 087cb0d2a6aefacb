import type { PoolEntry } from './entry.ts';
import type { Errand } from './errand.ts';
import type { ResolvedFunction } from './function.ts';
import type { Group } from './group.ts';
import type { Load } from './thread-shares.ts';

/** Functions of which only so many invocations may run at once. */
export interface SharedBound {
  active: number;
  /** Who waits for one of them to end. */
  readonly blocked: Set<Group | Errand>;
}

/** What one tenant has in a pool, over all its functions. */
export class Tenant {
  readonly id: string;
  readonly groups = new Set<Group>();
  /** Invocations that run, and that wait. */
  active = 0;
  queued = 0;
  /** The number of its latest turn. */
  servedAt = 0;
  /** Threads that its work keeps busy: what computes, and what mostly waits. */
  computing = 0;
  waiting = 0;
  /** Its runtimes that run invocations, and those that evaluate a function's source. */
  readonly busy = new Map<PoolEntry, Group>();
  readonly loads = new Set<Load>();
  /** Bounds that some of its functions have together, by name. */
  readonly #bounds = new Map<string, SharedBound>();
  /** What waits for a turn and belongs to no group. */
  errands = 0;

  constructor(id: string) {
    this.id = id;
  }

  bound({ share }: ResolvedFunction): SharedBound | undefined {
    if (!share) return undefined;
    let bound = this.#bounds.get(share.key);
    if (!bound) {
      bound = { active: 0, blocked: new Set() };
      this.#bounds.set(share.key, bound);
    }
    return bound;
  }

  get unused(): boolean {
    return this.groups.size === 0 && this.errands === 0;
  }
}
