// What one invocation has used of its bindings. It is kept as long as the invocation goes on, work after its answer included.
import type { CallerContext } from 'isolet';

export type Counted = 'kv.calls' | 'sql.statements' | 'sql.totalMs';

export class Accounts {
  /**
   * By what ends the invocation: nobody else has that, while an id may be chosen twice. Code that is loaded has none; what
   * it may do is bounded by its calls of the platform.
   */
  readonly #sums = new WeakMap<AbortSignal, Map<Counted, number>>();

  /** Adds to a sum of the caller's invocation. Answers what it is then. */
  add({ signal }: CallerContext, counted: Counted, amount: number): number {
    const sums = this.#sums.get(signal) ?? new Map<Counted, number>();
    const sum = (sums.get(counted) ?? 0) + amount;
    sums.set(counted, sum);
    this.#sums.set(signal, sums);
    return sum;
  }
}
