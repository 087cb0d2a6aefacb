/**
 * Conversions of Web IDL to sequences, records, dictionaries and callbacks
 * (https://webidl.spec.whatwg.org/#js-type-mapping).
 */

/** What converts one value; `what` names it in errors: "The first argument of Headers.append". */
export type Converter<T> = (value: unknown, what: string) => T;

const { apply, ownKeys, defineProperty } = Reflect;
const { propertyIsEnumerable: isEnumerable } = Object.prototype;
const { keys } = Object;
const iteratorKey: typeof Symbol.iterator = Symbol.iterator;

/** What Web IDL calls an object: functions are. */
export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** For `T?`: null and undefined are null. */
export function nullable<T>(to: Converter<T>): Converter<T | null> {
  return (value, what) => (value === undefined || value === null ? null : to(value, what));
}

const { isArray } = Array;
const arrayIterator: unknown = Array.prototype[iteratorKey];
const stepsOfArrays = Object.getPrototypeOf([].values()) as { next: unknown };
const arrayNext = stepsOfArrays.next;

/** Whether `method` would go over an array as it is written: nobody can see that an index was used instead. */
export const iteratesAsArray = (value: unknown, method: unknown): value is unknown[] =>
  method === arrayIterator && stepsOfArrays.next === arrayNext && isArray(value);

/** At the end of a list of our own. */
function add<T>(items: T[], item: T): void {
  const { length } = items;
  items[length] = item;
  if (items.length > length) return;
  // The guest has given Array.prototype a setter for this index, which took it.
  defineProperty(items, length, { value: item, writable: true, enumerable: true, configurable: true });
}

/** A sequence, from anything that iterates. `method` is what `value[Symbol.iterator]` gave when it was already read. */
export function toSequence<T>(value: unknown, to: Converter<T>, what = 'The value', method?: unknown): T[] {
  if (!isObject(value)) throw new TypeError(`${what} must be a sequence, got ${typeOf(value)}`);
  const begin = method ?? (value as { [iteratorKey]?: unknown })[iteratorKey];
  if (typeof begin !== 'function') throw new TypeError(`${what} must be a sequence: it does not iterate`);
  const items: T[] = [];
  if (iteratesAsArray(value, begin)) {
    for (let i = 0; i < value.length; i++) add(items, to(value[i], `${what}[${i}]`));
    return items;
  }
  const iterator = apply(begin, value, []) as Iterator<unknown>;
  if (!isObject(iterator)) throw new TypeError(`${what} must be a sequence: its iterator is not an object`);
  const { next } = iterator;
  // Web IDL does not close the iterator when a conversion throws.
  for (;;) {
    const step = apply(next, iterator, []) as IteratorResult<unknown>;
    if (!isObject(step)) throw new TypeError(`${what} must be a sequence: its iterator gave no object`);
    if (step.done) return items;
    add(items, to(step.value, `${what}[${items.length}]`));
  }
}

/** A record: the object's own enumerable properties in their order, as pairs whose keys are unique. */
export function toRecord<T>(
  value: unknown,
  toKey: Converter<string>,
  toValue: Converter<T>,
  what = 'The value',
): [string, T][] {
  if (!isObject(value)) throw new TypeError(`${what} must be an object, got ${typeOf(value)}`);
  const pairs: [string, T][] = [];
  const all = ownKeys(value);
  const whatKey = `A key of ${what}`;
  let places: Map<string, number> | undefined;
  for (let i = 0; i < all.length; i++) {
    const key = all[i] as string;
    if (!apply(isEnumerable, value, [key])) continue;
    const name = toKey(key, whatKey);
    const given = (value as Record<PropertyKey, unknown>)[key];
    // A text needs no conversion that could fail and would have to say which one it was.
    const item = toValue(given, typeof given === 'string' ? what : `${what}['${name}']`);
    // Only what the conversion has changed can be there twice.
    if (name !== key) places ??= new Map(pairs.map(([known], place) => [known, place]));
    const place = places?.get(name);
    if (place !== undefined) {
      (pairs[place] as [string, T])[1] = item;
    } else {
      places?.set(name, pairs.length);
      pairs.push([name, item]);
    }
  }
  return pairs;
}

export interface DictionaryMember<T = unknown> {
  to: Converter<T>;
  /** What stands there when the member is undefined. */
  default?: T | (() => T);
  required?: boolean;
}

type Members = Record<string, DictionaryMember>;
type Given<M> = M extends { to: Converter<infer T> }
  ? M extends { default: unknown } | { required: true }
    ? T
    : T | undefined
  : never;
export type Dictionary<M extends Members> = { [K in keyof M]: Given<M[K]> };

/**
 * A dictionary without a prototype, with all of `members`. They are read in the order in which they are written: those of
 * an inherited dictionary first, each level in alphabetical order. undefined and null are an empty dictionary.
 */
export function toDictionary<M extends Members>(value: unknown, members: M, what = 'The value'): Dictionary<M> {
  if (value !== undefined && value !== null && !isObject(value)) {
    throw new TypeError(`${what} must be an object, got ${typeOf(value)}`);
  }
  const result = { __proto__: null } as unknown as Record<string, unknown>;
  const names = keys(members);
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    const member = members[name] as DictionaryMember;
    const given = value === undefined || value === null ? undefined : (value as Record<string, unknown>)[name];
    if (given !== undefined) {
      result[name] = member.to(given, `${what}.${name}`);
    } else if (member.required) {
      throw new TypeError(`${what} must have a member '${name}'`);
    } else {
      result[name] = typeof member.default === 'function' ? member.default() : member.default;
    }
  }
  return result as Dictionary<M>;
}

// biome-ignore lint/suspicious/noExplicitAny: a function of the guest takes and gives anything.
export type Callback = (...args: any[]) => any;

export function toFunction(value: unknown, what = 'The value'): Callback {
  if (typeof value !== 'function') throw new TypeError(`${what} must be a function, got ${typeOf(value)}`);
  return value as Callback;
}

export function toObject(value: unknown, what = 'The value'): object {
  if (!isObject(value)) throw new TypeError(`${what} must be an object, got ${typeOf(value)}`);
  return value;
}

/** An instance of an interface, by its brand: `toInterface(value, isBlob, 'Blob', what)`. */
export function toInterface<T>(
  value: unknown,
  is: (value: unknown) => value is T,
  name: string,
  what = 'The value',
): T {
  if (!is(value)) throw new TypeError(`${what} must be a ${name}, got ${typeOf(value)}`);
  return value;
}

/** A value's kind, for errors. */
export function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'undefined';
  const type = typeof value;
  return type === 'object' ? 'an object' : `a ${type}`;
}
