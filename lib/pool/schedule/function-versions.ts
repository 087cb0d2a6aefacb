import type { PoolEntry } from '../run/entry.ts';

/** One of the versions, as far as the others must know. */
export interface VersionInUse {
  readonly entries: ReadonlySet<PoolEntry>;
  readonly starting: number;
  readonly queue: { readonly size: number };
}

/** What all versions of one function have together: its limits hold over all of them. */
export class FunctionVersions {
  readonly key: string;
  /** Runtimes that serve, with their versions. */
  readonly entries = new Map<PoolEntry, VersionInUse>();
  starting = 0;
  closing = 0;
  /** Invocations that run, and that wait. */
  active = 0;
  queued = 0;

  constructor(key: string) {
    this.key = key;
  }

  get runtimes(): number {
    return this.entries.size + this.starting + this.closing;
  }

  /**
   * A runtime of another version that should go so that `group` can have one, if none goes already. An idle one; a busy
   * one, which takes no further invocation and goes when it has answered, only for a version that has none at all.
   */
  victimFor(group: VersionInUse): PoolEntry | undefined {
    if (this.closing > 0) return undefined;
    let busy: PoolEntry | undefined;
    for (const [entry, owner] of this.entries) {
      // It goes already, or stays only for what the host holds of it.
      if (entry.retiring !== undefined) return entry.active === 0 ? entry : undefined;
      // What was made for somebody who still waits stays until it has served.
      if (owner === group || (entry.served === 0 && owner.queue.size > 0)) continue;
      if (entry.active === 0) return entry;
      busy ??= entry;
    }
    return group.entries.size + group.starting === 0 ? busy : undefined;
  }
}
