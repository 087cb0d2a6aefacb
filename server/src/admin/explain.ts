import { inspect } from 'node:util';
import type { z } from 'zod';

/** One thing that is wrong with a request: which member, what was received, what would be right. */
export interface RequestIssue {
  readonly message: string;
  /** Outermost key first. */
  readonly path: (string | number)[];
}

/**
 * What zod found, in one sentence for each member.
 *
 * @param input - what was parsed: messages show what was received.
 * @param hidden - of these members only the type is told, for their values may be secrets.
 */
export function explainIssues(
  issues: readonly z.core.$ZodIssue[],
  input: unknown,
  hidden: readonly string[] = [],
): RequestIssue[] {
  return issues.flatMap((issue) => explain(issue, input, hidden)).slice(0, 100);
}

function explain(issue: z.core.$ZodIssue, input: unknown, hidden: readonly string[]): RequestIssue[] {
  const path = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], message: `${nameOf([...path, key])} is not known here` }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // The one that fits best has its problem deepest inside.
    const depth = (found: readonly z.core.$ZodIssue[]) => Math.max(...found.map(({ path }) => path.length));
    const deepest = issue.errors.reduce((best, found) => (depth(found) > depth(best) ? found : best));
    if (depth(deepest) > 0) {
      return deepest.flatMap((inner) =>
        explain({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue, input, hidden),
      );
    }
    const each = issue.errors.map((found) => (found[0] ? rightValue(found[0]) : 'another value'));
    return [told(path, [...new Set(each)].join(' or '), input, hidden)];
  }
  return [told(path, rightValue(issue), input, hidden)];
}

function told(path: (string | number)[], right: string, input: unknown, hidden: readonly string[]): RequestIssue {
  const isHidden = path.some((key) => hidden.includes(String(key)));
  return { path, message: `${nameOf(path)} must be ${right}, got ${received(valueAt(input, path), isHidden)}` };
}

/** What would be right: completes the sentence "`member` must be …". */
function rightValue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return kinds[issue.expected] ?? `of type ${issue.expected}`;
    case 'invalid_value':
      return issue.values.length === 1 ? show(issue.values[0]) : `one of ${issue.values.map(show).join(', ')}`;
    case 'too_small':
      return bounded(issue.origin, 'at least', issue.minimum);
    case 'too_big':
      return bounded(issue.origin, 'at most', issue.maximum);
    case 'invalid_union':
      return `one of ${(issue as { options?: unknown[] }).options?.map(show).join(', ') ?? 'several forms'}`;
    default:
      return issue.message;
  }
}

const kinds: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  null: 'null',
};

function bounded(origin: string, which: string, bound: number | bigint): string {
  if (origin === 'string') return `a string of ${which} ${bound} character${bound === 1 ? '' : 's'}`;
  if (origin === 'array') return `a list of ${which} ${bound}`;
  return `a ${origin === 'int' ? 'whole number' : 'number'} of ${which} ${bound}`;
}

const show = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value));

function nameOf(path: readonly (string | number)[]): string {
  if (path.length === 0) return 'the body';
  return path.reduce<string>(
    (name, key) =>
      typeof key === 'number' ? `${name}[${key}]` : name === '' ? cut(key, 100) : `${name}.${cut(key, 100)}`,
    '',
  );
}

function valueAt(input: unknown, path: readonly (string | number)[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}

function received(value: unknown, isHidden: boolean): string {
  if (value === undefined) return 'nothing';
  if (isHidden) return typeof value === 'string' ? `a string of ${value.length} characters` : typeOf(value);
  if (typeof value === 'string') return inspect(cut(value, 60)).replaceAll('\n', ' ');
  return typeof value === 'object' && value !== null ? typeOf(value) : String(value);
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
