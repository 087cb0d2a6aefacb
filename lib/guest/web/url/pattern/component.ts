/** One component of a URLPattern, compiled (https://urlpattern.spec.whatwg.org/#component). */
import {
  type Canonicalize,
  escapeRegExp,
  fullWildcard,
  type Part,
  type PartOptions,
  parseParts,
  segmentWildcard,
} from './parts.ts';
import { isNameCharacter } from './tokenizer.ts';

export interface Component {
  /** As the pattern says it when it is asked. */
  readonly text: string;
  readonly regexp: RegExp;
  /** Of the groups of the regular expression, in their order. */
  readonly names: readonly string[];
  readonly hasRegExpGroups: boolean;
  readonly parts: readonly Part[];
  readonly options: PartOptions;
  readonly canonicalize: Canonicalize;
}

export const escapePattern = (text: string) => text.replace(/[+*?:{}()\\]/g, '\\$&');

export function compile(pattern: string, canonicalize: Canonicalize, options: PartOptions): Component {
  const parts = parseParts(pattern, options, canonicalize);
  const text = textOf(parts, options);
  let regexp: RegExp;
  try {
    regexp = new RegExp(sourceOf(parts, options), options.ignoreCase ? 'vi' : 'v');
  } catch (cause) {
    throw new TypeError(`Invalid pattern: '${shown(text)}' holds an invalid regular expression`, { cause });
  }
  const names: string[] = [];
  let hasRegExpGroups = false;
  for (const part of parts) {
    if (part.type !== 'fixed-text') names.push(part.name);
    if (part.type === 'regexp') hasRegExpGroups = true;
  }
  return { text, regexp, names, hasRegExpGroups, parts, options, canonicalize };
}

const shown = (text: string) => (text.length > 100 ? `${text.slice(0, 100)}…` : text);

/** https://urlpattern.spec.whatwg.org/#generate-a-regular-expression-and-name-list */
function sourceOf(parts: readonly Part[], options: PartOptions): string {
  // V8 11 matches nothing by '[^]' with the flag v.
  const segment = options.delimiter === '' ? '[\\s\\S]+?' : segmentWildcard(options);
  let source = '^';
  for (const { type, value, modifier, prefix, suffix } of parts) {
    if (type === 'fixed-text') {
      source += modifier === '' ? escapeRegExp(value) : `(?:${escapeRegExp(value)})${modifier}`;
      continue;
    }
    const match = type === 'segment-wildcard' ? segment : type === 'full-wildcard' ? fullWildcard : value;
    const once = modifier === '' || modifier === '?';
    if (prefix === '' && suffix === '') {
      source += once ? `(${match})${modifier}` : `((?:${match})${modifier})`;
      continue;
    }
    const before = escapeRegExp(prefix);
    const behind = escapeRegExp(suffix);
    if (once) {
      source += `(?:${before}(${match})${behind})${modifier}`;
      continue;
    }
    // What stands between two is in the group, what stands around all is not.
    source += `(?:${before}((?:${match})(?:${behind}${before}(?:${match}))*)${behind})${modifier === '*' ? '?' : ''}`;
  }
  return `${source}$`;
}

const firstOf = (text: string) => String.fromCodePoint(text.codePointAt(0) as number);
const isNumber = (name: string) => /^[0-9]/.test(name);

/** https://urlpattern.spec.whatwg.org/#generate-a-pattern-string */
function textOf(parts: readonly Part[], options: PartOptions): string {
  let text = '';
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as Part;
    const { type, value, modifier, name, prefix, suffix } = part;
    if (type === 'fixed-text') {
      text += modifier === '' ? escapePattern(value) : `{${escapePattern(value)}}${modifier}`;
      continue;
    }
    const named = !isNumber(name);
    const grouped = needsGroup(part, parts[i - 1], parts[i + 1], options);
    text += (grouped ? '{' : '') + escapePattern(prefix) + (named ? `:${name}` : '');
    if (type === 'regexp') {
      text += `(${value})`;
    } else if (type === 'segment-wildcard') {
      if (!named) text += `(${segmentWildcard(options)})`;
      else if (suffix !== '' && isNameCharacter(firstOf(suffix), false)) text += '\\';
    } else {
      text += !named && standsAlone(part, parts[i - 1], grouped) ? '*' : `(${fullWildcard})`;
    }
    text += escapePattern(suffix) + (grouped ? '}' : '') + modifier;
  }
  return text;
}

/** An asterisk behind something that it could belong to would be a modifier. */
const standsAlone = (part: Part, previous: Part | undefined, grouped: boolean) =>
  !previous || previous.type === 'fixed-text' || previous.modifier !== '' || grouped || part.prefix !== '';

function needsGroup(part: Part, previous: Part | undefined, next: Part | undefined, options: PartOptions): boolean {
  const { type, modifier, name, prefix, suffix } = part;
  if (suffix !== '' || (prefix !== '' && prefix !== options.prefix)) return true;
  if (!isNumber(name) && type === 'segment-wildcard' && modifier === '' && next && !next.prefix && !next.suffix) {
    const joins = next.type === 'fixed-text' ? isNameCharacter(firstOf(next.value), false) : isNumber(next.name);
    if (joins) return true;
  }
  return (
    prefix === '' && options.prefix !== '' && previous?.type === 'fixed-text' && previous.value.endsWith(options.prefix)
  );
}

/** The text that the component matches with these values for its names. */
export function generate(component: Component, groups: ReadonlyMap<string, string>): string {
  let text = '';
  for (const { type, value, modifier, name, prefix, suffix } of component.parts) {
    if (modifier !== '') throw new TypeError('A pattern with optional or repeated parts stands for more than one text');
    if (type === 'fixed-text') {
      text += value;
      continue;
    }
    if (type !== 'segment-wildcard') {
      throw new TypeError('A pattern with a regular expression or an asterisk stands for more than one text');
    }
    const given = groups.get(name);
    if (given === undefined) throw new TypeError(`A value for the name '${name}' is missing`);
    text += prefix + component.canonicalize(given) + suffix;
  }
  if (!component.regexp.test(text)) throw new TypeError('The pattern does not match what these values make of it');
  return text;
}

const typeRank: Readonly<Record<Part['type'], number>> = {
  'full-wildcard': 0,
  'segment-wildcard': 1,
  regexp: 2,
  'fixed-text': 3,
};
const modifierRank: Readonly<Record<Part['modifier'], number>> = { '*': 0, '?': 1, '+': 2, '': 3 };

const nothing: Part = { type: 'fixed-text', value: '', modifier: '', name: '', prefix: '', suffix: '' };

const order = <T extends number | string>(a: T, b: T) => (a < b ? -1 : a > b ? 1 : 0);

/** Which of two components says more: -1, 0 or 1. */
export function compareComponents(left: Component, right: Component): number {
  const length = Math.max(left.parts.length, right.parts.length);
  for (let i = 0; i < length; i++) {
    const a = left.parts[i] ?? nothing;
    const b = right.parts[i] ?? nothing;
    const result =
      order(typeRank[a.type], typeRank[b.type]) ||
      order(modifierRank[a.modifier], modifierRank[b.modifier]) ||
      order(a.prefix, b.prefix) ||
      order(a.value, b.value) ||
      order(a.suffix, b.suffix);
    if (result !== 0) return result;
  }
  return 0;
}
