/** URLSearchParams, after https://url.spec.whatwg.org/#interface-urlsearchparams. */
import { Kind } from '../../../shared/web/parts.ts';
import { registerCrossing } from '../base/crossing.ts';
import {
  defineInterface,
  definePairIterable,
  isObject,
  iteratesAsArray,
  requireArguments,
  toRecord,
  toSequence,
  toUSVString,
} from '../base/webidl.ts';
import { parseForm, serializeForm } from './form.ts';

type Update = (query: string) => void;

/** For URL: its own parameters, which tell it when they change. */
export let bindSearchParams: (search: string, update: Update) => URLSearchParams;
/** For URL: its query was set. */
export let replaceSearchParams: (params: URLSearchParams, search: string) => void;
/** For bodies: the parameters of a value that is one; undefined of any other. */
export let serializeSearchParams: (value: unknown) => string | undefined;

let isSearchParams: (value: unknown) => value is URLSearchParams;

const behindMark = (search: string) => (search[0] === '?' ? search.slice(1) : search);

/** What the constructor takes: pairs, a record or a query; names and values in turn. */
function read(init: unknown): string[] {
  if (!isObject(init)) return parseForm(behindMark(toUSVString(init, 'The query')));
  const method = (init as { [Symbol.iterator]?: unknown })[Symbol.iterator];
  const pairs =
    method === undefined || method === null
      ? toRecord(init, toUSVString, toUSVString, 'The parameters')
      : toSequence(init, toPair, 'The parameters', method);
  return flat(pairs);
}

type Pair = [name: string, value: string];

function toPair(value: unknown, what: string): Pair {
  const method = isObject(value) ? (value as { [Symbol.iterator]?: unknown })[Symbol.iterator] : undefined;
  if (iteratesAsArray(value, method) && value.length === 2) {
    return [toUSVString(value[0], what), toUSVString(value[1], what)];
  }
  const pair = toSequence(value, toUSVString, what, method);
  if (pair.length !== 2) throw new TypeError(`${what} must be a pair of a name and a value, got ${pair.length} items`);
  return pair as unknown as Pair;
}

function flat(pairs: readonly Pair[]): string[] {
  const list: string[] = [];
  for (let i = 0; i < pairs.length; i++) {
    const pair = pairs[i] as Pair;
    list.push(pair[0], pair[1]);
  }
  return list;
}

const pairAt = (list: string[], index: number): Pair | undefined =>
  index >= 0 && index * 2 < list.length ? [list[index * 2] as string, list[index * 2 + 1] as string] : undefined;

class URLSearchParams {
  /** Names and values in turn. */
  #list: string[];
  #update: Update | undefined;

  static {
    bindSearchParams = (search, update) => {
      const params = new URLSearchParams(search);
      params.#update = update;
      return params;
    };
    replaceSearchParams = (params, search) => {
      params.#list = parseForm(behindMark(search));
    };
    isSearchParams = (value): value is URLSearchParams => isObject(value) && #list in value;
    serializeSearchParams = (value) => (isSearchParams(value) ? serializeForm(value.#list) : undefined);
    definePairIterable(URLSearchParams, 'URLSearchParams', (params, index) => pairAt(params.#list, index));
  }

  constructor(init: unknown = '') {
    this.#list = read(init);
  }

  #changed(): void {
    this.#update?.(serializeForm(this.#list));
  }

  get size(): number {
    return this.#list.length / 2;
  }

  append(name: unknown, value: unknown): void {
    void this.#list;
    requireArguments(arguments.length, 2, 'URLSearchParams.append');
    const key = toUSVString(name, 'The name');
    const item = toUSVString(value, 'The value');
    // Only now: converting them runs guest code.
    this.#list.push(key, item);
    this.#changed();
  }

  delete(name: unknown, value: unknown = undefined): void {
    void this.#list;
    requireArguments(arguments.length, 1, 'URLSearchParams.delete');
    const key = toUSVString(name, 'The name');
    const only = value === undefined ? undefined : toUSVString(value, 'The value');
    const before = this.#list;
    const list: string[] = [];
    for (let i = 0; i < before.length; i += 2) {
      const item = before[i + 1] as string;
      if (before[i] !== key || (only !== undefined && item !== only)) list.push(before[i] as string, item);
    }
    this.#list = list;
    this.#changed();
  }

  get(name: unknown): string | null {
    void this.#list;
    requireArguments(arguments.length, 1, 'URLSearchParams.get');
    const key = toUSVString(name, 'The name');
    const list = this.#list;
    for (let i = 0; i < list.length; i += 2) if (list[i] === key) return list[i + 1] as string;
    return null;
  }

  getAll(name: unknown): string[] {
    void this.#list;
    requireArguments(arguments.length, 1, 'URLSearchParams.getAll');
    const key = toUSVString(name, 'The name');
    const values: string[] = [];
    const list = this.#list;
    for (let i = 0; i < list.length; i += 2) if (list[i] === key) values.push(list[i + 1] as string);
    return values;
  }

  has(name: unknown, value: unknown = undefined): boolean {
    void this.#list;
    requireArguments(arguments.length, 1, 'URLSearchParams.has');
    const key = toUSVString(name, 'The name');
    const only = value === undefined ? undefined : toUSVString(value, 'The value');
    const list = this.#list;
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === key && (only === undefined || list[i + 1] === only)) return true;
    }
    return false;
  }

  set(name: unknown, value: unknown): void {
    void this.#list;
    requireArguments(arguments.length, 2, 'URLSearchParams.set');
    const key = toUSVString(name, 'The name');
    const item = toUSVString(value, 'The value');
    const before = this.#list;
    let found = false;
    const list: string[] = [];
    for (let i = 0; i < before.length; i += 2) {
      if (before[i] !== key) {
        list.push(before[i] as string, before[i + 1] as string);
      } else if (!found) {
        list.push(key, item);
        found = true;
      }
    }
    if (!found) list.push(key, item);
    this.#list = list;
    this.#changed();
  }

  sort(): void {
    // By UTF-16 units, as strings compare; the sort is stable.
    const pairs: Pair[] = [];
    for (let i = 0; i * 2 < this.#list.length; i++) pairs.push(pairAt(this.#list, i) as Pair);
    pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
    this.#list = flat(pairs);
    this.#changed();
  }

  toString(): string {
    return serializeForm(this.#list);
  }
}

defineInterface(URLSearchParams, {
  name: 'URLSearchParams',
  members: ['size', 'append', 'delete', 'get', 'getAll', 'has', 'set', 'sort', 'toString'],
  lengths: { constructor: 0, delete: 1, has: 1 },
});

registerCrossing(isSearchParams, (params) => [Kind.searchParams, serializeSearchParams(params)]);

export { URLSearchParams };
