import { InOrder } from '../shared/in-order.ts';

/**
 * Counts in this process: at most `points` per key in a window that begins with the first of them. It asks the clock
 * and needs no timer, so that a window may be longer than timers can wait, and ten thousand keys cost ten thousand
 * entries. What is over goes when the next one is counted.
 */
export class WindowCounter {
  readonly #points: number;
  readonly #window: number;
  /** In the order in which the windows began, so in the order in which they end. */
  readonly #counts = new InOrder<string, { used: number; until: number }>();

  /** @param window in ms */
  constructor(points: number, window: number) {
    this.#points = points;
    this.#window = window;
  }

  /** Takes one point. @returns the ms until there is one again, or 0: it was taken. */
  take(key: string): number {
    const now = performance.now();
    for (const [oldest, { until }] of this.#counts) {
      if (until > now) break;
      this.#counts.delete(oldest);
    }
    let count = this.#counts.get(key);
    if (!count) {
      count = { used: 0, until: now + this.#window };
      this.#counts.set(key, count);
    }
    if (count.used >= this.#points) return Math.max(count.until - now, Number.MIN_VALUE);
    count.used++;
    return 0;
  }
}
