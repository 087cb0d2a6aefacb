import { inspect, types } from 'node:util';
import { brief, isLong } from '../errors/brief.ts';
import { dataProperty } from '../shared/own.ts';

/**
 * What a guest logs, as the host's console can print it at once: as it is, or if that would take long, copies of the
 * beginning. `console.log` prints the digits of any BigInt, and an object as often as it is met. It also calls the
 * `toString` of an object for `%s`, which here would be the guest.
 */
export function printable(args: readonly unknown[]): unknown[] {
  const shown = args.slice(0, MOST_ITEMS);
  const light = new Weight();
  const parts = shown.every((arg) => isText(arg) || light.admits(arg, 0)) ? shown : copies(shown);
  if (args.length > shown.length) parts.push(new Shown(`... ${args.length - shown.length} more`));
  if (typeof args[0] !== 'string' || !args[0].includes('%')) return parts;
  return parts.map((part) => (typeof part === 'object' || typeof part === 'function' ? inspect(part) : part));
}

/** As many as `util.inspect` shows of an array. */
const MOST_ITEMS = 100;
/** One more than `util.inspect` goes. */
const MOST_LEVELS = 4;
const MOST_VALUES = 10_000;
const CHARACTERS_PER_VALUE = 64;
const LONGEST_BIGINT = 1n << 4096n;
/** Values that the digits of one BigInt count as, up to the longest that is printed. */
const LONG_BIGINT = 20;

// The console's own limit of bytes is on them, and nothing prints one twice.
const isText = (arg: unknown): arg is string => typeof arg === 'string';

/** Counts what would be printed, until that is too much. */
class Weight {
  #left = MOST_VALUES;

  admits(value: unknown, level: number): boolean {
    if (typeof value === 'string') return this.#take(1 + value.length / CHARACTERS_PER_VALUE);
    if (!this.#take(1)) return false;
    if (typeof value === 'bigint') return !isLong(value, LONGEST_BIGINT) && (!isLong(value) || this.#take(LONG_BIGINT));
    if (typeof value !== 'object' || value === null) return true;
    if (level > MOST_LEVELS) return false;
    if (types.isBigIntObject(value)) return this.admits(BigInt.prototype.valueOf.call(value), level);
    if (types.isMap(value) || types.isSet(value)) {
      if (value.size > this.#left) return false;
      for (const item of value) if (!this.admits(item, level + 1)) return false;
      return true;
    }
    if (Array.isArray(value)) {
      if (value.length > this.#left) return false;
      return value.every((item) => this.admits(item, level + 1));
    }
    if (types.isNativeError(value) && !this.#admitsHidden(value, level)) return false;
    if (types.isAnyArrayBuffer(value) || types.isArrayBufferView(value)) return true;
    for (const key in value) {
      if (!Object.hasOwn(value, key)) break;
      if (!this.admits(key, level) || !this.admits(value[key as keyof typeof value], level + 1)) return false;
    }
    return true;
  }

  #admitsHidden(error: Error, level: number): boolean {
    return hiddenParts.every((key) => this.admits(error[key as keyof Error], level + 1));
  }

  #take(count: number): boolean {
    this.#left -= count;
    return this.#left >= 0;
  }
}

const hiddenParts = ['stack', 'message', 'cause', 'errors'];

/** Prints as its text. */
class Shown {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  [inspect.custom](): string {
    return this.#text;
  }
}

function copies(args: readonly unknown[]): unknown[] {
  let left = MOST_VALUES;
  const inside = new Set<object>();
  return args.map((arg) => (isText(arg) ? arg : copy(arg, 0)));

  function copy(value: unknown, level: number): unknown {
    left -= typeof value === 'string' ? 1 + value.length / CHARACTERS_PER_VALUE : 1;
    if (typeof value === 'bigint') {
      if (isLong(value)) left -= LONG_BIGINT;
      return left < 0 || isLong(value, LONGEST_BIGINT) ? new Shown('a BigInt with very many digits') : value;
    }
    if (typeof value === 'string') return left < 0 ? '…' : value;
    if (typeof value !== 'object' || value === null) return value;
    if (inside.has(value)) return new Shown('[Circular]');
    if (level > MOST_LEVELS || left < 0 || types.isBoxedPrimitive(value)) return new Shown(brief(value));
    inside.add(value);
    const copied = container(value, level + 1);
    inside.delete(value);
    return copied;
  }

  function container(value: object, level: number): unknown {
    if (types.isMap(value)) {
      const entries = first(value, (key, item) => [copy(key, level), copy(item, level)] as const);
      return new Map(value.size > MOST_ITEMS ? [...entries, [more(value.size), undefined]] : entries);
    }
    if (types.isSet(value)) {
      const items = first(value, (item) => copy(item, level));
      return new Set(value.size > MOST_ITEMS ? [...items, more(value.size)] : items);
    }
    if (Array.isArray(value)) {
      const items = value.slice(0, MOST_ITEMS).map((item) => copy(item, level));
      if (value.length > MOST_ITEMS) items.push(more(value.length));
      return items;
    }
    if (types.isNativeError(value)) return errorCopy(value, level);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return value;
    return properties(Object.create(prototype), value, level);
  }

  function properties(target: object, value: object, level: number): object {
    let count = 0;
    for (const key in value) {
      const enough = ++count > MOST_ITEMS || left < 0;
      const item = enough ? new Shown('...') : copy(value[key as keyof typeof value], level);
      const name = enough ? '...' : key.slice(0, 1000);
      Object.defineProperty(target, name, dataProperty(item, { enumerable: true, configurable: true }));
      if (enough) break;
    }
    return target;
  }

  function errorCopy(error: Error, level: number): object {
    const target = Object.setPrototypeOf(new Error(), Object.getPrototypeOf(error));
    for (const key of hiddenParts) {
      if (!Object.hasOwn(error, key)) continue;
      const value = copy(error[key as keyof Error], level);
      Object.defineProperty(target, key, dataProperty(value, { configurable: true }));
    }
    return properties(target, error, level);
  }
}

const more = (size: number): Shown => new Shown(`... ${size - MOST_ITEMS} more items`);

/** What `copied` makes of the first members of a Map or Set. */
function first<T>(
  collection: ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>,
  copied: (key: unknown, item: unknown) => T,
): T[] {
  const members: T[] = [];
  for (const [key, item] of collection.entries()) {
    if (members.length === MOST_ITEMS) break;
    members.push(copied(key, item));
  }
  return members;
}
