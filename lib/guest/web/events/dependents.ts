/**
 * Objects that depend on another one, without being kept alive by it, except those that somebody waits for. References to
 * objects that are gone are swept out when the list has doubled, so that a long-lived one does not collect them.
 */
const { deref } = WeakRef.prototype;
const { apply } = Reflect;

export class Dependents<T extends object> {
  #weak: WeakRef<T>[] = [];
  readonly #kept = new Set<T>();
  #sweepAt = 32;

  add(dependent: T): void {
    if (this.#weak.length >= this.#sweepAt) this.#sweep();
    this.#weak.push(new WeakRef(dependent));
  }

  /** Somebody waits for it, or does so no longer. */
  keep(dependent: T, awaited: boolean): void {
    if (awaited) this.#kept.add(dependent);
    else this.#kept.delete(dependent);
  }

  remove(dependent: T): void {
    this.#kept.delete(dependent);
  }

  /** Those that are still there, in the order in which they came. There are none afterwards. */
  take(): T[] {
    const weak = this.#weak;
    this.#weak = [];
    this.#kept.clear();
    const there: T[] = [];
    for (let i = 0; i < weak.length; i++) {
      const dependent = apply(deref, weak[i] as WeakRef<T>, []) as T | undefined;
      if (dependent) there.push(dependent);
    }
    return there;
  }

  #sweep(): void {
    this.#weak = this.#weak.filter((reference) => apply(deref, reference, []) !== undefined);
    this.#sweepAt = Math.max(32, this.#weak.length * 2);
  }
}
