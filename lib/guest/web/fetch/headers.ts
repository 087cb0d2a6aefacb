/** Headers (https://fetch.spec.whatwg.org/#headers-class). */
import { Kind } from '../../../shared/web/parts.ts';
import { registerCrossing } from '../base/crossing.ts';
import {
  defineInterface,
  definePairIterable,
  internal,
  isObject,
  iteratesAsArray,
  requireArguments,
  toSequence,
  typeOf,
} from '../base/webidl.ts';
import { HeaderList } from './header-list.ts';
import {
  checkHeaderName,
  checkHeaderValue,
  findKnown,
  isNoCorsHeader,
  isNoCorsName,
  isPlain,
  toHeaderText,
} from './header-rules.ts';

/** Whether the guest may change the headers, and which. */
export type Guard = 'none' | 'request' | 'request-no-cors' | 'response' | 'immutable';

/** What `new Headers()` takes, converted: pairs of names and values, or headers as they are. */
export type HeadersInit = readonly Pair[] | HeaderList;

/** `valid`: the name is one in lower case, and neither has to be looked at again. */
type Pair = readonly [name: string, value: string, valid?: boolean];

export let isHeaders: (value: unknown) => value is Headers;
export let makeHeaders: (list: HeaderList, guard: Guard) => Headers;
export let listOf: (headers: Headers) => HeaderList;
export let guardOf: (headers: Headers) => Guard;
/** Appends all of them, by the rules of the guard. */
export let fill: (headers: Headers, init: HeadersInit) => void;

export class Headers {
  #list!: HeaderList;
  #guard: Guard = 'none';

  constructor(init: unknown = undefined) {
    // Its list comes from `makeHeaders`.
    if (init === internal) return;
    this.#list = new HeaderList();
    if (init !== undefined) this.#fill(toHeadersInit(init, 'The first argument of new Headers'));
  }

  append(name: unknown, value: unknown): void {
    const list = this.#list;
    requireArguments(arguments.length, 2, 'Headers.append');
    const given = toHeaderText(name, 'The name of a header');
    this.#append(list, given, toHeaderText(value, 'The value of a header'));
  }

  delete(name: unknown): void {
    const list = this.#list;
    requireArguments(arguments.length, 1, 'Headers.delete');
    const key = checkHeaderName(toHeaderText(name, 'The name of a header'));
    this.#refuseImmutable();
    const noCors = this.#guard === 'request-no-cors';
    if (noCors && !isNoCorsName(key) && key !== 'range') return;
    list.delete(key);
    if (noCors) list.delete('range');
  }

  get(name: unknown): string | null {
    const list = this.#list;
    requireArguments(arguments.length, 1, 'Headers.get');
    return list.get(checkHeaderName(toHeaderText(name, 'The name of a header')));
  }

  getSetCookie(): string[] {
    return [...this.#list.cookies];
  }

  has(name: unknown): boolean {
    const list = this.#list;
    requireArguments(arguments.length, 1, 'Headers.has');
    return list.has(checkHeaderName(toHeaderText(name, 'The name of a header')));
  }

  set(name: unknown, value: unknown): void {
    const list = this.#list;
    requireArguments(arguments.length, 2, 'Headers.set');
    const given = toHeaderText(name, 'The name of a header');
    const text = toHeaderText(value, 'The value of a header');
    const key = checkHeaderName(given);
    const checked = checkHeaderValue(text, key);
    this.#refuseImmutable();
    const noCors = this.#guard === 'request-no-cors';
    if (noCors && !isNoCorsHeader(key, checked)) return;
    list.set(key, checked);
    if (noCors) list.delete('range');
  }

  #append(list: HeaderList, name: string, value: string): void {
    const key = checkHeaderName(name);
    const checked = checkHeaderValue(value, key);
    if (this.#takesAll) {
      list.append(key, checked);
      return;
    }
    this.#refuseImmutable();
    const before = list.get(key);
    if (!isNoCorsHeader(key, before === null ? checked : `${before}, ${checked}`)) return;
    list.append(key, checked);
    list.delete('range');
  }

  get #takesAll(): boolean {
    return this.#guard === 'none' || this.#guard === 'response' || this.#guard === 'request';
  }

  #fill(init: HeadersInit): void {
    const pairs = init instanceof HeaderList ? init.sorted : init;
    for (let i = 0; i < pairs.length; i++) {
      const pair = pairs[i] as Pair;
      if (pair[2] && this.#takesAll) this.#list.append(pair[0], pair[1]);
      else this.#append(this.#list, pair[0], pair[1]);
    }
  }

  #refuseImmutable(): void {
    if (this.#guard === 'immutable') throw new TypeError('These headers are immutable');
  }

  static {
    isHeaders = (value): value is Headers => isObject(value) && #list in value;
    listOf = (headers) => headers.#list;
    guardOf = (headers) => headers.#guard;
    makeHeaders = (list, guard) => {
      const headers = new Headers(internal);
      headers.#list = list;
      headers.#guard = guard;
      return headers;
    };
    fill = (headers, init) => headers.#fill(init);
  }
}

defineInterface(Headers, {
  name: 'Headers',
  members: ['append', 'delete', 'get', 'getSetCookie', 'has', 'set'],
  lengths: { constructor: 0 },
});
definePairIterable(Headers, 'Headers', (headers, index) => listOf(headers).sorted[index]);

registerCrossing(isHeaders, (headers) => [Kind.headers, listOf(headers).flat()]);

const isEnumerable = Object.prototype.propertyIsEnumerable;
const { iterator: iteratorKey } = Symbol;
const ownIterator = (Headers.prototype as unknown as { [iteratorKey]: unknown })[iteratorKey];

/** The union of a sequence of pairs and a record. */
export function toHeadersInit(value: unknown, what: string): HeadersInit {
  if (!isObject(value)) throw new TypeError(`${what} must be an object or a sequence of pairs, got ${typeOf(value)}`);
  const method = (value as { [iteratorKey]?: unknown })[iteratorKey];
  if (method === undefined || method === null) return toPairs(value, what);
  if (method === ownIterator && isHeaders(value)) return listOf(value).copy();
  return toSequence(value, toPair, what, method);
}

function toPair(item: unknown, what: string): [string, string] {
  const method = isObject(item) ? (item as { [iteratorKey]?: unknown })[iteratorKey] : undefined;
  if (iteratesAsArray(item, method) && item.length === 2) {
    return [toHeaderText(item[0], what), toHeaderText(item[1], what)];
  }
  const pair = toSequence(item, toHeaderText, what, method);
  if (pair.length !== 2) throw new TypeError(`${what} must be a pair of name and value`);
  return pair as unknown as [string, string];
}

/** Its own enumerable properties. Their names are unique, and a ByteString is the string itself. */
function toPairs(value: object, what: string): Pair[] {
  const pairs: Pair[] = [];
  const keys = Reflect.ownKeys(value);
  const whatKey = `A key of ${what}`;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    if (!Reflect.apply(isEnumerable, value, [key])) continue;
    const lower = typeof key === 'string' ? findKnown(key) : undefined;
    const name = lower ?? toHeaderText(key, whatKey);
    const item = (value as Record<string, unknown>)[key];
    if (lower !== undefined && typeof item === 'string' && isPlain(item)) pairs.push([lower, item, true]);
    else pairs.push([name, toHeaderText(item, `The header '${name}' in ${what}`)]);
  }
  return pairs;
}
