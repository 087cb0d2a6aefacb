/** Splits a pattern into tokens (https://urlpattern.spec.whatwg.org/#tokenizing). */

export type TokenType =
  | 'open'
  | 'close'
  | 'regexp'
  | 'name'
  | 'char'
  | 'escaped-char'
  | 'other-modifier'
  | 'asterisk'
  | 'end'
  | 'invalid-char';

export interface Token {
  readonly type: TokenType;
  /** Of its first unit in the text. */
  readonly index: number;
  readonly value: string;
}

const nameStart = /^[$_\p{ID_Start}]$/u;
const namePart = /^(?:[$\p{ID_Continue}]|\u200c|\u200d)$/u;

export const isNameCharacter = (character: string, first: boolean) => (first ? nameStart : namePart).test(character);

const isAscii = (character: string) => character.charCodeAt(0) < 0x80;

const single: Readonly<Record<string, TokenType>> = {
  '*': 'asterisk',
  '+': 'other-modifier',
  '?': 'other-modifier',
  '{': 'open',
  '}': 'close',
};

class Tokenizer {
  readonly tokens: Token[] = [];
  /** All positions are in code points. */
  readonly #points: string[];
  readonly #lenient: boolean;
  #position = 0;
  #index = 0;

  constructor(text: string, lenient: boolean) {
    this.#points = [...text];
    this.#lenient = lenient;
  }

  run(): Token[] {
    while (this.#position < this.#points.length) {
      const character = this.#points[this.#position] as string;
      if (Object.hasOwn(single, character)) this.#add(single[character] as TokenType, this.#position + 1);
      else if (character === '\\') this.#escape();
      else if (character === ':') this.#name();
      else if (character === '(') this.#regexp();
      else this.#add('char', this.#position + 1);
    }
    this.tokens.push({ type: 'end', index: this.#index, value: '' });
    return this.tokens;
  }

  /** The text between `from` and `to` is the value; then it goes on at `next`. */
  #add(type: TokenType, next: number, from = this.#position, to = next): void {
    this.tokens.push({ type, index: this.#index, value: this.#points.slice(from, to).join('') });
    for (; this.#position < next; this.#position++) this.#index += (this.#points[this.#position] as string).length;
  }

  #fail(next: number, what: string): void {
    if (!this.#lenient) throw new TypeError(`Invalid pattern: ${what} at index ${this.#index}`);
    this.#add('invalid-char', next);
  }

  #escape(): void {
    if (this.#position === this.#points.length - 1) this.#fail(this.#position + 1, 'nothing is behind the backslash');
    else this.#add('escaped-char', this.#position + 2, this.#position + 1);
  }

  #name(): void {
    const start = this.#position + 1;
    let end = start;
    while (end < this.#points.length && isNameCharacter(this.#points[end] as string, end === start)) end++;
    if (end === start) this.#fail(start, 'a name is missing');
    else this.#add('name', end, start);
  }

  #regexp(): void {
    const start = this.#position + 1;
    const end = this.#regexpEnd(start);
    if (typeof end === 'string') this.#fail(start, end);
    else if (end === start) this.#fail(start, 'a regular expression is empty');
    else this.#add('regexp', end + 1, start, end);
  }

  /** Where its parenthesis closes, or what is wrong. */
  #regexpEnd(start: number): number | string {
    const points = this.#points;
    let depth = 1;
    for (let at = start; at < points.length; at++) {
      const character = points[at] as string;
      if (!isAscii(character)) return 'a regular expression holds a character that is not ASCII';
      if (at === start && character === '?') return 'a regular expression begins with a question mark';
      if (character === '\\') {
        at++;
        if (at === points.length) return 'nothing is behind the backslash';
        if (!isAscii(points[at] as string)) return 'a regular expression holds a character that is not ASCII';
      } else if (character === ')') {
        depth--;
        if (depth === 0) return at;
      } else if (character === '(') {
        depth++;
        if (points[at + 1] !== '?') return 'a regular expression holds a capturing group';
      }
    }
    return 'a regular expression is not closed';
  }
}

/** `lenient`: what is wrong becomes a token of its own instead of a TypeError. */
export function tokenize(text: string, lenient: boolean): Token[] {
  return new Tokenizer(text, lenient).run();
}
