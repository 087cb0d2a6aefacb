/**
 * Makes of a class what Web IDL asks of an interface (https://webidl.spec.whatwg.org/#js-interfaces): its name, enumerable
 * members, lengths, constants and Symbol.toStringTag. Brand checks are `#private` fields of the class itself.
 */

const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, setPrototypeOf, prototype: objectPrototype } = Object;
const { toStringTag, iterator: iteratorKey } = Symbol;

// biome-ignore lint/suspicious/noExplicitAny: a class with any constructor.
type AnyClass = (abstract new (...args: any[]) => object) & { prototype: object };

export interface InterfaceShape {
  /** The bundler renames classes whose name stands elsewhere as a global: the name has to be said. */
  name: string;
  /** Enumerable members of the prototype: attributes and operations. */
  members?: readonly string[];
  /** Enumerable members of the class itself. */
  statics?: readonly string[];
  /** On the class and on its prototype. */
  constants?: Readonly<Record<string, number>>;
  /** Lengths of operations that optional parameters would get wrong; `constructor` is the class's own. */
  lengths?: Readonly<Record<string, number>>;
  /**
   * For structuredClone: a copy of an instance (whose brand it checks), with values in it copied by `deep`. Without it
   * instances can't be cloned.
   */
  clone?: (instance: never, deep: <V>(value: V) => V) => object;
  /** For transfer lists: another instance that takes over; this one is detached. A DataCloneError if it can't be. */
  transfer?: (instance: never) => object;
}

/** Made enumerable, with `length` if one is given. */
function expose(target: object, member: string, lengths: Readonly<Record<string, number>>): void {
  const found = getOwnPropertyDescriptor(target, member);
  if (!found) throw new TypeError(`There is no member ${member}`);
  if (Object.hasOwn(lengths, member)) {
    defineProperty(found.value as object, 'length', { value: lengths[member], configurable: true });
  }
  defineProperty(target, member, { ...found, enumerable: true });
}

/** How instances of each interface are cloned and transferred, by its prototype. */
const platform = new Map<object, InterfaceShape>();
const { get: getShape } = Map.prototype;
/** A guest may make a chain of prototypes of any length. */
const longestChain = 64;

/** The interface that a value is an instance of, by its prototypes; of several the most derived. */
export function interfaceOf(object: object): InterfaceShape | undefined {
  let prototype = getPrototypeOf(object) as object | null;
  for (let i = 0; prototype !== null && prototype !== objectPrototype && i < longestChain; i++) {
    const shape = Reflect.apply(getShape, platform, [prototype]) as InterfaceShape | undefined;
    if (shape) return shape;
    prototype = getPrototypeOf(prototype) as object | null;
  }
  return undefined;
}

/** For classes that are interfaces without `defineInterface`. */
export function registerInterface(Class: AnyClass, shape: InterfaceShape): void {
  platform.set(Class.prototype, shape);
}

/** Defines what the class syntax can't say. Once, right behind the class. */
export function defineInterface(Class: AnyClass, shape: InterfaceShape): void {
  const lengths = shape.lengths ?? {};
  defineProperty(Class, 'name', { value: shape.name, configurable: true });
  const own = Object.hasOwn(lengths, 'constructor') ? lengths['constructor'] : undefined;
  if (own !== undefined) defineProperty(Class, 'length', { value: own, configurable: true });
  for (const member of shape.members ?? []) expose(Class.prototype, member, lengths);
  for (const member of shape.statics ?? []) expose(Class, member, lengths);
  for (const [name, value] of Object.entries(shape.constants ?? {})) {
    for (const target of [Class, Class.prototype]) defineProperty(target, name, { value, enumerable: true });
  }
  defineProperty(Class.prototype, toStringTag, { value: shape.name, configurable: true });
  registerInterface(Class, shape);
}

/** Throws what Web IDL asks for when an operation has too few arguments. */
export function requireArguments(given: number, needed: number, what: string): void {
  if (given >= needed) return;
  throw new TypeError(`${what} needs ${needed} argument${needed === 1 ? '' : 's'}, but got ${given}`);
}

/** Given to constructors that guest code may not call. */
export const internal: unique symbol = Symbol('internal');

/** For interfaces without a constructor: `constructor(token?: unknown) { requireInternal(token); }`. */
export function requireInternal(token: unknown): asserts token is typeof internal {
  if (token !== internal) throw new TypeError('Illegal constructor');
}

const IteratorPrototype = getPrototypeOf(getPrototypeOf([].values())) as object;

export type PairAt<T> = (self: T, index: number) => readonly [unknown, unknown] | undefined;

/**
 * Makes the class iterable over pairs (`iterable<K, V>`): entries, keys, values, forEach and Symbol.iterator. `at` checks
 * the brand and gives the pair with that index, or undefined behind the last: a list that changes is seen as it is.
 */
export function definePairIterable<T extends object>(Class: AnyClass & { prototype: T }, name: string, at: PairAt<T>) {
  class PairIterator {
    #target: T;
    #kind: 0 | 1 | 2;
    #index = 0;

    constructor(target: T, kind: 0 | 1 | 2) {
      this.#target = target;
      this.#kind = kind;
    }

    next(): IteratorResult<unknown> {
      const pair = at(this.#target, this.#index);
      if (!pair) return { value: undefined, done: true };
      this.#index++;
      return { value: this.#kind === 2 ? [pair[0], pair[1]] : pair[this.#kind], done: false };
    }
  }
  const prototype = PairIterator.prototype;
  delete (prototype as { constructor?: unknown }).constructor;
  setPrototypeOf(prototype, IteratorPrototype);
  expose(prototype, 'next', {});
  defineProperty(prototype, toStringTag, { value: `${name} Iterator`, configurable: true });

  // -1 is no pair; `at` only checks the brand.
  const begin = (self: T, kind: 0 | 1 | 2) => {
    at(self, -1);
    return new PairIterator(self, kind);
  };
  const methods = {
    entries(this: T) {
      return begin(this, 2);
    },
    keys(this: T) {
      return begin(this, 0);
    },
    values(this: T) {
      return begin(this, 1);
    },
    forEach(this: T, callback: unknown, thisArg?: unknown) {
      at(this, -1);
      requireArguments(arguments.length, 1, `${name}.forEach`);
      if (typeof callback !== 'function') throw new TypeError(`The callback of ${name}.forEach must be a function`);
      for (let i = 0; ; i++) {
        const pair = at(this, i);
        if (!pair) return;
        Reflect.apply(callback, thisArg, [pair[1], pair[0], this]);
      }
    },
  };
  for (const [key, value] of Object.entries(methods)) {
    defineProperty(Class.prototype, key, { value, writable: true, enumerable: true, configurable: true });
  }
  defineProperty(methods.forEach, 'length', { value: 1, configurable: true });
  defineProperty(Class.prototype, iteratorKey, { value: methods.entries, writable: true, configurable: true });
}
