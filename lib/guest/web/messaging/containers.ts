/** Copies of what holds other values: objects, arrays, maps and sets. */
import { ops } from '../base/ops.ts';
import { byEngine } from './clone-failure.ts';
import { Late, type Transfers } from './transfers.ts';

const { apply, getPrototypeOf } = Reflect;
const { keys, hasOwn, prototype: objectPrototype } = Object;
const { forEach: eachOfMap, set } = Map.prototype;
const { forEach: eachOfSet, add } = Set.prototype;
const { defineProperty } = Reflect;

type Values = Record<PropertyKey, unknown>;

export class Containers {
  readonly #copy: (value: unknown) => unknown;
  readonly #remember: <T extends object>(from: object, to: T) => T;
  readonly #transfers: Transfers | undefined;

  constructor(
    copy: (value: unknown) => unknown,
    remember: <T extends object>(from: object, to: T) => T,
    transfers: Transfers | undefined,
  ) {
    this.#copy = copy;
    this.#remember = remember;
    this.#transfers = transfers;
  }

  object(from: object): object {
    const names = keys(from);
    // What the language has of objects without properties V8 tells apart: an Intl object, a WeakRef.
    if (names.length === 0 && getPrototypeOf(from) !== objectPrototype) return this.#remember(from, byEngine(from));
    const to: Values = {};
    this.#remember(from, to);
    this.#members(from as Values, to, names, 0);
    return to;
  }

  array(from: unknown[]): unknown[] {
    const { length } = from;
    const to: unknown[] = [];
    to.length = length;
    this.#remember(from, to);
    let i = 0;
    while (i < length && hasOwn(from, i)) {
      this.#put(to as never, i, this.#copy(from[i]));
      i++;
    }
    // A hole: there may be many more of them than elements.
    const names = i < length ? keys(from) : (ops.clone.names(from) as string[]);
    this.#members(from as never, to as never, names, i);
    return to;
  }

  /** Properties with these names, of elements those from `first` on. */
  #members(from: Values, to: Values, names: string[], first: number): void {
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      if (first > 0 && (name as unknown as number) < first && `${+name}` === name) continue;
      if (hasOwn(from, name)) this.#put(to, name, this.#copy(from[name]));
    }
  }

  #put(to: Values, name: PropertyKey, value: unknown): void {
    // A setter that the guest gave Object.prototype must not be called.
    const descriptor = { __proto__: null, value, writable: true, enumerable: true, configurable: true };
    if (value instanceof Late) {
      descriptor.value = undefined;
      this.#transfers?.later(() => {
        to[name] = value.value;
      });
    }
    defineProperty(to, name, descriptor as PropertyDescriptor);
  }

  map(from: Map<unknown, unknown>): Map<unknown, unknown> {
    const to = this.#remember(from, new Map());
    const entries: unknown[] = [];
    apply(eachOfMap, from, [(value: unknown, key: unknown) => entries.push(key, value)]);
    for (let i = 0; i < entries.length; i++) entries[i] = this.#copy(entries[i]);
    this.#fill(() => {
      for (let i = 0; i < entries.length; i += 2) apply(set, to, [now(entries[i]), now(entries[i + 1])]);
    });
    return to;
  }

  set(from: Set<unknown>): Set<unknown> {
    const to = this.#remember(from, new Set());
    const entries: unknown[] = [];
    apply(eachOfSet, from, [(value: unknown) => entries.push(value)]);
    for (let i = 0; i < entries.length; i++) entries[i] = this.#copy(entries[i]);
    this.#fill(() => {
      for (let i = 0; i < entries.length; i++) apply(add, to, [now(entries[i])]);
    });
    return to;
  }

  /** Entries keep their order, so that all wait for one that is late. */
  #fill(step: () => void): void {
    if (this.#transfers) this.#transfers.later(step);
    else step();
  }
}

const now = (value: unknown) => (value instanceof Late ? value.value : value);
