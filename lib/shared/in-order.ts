/** One key in its place. Those that have gone remember who stood before them, for whoever stands at them. */
interface Link<K, V> {
  readonly key: K;
  value: V;
  before: Link<K, V>;
  after: Link<K, V>;
  gone: boolean;
}

/** Goes from one to the next. It may be asked again at the end: somebody may have come since. */
export interface Walk<T> {
  next(): IteratorResult<T, undefined>;
}

/**
 * A map whose first entry is found in the same time however many went before it: one of V8 keeps the places of what was
 * deleted and steps over all of them. What comes and goes during a walk is walked, and not, like in a map.
 */
export class InOrder<K, V = true> {
  readonly #links = new Map<K, Link<K, V>>();
  readonly #end: Link<K, V>;

  constructor() {
    // It has neither key nor value, and nobody is given it.
    const end = { gone: false } as Link<K, V>;
    end.before = end;
    end.after = end;
    this.#end = end;
  }

  get size(): number {
    return this.#links.size;
  }

  get first(): K | undefined {
    return this.#links.size === 0 ? undefined : this.#end.after.key;
  }

  has(key: K): boolean {
    return this.#links.has(key);
  }

  get(key: K): V | undefined {
    return this.#links.get(key)?.value;
  }

  /** One that is there keeps its place. */
  set(key: K, value: V): void {
    const known = this.#links.get(key);
    if (known) {
      known.value = value;
      return;
    }
    const { before } = this.#end;
    const link: Link<K, V> = { key, value, before, after: this.#end, gone: false };
    before.after = link;
    this.#end.before = link;
    this.#links.set(key, link);
  }

  /** @returns whether it was there. */
  delete(key: K): boolean {
    const link = this.#links.get(key);
    if (!link) return false;
    this.#links.delete(key);
    link.before.after = link.after;
    link.after.before = link.before;
    link.gone = true;
    return true;
  }

  clear(): void {
    for (const key of [...this.#links.keys()]) this.delete(key);
  }

  /** From the first on. */
  walk(): Walk<[K, V]> {
    const end = this.#end;
    let at = end;
    const next = (): IteratorResult<[K, V], undefined> => {
      while (at.gone) at = at.before;
      if (at.after === end) return { done: true, value: undefined };
      at = at.after;
      return { done: false, value: [at.key, at.value] };
    };
    return { next };
  }

  [Symbol.iterator](): Iterator<[K, V], undefined> {
    return this.walk();
  }

  *keys(): Generator<K, void> {
    for (const [key] of this) yield key;
  }
}
