import { maxMilliseconds } from '../../options/check.ts';
import { InOrder } from '../../shared/in-order.ts';

/** How long, in ms, a runtime that has ended can still say so to who holds a stream of it. */
const endPatience = 1000;

/** What keeps a runtime from going: things of it that the host holds, each for a time. */
export class Pins {
  /** By id, in the order in which they end, with the time of their end. */
  readonly #until = new InOrder<number, number>();
  readonly #isOver: () => boolean;
  readonly #onUnpinned: () => void;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param isOver the runtime is closed: nothing keeps it any more.
   * @param onUnpinned one pin is gone.
   */
  constructor(isOver: () => boolean, onUnpinned: () => void) {
    this.#isOver = isOver;
    this.#onUnpinned = onUnpinned;
  }

  get size(): number {
    return this.#until.size;
  }

  /** @param ms the same for all of a runtime. */
  add(id: number, ms: number): void {
    this.#until.set(id, performance.now() + ms);
    this.#schedule();
  }

  delete(id: number): void {
    if (this.#until.delete(id)) this.#onUnpinned();
  }

  /** The runtime has ended: what the host holds of it keeps it only until whoever reads on has heard why. */
  stop(): void {
    clearTimeout(this.#timer);
    if (this.#until.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#until.clear();
      this.#onUnpinned();
    }, endPatience).unref();
  }

  #schedule(): void {
    const { first } = this.#until;
    const next = first === undefined ? undefined : this.#until.get(first);
    if (this.#timer || next === undefined || this.#isOver()) return;
    const left = next - performance.now();
    if (left > maxMilliseconds) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const now = performance.now();
      for (const [id, until] of this.#until) {
        if (until > now) break;
        this.delete(id);
      }
      this.#schedule();
    }, left).unref();
  }
}
