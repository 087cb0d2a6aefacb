import { availableParallelism } from 'node:os';
import type { ResolvedFunction } from './function.ts';

/** How long after its last invocation a tenant still counts as one whose turn must not be late, in ms. */
const attention = 10_000;
/** Nothing counts as free: a thousand invocations that only wait still cost something. */
const minShare = 0.02;
/** What is not known yet is taken for work that mostly waits. */
const firstGuess = 0.1;

/**
 * Keeps one tenant from taking every thread of the engine while there are others. An invocation counts by the share of
 * its time that its function spent on a thread so far, so that hundreds may wait for I/O but only a few compute. A
 * tenant that is alone may use everything.
 */
export class ThreadShares {
  /** Threads one tenant may keep busy when it is not alone: all but one. */
  readonly limit: number;
  readonly #shares = new Map<string, number>();
  readonly #load = new Map<string, number>();
  #latest = { tenantId: '', at: Number.NEGATIVE_INFINITY };
  /** The latest tenant that is not the latest one. */
  #other = { tenantId: '', at: Number.NEGATIVE_INFINITY };

  constructor(threads = availableParallelism()) {
    this.limit = Math.max(1, threads - 1);
  }

  /** A tenant asks for something. */
  noticed(tenantId: string, now: number): void {
    if (this.#latest.tenantId === tenantId) {
      this.#latest.at = now;
      return;
    }
    this.#other = this.#latest;
    this.#latest = { tenantId, at: now };
  }

  mayRun(fn: ResolvedFunction, now: number): boolean {
    const other = this.#latest.tenantId === fn.tenantId ? this.#other : this.#latest;
    if (now - other.at > attention) return true;
    const load = this.#load.get(fn.tenantId) ?? 0;
    return load === 0 || load + this.#share(fn) <= this.limit;
  }

  /** @returns what to give back when the invocation has ended. */
  take(fn: ResolvedFunction): number {
    const share = this.#share(fn);
    this.#load.set(fn.tenantId, (this.#load.get(fn.tenantId) ?? 0) + share);
    return share;
  }

  give(fn: ResolvedFunction, share: number): void {
    const left = (this.#load.get(fn.tenantId) ?? 0) - share;
    // Sums of fractions do not end at zero exactly.
    if (left > minShare / 2) this.#load.set(fn.tenantId, left);
    else this.#load.delete(fn.tenantId);
  }

  learn(fn: ResolvedFunction, share: number): void {
    const seen = Math.max(minShare, share);
    const before = this.#shares.get(fn.key) ?? seen;
    this.#shares.set(fn.key, before + (seen - before) * 0.2);
  }

  forget(fn: ResolvedFunction): void {
    this.#shares.delete(fn.key);
  }

  #share(fn: ResolvedFunction): number {
    return this.#shares.get(fn.key) ?? firstGuess;
  }
}
