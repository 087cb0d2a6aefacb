/** Parses a pattern of one component into its parts (https://urlpattern.spec.whatwg.org/#parsing-pattern-strings). */
import { type Token, type TokenType, tokenize } from './tokenizer.ts';

export type PartType = 'fixed-text' | 'regexp' | 'segment-wildcard' | 'full-wildcard';
export type Modifier = '' | '?' | '*' | '+';

export interface Part {
  readonly type: PartType;
  /** The text, or the regular expression of a 'regexp'. */
  readonly value: string;
  readonly modifier: Modifier;
  readonly name: string;
  readonly prefix: string;
  readonly suffix: string;
}

export interface PartOptions {
  /** What a name does not match. */
  readonly delimiter: string;
  /** What before a name belongs to it. */
  readonly prefix: string;
  readonly ignoreCase: boolean;
}

/** Brings a text into the form that URLs have it in. Throws a TypeError where that can't be. */
export type Canonicalize = (text: string) => string;

export const fullWildcard = '.*';

export const escapeRegExp = (text: string) => text.replace(/[.+*?^${}()[\]|/\\]/g, '\\$&');

export const segmentWildcard = (options: PartOptions) => `[^${escapeRegExp(options.delimiter)}]+?`;

class PartParser {
  readonly #tokens: Token[];
  readonly #options: PartOptions;
  readonly #canonicalize: Canonicalize;
  readonly #segmentWildcard: string;
  readonly #parts: Part[] = [];
  readonly #names = new Set<string>();
  #pending = '';
  #index = 0;
  #nextNumber = 0;

  constructor(pattern: string, options: PartOptions, canonicalize: Canonicalize) {
    this.#tokens = tokenize(pattern, false);
    this.#options = options;
    this.#canonicalize = canonicalize;
    this.#segmentWildcard = segmentWildcard(options);
  }

  run(): Part[] {
    while (this.#index < this.#tokens.length) {
      const character = this.#take('char');
      const name = this.#take('name');
      const matcher = this.#takeMatcher(name);
      if (name || matcher) {
        let prefix = character?.value ?? '';
        if (prefix !== this.#options.prefix) {
          this.#pending += prefix;
          prefix = '';
        }
        this.#flush();
        this.#add(prefix, name, matcher, '', this.#takeModifier());
        continue;
      }
      const fixed = character ?? this.#take('escaped-char');
      if (fixed) {
        this.#pending += fixed.value;
        continue;
      }
      if (this.#take('open')) {
        this.#takeGroup();
        continue;
      }
      this.#flush();
      this.#require('end');
    }
    return this.#parts;
  }

  #take(type: TokenType): Token | undefined {
    const token = this.#tokens[this.#index];
    if (token?.type !== type) return undefined;
    this.#index++;
    return token;
  }

  #require(type: TokenType): void {
    if (this.#take(type)) return;
    const { index, value } = this.#tokens[this.#index] as Token;
    throw new TypeError(`Invalid pattern: '${value}' is not expected at index ${index}`);
  }

  #takeMatcher(name: Token | undefined): Token | undefined {
    return this.#take('regexp') ?? (name ? undefined : this.#take('asterisk'));
  }

  #takeModifier(): Modifier {
    const token = this.#take('other-modifier') ?? this.#take('asterisk');
    return (token?.value ?? '') as Modifier;
  }

  #takeText(): string {
    let text = '';
    for (;;) {
      const token = this.#take('char') ?? this.#take('escaped-char');
      if (!token) return text;
      text += token.value;
    }
  }

  /** What is in braces, behind the first. */
  #takeGroup(): void {
    const prefix = this.#takeText();
    const name = this.#take('name');
    const matcher = this.#takeMatcher(name);
    const suffix = this.#takeText();
    this.#require('close');
    this.#add(prefix, name, matcher, suffix, this.#takeModifier());
  }

  #flush(): void {
    if (this.#pending === '') return;
    const value = this.#canonicalize(this.#pending);
    this.#pending = '';
    this.#parts.push({ type: 'fixed-text', value, modifier: '', name: '', prefix: '', suffix: '' });
  }

  #add(prefix: string, name: Token | undefined, matcher: Token | undefined, suffix: string, modifier: Modifier): void {
    if (!name && !matcher && modifier === '') {
      this.#pending += prefix;
      return;
    }
    this.#flush();
    if (!name && !matcher) {
      if (prefix === '') return;
      const value = this.#canonicalize(prefix);
      this.#parts.push({ type: 'fixed-text', value, modifier, name: '', prefix: '', suffix: '' });
      return;
    }
    const own = name?.value ?? `${this.#nextNumber++}`;
    if (this.#names.has(own)) throw new TypeError(`Invalid pattern: the name '${own}' stands in it twice`);
    this.#names.add(own);
    this.#parts.push({
      ...this.#match(matcher),
      modifier,
      name: own,
      prefix: this.#canonicalize(prefix),
      suffix: this.#canonicalize(suffix),
    });
  }

  /** What a name stands for. */
  #match(matcher: Token | undefined): Pick<Part, 'type' | 'value'> {
    if (!matcher || matcher.value === this.#segmentWildcard) return { type: 'segment-wildcard', value: '' };
    if (matcher.type === 'asterisk' || matcher.value === fullWildcard) return { type: 'full-wildcard', value: '' };
    return { type: 'regexp', value: matcher.value };
  }
}

export function parseParts(pattern: string, options: PartOptions, canonicalize: Canonicalize): Part[] {
  return new PartParser(pattern, options, canonicalize).run();
}
