// Maps and sets of V8 keep the places of what was deleted until they have as many again, or are nearly empty; walking
// steps over them. That can't be seen from outside, so it is done again here: which places there are, and how many are
// stepped over before the first that is taken.

class Places {
  capacity = 4;
  taken: boolean[] = [];
  readonly at = new Map<unknown, number>();
  /** No place before this one is taken. */
  front = 0;

  add(key: unknown): void {
    if (this.at.has(key)) return;
    if (this.taken.length === this.capacity) {
      const gone = this.taken.length - this.at.size;
      this.#arrange(gone >= this.capacity / 2 ? this.capacity : this.capacity * 2);
    }
    this.at.set(key, this.taken.length);
    this.taken.push(true);
  }

  delete(key: unknown): void {
    const place = this.at.get(key);
    if (place === undefined) return;
    this.at.delete(key);
    this.taken[place] = false;
    while (this.front < this.taken.length && !this.taken[this.front]) this.front++;
    if (this.at.size < this.capacity / 4 && this.capacity > 4) this.#arrange(this.capacity / 2);
  }

  clear(): void {
    this.capacity = 4;
    this.at.clear();
    this.#arrange(4);
  }

  #arrange(capacity: number): void {
    this.capacity = capacity;
    const keys = [...plainKeys.call(this.at)];
    this.taken = keys.map(() => true);
    this.front = 0;
    keys.forEach((key, place) => {
      this.at.set(key, place);
    });
  }
}

const plainKeys = Map.prototype.keys;
let steps = 0;
let counting = false;

export const skipped = (): number => steps;

/** Replaces the methods of all maps and sets of this process, once. */
export function countSkips(): void {
  if (counting) return;
  counting = true;
  const places = new WeakMap<object, Places>();
  const own = new WeakSet<object>();
  const ofPlaces = (collection: object): Places | undefined => {
    if (own.has(collection)) return undefined;
    let found = places.get(collection);
    if (!found) {
      found = new Places();
      own.add(found.at);
      places.set(collection, found);
    }
    return found;
  };
  for (const prototype of [Map.prototype, Set.prototype] as unknown as Record<string | symbol, Method>[]) {
    const replace = (name: string | symbol, before: (collection: object, key: unknown) => void): void => {
      const method = prototype[name];
      if (!method) return;
      const instead = function (this: object, ...args: unknown[]): unknown {
        before(this, args[0]);
        return method.apply(this, args);
      };
      Object.defineProperty(prototype, name, { value: instead, writable: true, configurable: true });
    };
    for (const name of ['set', 'add']) replace(name, (collection, key) => ofPlaces(collection)?.add(key));
    replace('delete', (collection, key) => ofPlaces(collection)?.delete(key));
    replace('clear', (collection) => ofPlaces(collection)?.clear());
    for (const name of ['keys', 'values', 'entries', Symbol.iterator, 'forEach']) {
      replace(name, (collection) => {
        steps += places.get(collection)?.front ?? 0;
      });
    }
  }
}

type Method = (this: object, ...args: unknown[]) => unknown;
