/** URLSearchParams, after https://url.spec.whatwg.org/#interface-urlsearchparams. */
import { Kind } from '../../../shared/web/parts.ts';
import { registerCrossing } from '../base/crossing.ts';
import {
  defineInterface,
  definePairIterable,
  isObject,
  requireArguments,
  toRecord,
  toSequence,
  toUSVString,
} from '../base/webidl.ts';
import { type Pair, parseForm, serializeForm } from './form.ts';

type Update = (query: string) => void;

/** For URL: its own parameters, which tell it when they change. */
export let bindSearchParams: (search: string, update: Update) => URLSearchParams;
/** For URL: its query was set. */
export let replaceSearchParams: (params: URLSearchParams, search: string) => void;
/** For bodies: the parameters of a value that is one; undefined of any other. */
export let serializeSearchParams: (value: unknown) => string | undefined;

let isSearchParams: (value: unknown) => value is URLSearchParams;

const behindMark = (search: string) => (search[0] === '?' ? search.slice(1) : search);

/** What the constructor takes: pairs, a record or a query. */
function read(init: unknown): Pair[] {
  if (!isObject(init)) return parseForm(behindMark(toUSVString(init, 'The query')));
  const method = (init as { [Symbol.iterator]?: unknown })[Symbol.iterator];
  if (method === undefined || method === null) {
    return toRecord(init, toUSVString, toUSVString, 'The parameters');
  }
  return toSequence(init, toPair, 'The parameters', method);
}

function toPair(value: unknown, what: string): Pair {
  const pair = toSequence(value, toUSVString, what);
  if (pair.length !== 2) throw new TypeError(`${what} must be a pair of a name and a value, got ${pair.length} items`);
  return pair as unknown as Pair;
}

class URLSearchParams {
  #list: Pair[];
  #update: Update | undefined;

  static {
    bindSearchParams = (search, update) => {
      const params = new URLSearchParams();
      params.#list = parseForm(behindMark(search));
      params.#update = update;
      return params;
    };
    replaceSearchParams = (params, search) => {
      params.#list = parseForm(behindMark(search));
    };
    isSearchParams = (value): value is URLSearchParams => isObject(value) && #list in value;
    serializeSearchParams = (value) => (isSearchParams(value) ? serializeForm(value.#list) : undefined);
    definePairIterable(URLSearchParams, 'URLSearchParams', (params, index) => params.#list[index]);
  }

  constructor(init: unknown = '') {
    this.#list = read(init);
  }

  #changed(): void {
    this.#update?.(serializeForm(this.#list));
  }

  get size(): number {
    return this.#list.length;
  }

  append(name: unknown, value: unknown): void {
    const list = this.#list;
    requireArguments(arguments.length, 2, 'URLSearchParams.append');
    list.push([toUSVString(name, 'The name'), toUSVString(value, 'The value')]);
    this.#changed();
  }

  delete(name: unknown, value: unknown = undefined): void {
    void this.#list;
    requireArguments(arguments.length, 1, 'URLSearchParams.delete');
    const key = toUSVString(name, 'The name');
    const only = value === undefined ? undefined : toUSVString(value, 'The value');
    this.#list = this.#list.filter((pair) => pair[0] !== key || (only !== undefined && pair[1] !== only));
    this.#changed();
  }

  get(name: unknown): string | null {
    void this.#list;
    requireArguments(arguments.length, 1, 'URLSearchParams.get');
    const key = toUSVString(name, 'The name');
    for (const pair of this.#list) if (pair[0] === key) return pair[1];
    return null;
  }

  getAll(name: unknown): string[] {
    void this.#list;
    requireArguments(arguments.length, 1, 'URLSearchParams.getAll');
    const key = toUSVString(name, 'The name');
    const values: string[] = [];
    for (const pair of this.#list) if (pair[0] === key) values.push(pair[1]);
    return values;
  }

  has(name: unknown, value: unknown = undefined): boolean {
    void this.#list;
    requireArguments(arguments.length, 1, 'URLSearchParams.has');
    const key = toUSVString(name, 'The name');
    const only = value === undefined ? undefined : toUSVString(value, 'The value');
    for (const pair of this.#list) {
      if (pair[0] === key && (only === undefined || pair[1] === only)) return true;
    }
    return false;
  }

  set(name: unknown, value: unknown): void {
    void this.#list;
    requireArguments(arguments.length, 2, 'URLSearchParams.set');
    const key = toUSVString(name, 'The name');
    const item = toUSVString(value, 'The value');
    let found = false;
    const list: Pair[] = [];
    for (const pair of this.#list) {
      if (pair[0] !== key) {
        list.push(pair);
      } else if (!found) {
        list.push([key, item]);
        found = true;
      }
    }
    if (!found) list.push([key, item]);
    this.#list = list;
    this.#changed();
  }

  sort(): void {
    // By UTF-16 units, as strings compare; the sort is stable.
    this.#list.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
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
