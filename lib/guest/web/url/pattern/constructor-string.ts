/** Takes a pattern of a whole URL apart (https://urlpattern.spec.whatwg.org/#constructor-string-parsing). */
import { protocol as canonicalizeProtocol } from './canonicalize.ts';
import { compile } from './component.ts';
import { type ComponentName, matchesSpecial, type PatternInit, plainOptions } from './init.ts';
import { type Token, tokenize } from './tokenizer.ts';

type State = 'init' | 'authority' | 'done' | ComponentName;

/** In the order of a URL. */
const order: readonly State[] = [
  'init',
  'protocol',
  'authority',
  'username',
  'password',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
  'done',
];
const before = (a: State, b: State) => order.indexOf(a) < order.indexOf(b);

class ConstructorString {
  readonly #text: string;
  readonly #tokens: Token[];
  readonly #result: PatternInit = {};
  #state: State = 'init';
  #start = 0;
  #index = 0;
  #step = 1;
  #depth = 0;
  #brackets = 0;
  #special = false;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text, true);
  }

  run(): PatternInit {
    for (; this.#index < this.#tokens.length && this.#state !== 'done'; this.#index += this.#step) {
      this.#step = 1;
      const { type } = this.#tokens[this.#index] as Token;
      if (type === 'end') {
        this.#end();
      } else if (type === 'open') {
        this.#depth++;
      } else if (this.#depth > 0 && type !== 'close') {
        // What is in braces belongs to the component that they are in.
      } else {
        if (this.#depth > 0) this.#depth--;
        this.#look();
      }
    }
    if (this.#result.hostname !== undefined) this.#result.port ??= '';
    return this.#result;
  }

  #end(): void {
    if (this.#state === 'init') {
      this.#rewind();
      if (this.#is('#')) this.#change('hash', 1);
      else if (this.#isSearch()) this.#change('search', 1);
      else this.#change('pathname', 0);
    } else if (this.#state === 'authority') {
      this.#rewind('hostname');
    } else {
      this.#change('done', 0);
    }
  }

  #look(): void {
    switch (this.#state) {
      case 'init':
        if (this.#is(':')) this.#rewind('protocol');
        return;
      case 'protocol':
        if (this.#is(':')) this.#endProtocol();
        return;
      case 'authority':
        if (this.#is('@')) this.#rewind('username');
        else if (this.#is('/') || this.#isSearch() || this.#is('#')) this.#rewind('hostname');
        return;
      case 'username':
        if (this.#is(':')) this.#change('password', 1);
        else if (this.#is('@')) this.#change('hostname', 1);
        return;
      case 'password':
        if (this.#is('@')) this.#change('hostname', 1);
        return;
      case 'hostname':
        if (this.#is('[')) this.#brackets++;
        else if (this.#is(']')) this.#brackets--;
        else if (this.#is(':') && this.#brackets === 0) this.#change('port', 1);
        else this.#lookForPath();
        return;
      case 'port':
        this.#lookForPath();
        return;
      case 'pathname':
        if (this.#isSearch()) this.#change('search', 1);
        else if (this.#is('#')) this.#change('hash', 1);
        return;
      case 'search':
        if (this.#is('#')) this.#change('hash', 1);
        return;
    }
  }

  #lookForPath(): void {
    if (this.#is('/')) this.#change('pathname', 0);
    else if (this.#isSearch()) this.#change('search', 1);
    else if (this.#is('#')) this.#change('hash', 1);
  }

  #endProtocol(): void {
    this.#special = matchesSpecial(compile(this.#component(), canonicalizeProtocol, plainOptions));
    if (this.#is('/', 1) && this.#is('/', 2)) this.#change('authority', 3);
    else this.#change(this.#special ? 'authority' : 'pathname', 1);
  }

  #token(ahead = 0): Token {
    return this.#tokens[this.#index + ahead] ?? (this.#tokens.at(-1) as Token);
  }

  /** A character that means itself. */
  #is(value: string, ahead = 0): boolean {
    const token = this.#token(ahead);
    return (
      token.value === value && (token.type === 'char' || token.type === 'escaped-char' || token.type === 'invalid-char')
    );
  }

  /** A question mark that is no modifier. */
  #isSearch(): boolean {
    if (this.#is('?')) return true;
    if (this.#token().value !== '?') return false;
    if (this.#index === 0) return true;
    const { type } = this.#token(-1);
    return type !== 'name' && type !== 'regexp' && type !== 'close' && type !== 'asterisk';
  }

  #component(): string {
    const from = this.#tokens[this.#start] ?? (this.#tokens.at(-1) as Token);
    return this.#text.slice(from.index, this.#token().index);
  }

  /** Goes back to where the component began. */
  #rewind(state = this.#state): void {
    this.#index = this.#start;
    this.#step = 0;
    this.#state = state;
  }

  #change(next: State, skip: number): void {
    const state = this.#state;
    const result = this.#result;
    if (state !== 'init' && state !== 'authority' && state !== 'done') result[state] = this.#component();
    // What a URL without these parts has.
    if (state !== 'init' && next !== 'done') {
      if (before(state, 'hostname') && before('hostname', next)) result.hostname ??= '';
      if (before(state, 'pathname') && before('pathname', next)) result.pathname ??= this.#special ? '/' : '';
      if (before(state, 'search') && before('search', next)) result.search ??= '';
    }
    this.#state = next;
    this.#index += skip;
    this.#start = this.#index;
    this.#step = 0;
  }
}

export function parseConstructorString(text: string): PatternInit {
  return new ConstructorString(text).run();
}
