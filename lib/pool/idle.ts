import type { LRUCache } from 'lru-cache';
import type { PoolEntry } from './entry.ts';

/** Longest pause between two looks at the idle runtimes, in ms. */
const maxSweep = 30_000;

/** The library allots its tables at once, so even an unlimited pool names a number here. */
const maxIdle = 10_000;

/**
 * The runtimes that nobody uses, least recently used first. Only these can be evicted: a busy runtime is not in here.
 */
export class IdleSet {
  readonly #max: number;
  readonly #ttl: number;
  readonly #expired: (entry: PoolEntry) => void;
  #cache: LRUCache<number, PoolEntry> | undefined;
  #taking = false;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(max: number, ttl: number, expired: (entry: PoolEntry) => void) {
    this.#max = Math.min(max, maxIdle);
    this.#ttl = ttl;
    this.#expired = expired;
  }

  /** Loads the library. Before the first runtime is idle. */
  async open(): Promise<void> {
    if (this.#cache) return;
    const { LRUCache } = await import('lru-cache');
    this.#cache ??= new LRUCache<number, PoolEntry>({
      max: this.#max,
      ttl: Number.isFinite(this.#ttl) ? this.#ttl : 0,
      // After: closing a runtime comes back here to delete it.
      disposeAfter: (entry, _id, reason) => {
        if ((reason === 'expire' || reason === 'evict') && !this.#taking) this.#expired(entry);
      },
    });
  }

  get size(): number {
    return this.#cache?.size ?? 0;
  }

  add(entry: PoolEntry): void {
    this.#cache?.set(entry.id, entry);
    if (!this.#sweeper && Number.isFinite(this.#ttl)) {
      this.#sweeper = setInterval(() => this.#sweep(), Math.max(10, Math.min(this.#ttl / 4, maxSweep)));
      this.#sweeper.unref();
    }
  }

  delete(entry: PoolEntry): void {
    this.#cache?.delete(entry.id);
  }

  /** The runtime that was idle longest, taken out. */
  leastRecent(): PoolEntry | undefined {
    this.#taking = true;
    const entry = this.#cache?.pop();
    this.#taking = false;
    return entry;
  }

  close(): void {
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
    this.#cache?.clear();
  }

  #sweep(): void {
    this.#cache?.purgeStale();
    if (this.size === 0) {
      clearInterval(this.#sweeper);
      this.#sweeper = undefined;
    }
  }
}
