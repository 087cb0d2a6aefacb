import { InOrder } from '../../shared/in-order.ts';
import type { PoolEntry } from '../run/entry.ts';

/** Longest pause between two looks at the idle runtimes, in ms. */
const maxSweep = 30_000;

/**
 * The runtimes that nobody uses, least recently used first. Only these can be evicted: a busy runtime is not in here.
 * Every invocation goes through it twice, so it is a map in the order of insertion and no more.
 */
export class IdleSet {
  readonly #ttl: number;
  readonly #expired: (entry: PoolEntry) => void;
  /** With the time since when each is idle. */
  readonly #since = new InOrder<PoolEntry, number>();
  #sweeper: NodeJS.Timeout | undefined;
  /** Sum of their heap limits. */
  memoryMb = 0;

  constructor(ttl: number, expired: (entry: PoolEntry) => void) {
    this.#ttl = ttl;
    this.#expired = expired;
  }

  get size(): number {
    return this.#since.size;
  }

  add(entry: PoolEntry): void {
    // A map keeps the place of a key it has.
    this.delete(entry);
    this.#since.set(entry, performance.now());
    this.memoryMb += entry.fn.memoryMb;
    if (!this.#sweeper && Number.isFinite(this.#ttl)) {
      this.#sweeper = setInterval(() => this.#sweep(), Math.max(10, Math.min(this.#ttl / 4, maxSweep)));
      this.#sweeper.unref();
    }
    // Somebody may want its room at once.
    entry.place.setBusy(false);
  }

  delete(entry: PoolEntry): void {
    if (this.#since.delete(entry)) this.memoryMb -= entry.fn.memoryMb;
  }

  /** The runtime that was idle longest, taken out. */
  leastRecent(): PoolEntry | undefined {
    const entry = this.#since.first;
    if (entry) this.delete(entry);
    return entry;
  }

  close(): void {
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
    this.#since.clear();
    this.memoryMb = 0;
  }

  #sweep(): void {
    const latest = performance.now() - this.#ttl;
    for (const [entry, since] of this.#since) {
      if (since > latest) break;
      this.delete(entry);
      this.#expired(entry);
    }
    if (this.size > 0) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }
}
