import type { ResolvedFunction } from '../function/resolved-function.ts';
import type { PoolEntry } from '../run/entry.ts';
import type { Load, ThreadBooks } from '../run/thread-charge.ts';
import type { Reputation } from './reputation.ts';

/** Functions of which only so many invocations may run at once. */
export interface SharedBound {
  active: number;
}

/** Whose invocations are counted, and by what is known of them. */
export interface Counted {
  readonly tenant: Tenant;
  readonly reputation: Reputation;
}

/** What one tenant has in a pool, over all its functions. */
export class Tenant implements ThreadBooks {
  readonly id: string;
  /** Versions of its functions that are in use. */
  groups = 0;
  /** Invocations that run, and that wait. */
  active = 0;
  queued = 0;
  /** The number of its latest turn. */
  servedAt = 0;
  computing = 0;
  waiting = 0;
  /** Its runtimes that run invocations, and those that evaluate a function's source. */
  readonly busy = new Map<PoolEntry, Counted>();
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
      bound = { active: 0 };
      this.#bounds.set(share.key, bound);
    }
    return bound;
  }

  get unused(): boolean {
    return this.groups === 0 && this.errands === 0;
  }
}
