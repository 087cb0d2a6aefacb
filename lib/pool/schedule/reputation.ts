import { InOrder } from '../../shared/in-order.ts';

/** Nothing counts as free: a thousand invocations that only wait still cost something. */
const minShare = 0.005;
/** How fast less than before is believed; more is believed at once. */
const fall = 0.2;
/** Versions that are remembered while they have no runtime. */
const remembered = 10_000;

/** The part of its time that a version's invocations spend on a thread. One that never ran is taken to compute. */
export class Reputation {
  #share: number | undefined;

  get known(): boolean {
    return this.#share !== undefined;
  }

  get share(): number {
    return this.#share ?? 1;
  }

  learn(share: number): void {
    const seen = Math.min(Math.max(share, minShare), 1);
    const before = this.#share ?? seen;
    this.#share = before + (seen - before) * (seen > before ? 1 : fall);
  }
}

/** Reputations of versions that have no runtime now: a version does not lose its own with its runtimes. */
export class Reputations {
  readonly #kept = new InOrder<string, Reputation>();

  take(key: string): Reputation {
    const kept = this.#kept.get(key);
    this.#kept.delete(key);
    return kept ?? new Reputation();
  }

  keep(key: string, reputation: Reputation): void {
    if (!reputation.known) return;
    this.#kept.set(key, reputation);
    if (this.#kept.size > remembered) this.#kept.delete(this.#kept.first as string);
  }
}
