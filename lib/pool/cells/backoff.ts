import { InOrder } from '../../shared/in-order.ts';

/** How many cells of a tenant may end by themselves, one after the other, before the next one has to wait. */
const free = 3;
/** ms: the first wait, the longest one, and how long a tenant must have had none for that to be forgotten. */
const shortest = 250;
const longest = 30_000;
const memory = 60_000;
/** Tenants that are remembered. */
const remembered = 10_000;

interface Crashes {
  count: number;
  /** When the next cell may start, and when all this is forgotten. */
  next: number;
  end: number;
}

/** A tenant whose cells end by themselves, one after the other, gets the next one later and later. Times of `performance.now`. */
export class Backoff {
  readonly #tenants = new InOrder<string, Crashes>();

  crashed(tenantId: string, now: number): void {
    const before = this.#tenants.get(tenantId);
    const count = (before && before.end > now ? before.count : 0) + 1;
    const wait = count <= free ? 0 : Math.min(longest, shortest * 2 ** (count - free - 1));
    this.#tenants.delete(tenantId);
    this.#tenants.set(tenantId, { count, next: now + wait, end: now + wait + memory });
    if (this.#tenants.size > remembered) this.#tenants.delete(this.#tenants.first as string);
  }

  /** If it has to wait: for how many ms, and how many cells ended. */
  of(tenantId: string, now: number): { wait: number; count: number } | undefined {
    const crashes = this.#tenants.get(tenantId);
    if (!crashes || crashes.next <= now) return undefined;
    return { wait: crashes.next - now, count: crashes.count };
  }

  forget(tenantId: string): void {
    this.#tenants.delete(tenantId);
  }
}
