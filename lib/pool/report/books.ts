import type { EvictReason } from './evict-reason.ts';
import { Durations, type PoolStats } from './stats.ts';

/** What a pool counts: invocations by how they got their runtime, times, evictions. */
export class Books {
  hits = 0;
  coldStarts = 0;
  invocations = 0;
  refused = 0;
  readonly coldStartMs = new Durations();
  readonly queueMs = new Durations();
  readonly #evictions: Partial<Record<EvictReason, number>> = {};

  evicted(reason: EvictReason): void {
    this.#evictions[reason] = (this.#evictions[reason] ?? 0) + 1;
  }

  read(): Pick<PoolStats, 'hits' | 'coldStarts' | 'invocations' | 'refused' | 'coldStartMs' | 'queueMs' | 'evictions'> {
    const { hits, coldStarts, invocations, refused } = this;
    return {
      hits,
      coldStarts,
      invocations,
      refused,
      coldStartMs: this.coldStartMs.percentiles(),
      queueMs: this.queueMs.percentiles(),
      evictions: { ...this.#evictions },
    };
  }
}
