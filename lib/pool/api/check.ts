import { checkInteger, checkOptions } from '../../options/check.ts';
import { invalidNumber, invalidType } from '../../options/invalid.ts';
import { given, onlyGiven } from '../../shared/own.ts';
import { invalidArgument, outOfRange } from '../failures/refusal.ts';
import type { ApiDeclaration } from './declare.ts';

const fields: Record<keyof ApiDeclaration, true> = {
  handler: true,
  input: true,
  output: true,
  timeout: true,
  maxCalls: true,
};
const names: ReadonlySet<string> = new Set(Object.keys(fields));

/** Words that are no name in any code, or never that of a global: a guest could not write a call of them. */
const reserved: ReadonlySet<string> = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum export extends false finally ' +
    'for function if import in instanceof new null return super switch this throw true try typeof var void while with'
  ).split(' '),
);

/** Globals that are what they are. */
const fixed: ReadonlySet<string> = new Set(['undefined', 'NaN', 'Infinity', 'globalThis']);

const isIdentifier = (name: string): boolean => /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(name);

/** @throws {RangeError} for a name that a guest can't say, or that has a meaning already. */
export function checkApiName(path: readonly string[]): void {
  const key = path.at(-1) as string;
  const refuse = (why: string) => outOfRange(`platform API '${path.join('.')}' ${why}`, 'platformApi', key);
  if (!isIdentifier(key)) throw refuse('is not a valid identifier');
  // As a property any word will do: `kv.delete`.
  if (path.length > 1) return;
  if (reserved.has(key)) throw refuse('can not be called by its name: that is a word of the language');
  if (fixed.has(key)) throw refuse('can not be a global of the guest: the language defines that one');
}

/** The declaration in an object whose `handler` is a function; `undefined` for a namespace. */
export function checkDeclaration(value: object, name: string): ApiDeclaration | undefined {
  const what = `platformApi.${name}`;
  const handler = given(value, 'handler');
  if (typeof handler !== 'function') {
    if (handler === undefined && hasLimits(value)) throw invalidType(`${what}.handler`, handler, 'a function');
    return undefined;
  }
  // A misspelt limit would be no limit.
  checkOptions(value, names, what);
  const rules = onlyGiven(value, names) as unknown as ApiDeclaration;
  const { timeout, maxCalls, input, output } = rules;
  if (timeout !== undefined) checkTime(timeout, `${what}.timeout`);
  if (maxCalls !== undefined && maxCalls !== Number.POSITIVE_INFINITY) {
    checkInteger(maxCalls, `${what}.maxCalls`, 1, Number.MAX_SAFE_INTEGER);
  }
  const inputs: readonly unknown[] = Array.isArray(input) ? input : input === undefined ? [] : [input];
  for (const [i, schema] of inputs.entries()) {
    checkSchema(schema, Array.isArray(input) ? `${what}.input[${i}]` : `${what}.input`);
  }
  if (output !== undefined) checkSchema(output, `${what}.output`);
  return rules;
}

/** Whether an object has what only a declaration has. */
const hasLimits = (value: object): boolean =>
  ['timeout', 'maxCalls'].some((field) => typeof given(value, field) === 'number') ||
  ['input', 'output'].some((field) => isSchema(given(value, field)));

function checkTime(value: unknown, option: string): void {
  if (typeof value !== 'number' || !(value >= 1)) {
    throw invalidNumber(option, value, 'a number of milliseconds of at least 1');
  }
}

function isSchema(value: unknown): boolean {
  // Some libraries' schemas are functions.
  const object = typeof value === 'function' || (typeof value === 'object' && value !== null) ? value : undefined;
  const standard = object && (object as Record<string, unknown>)['~standard'];
  return typeof standard === 'object' && standard !== null && typeof given(standard, 'validate') === 'function';
}

function checkSchema(value: unknown, option: string): void {
  if (isSchema(value)) return;
  throw invalidType(
    option,
    value,
    'a Standard Schema, as zod, valibot and arktype make them (it has a ~standard.validate)',
  );
}

/** Methods of a class would be lost: only what an object itself has becomes an API. */
export function checkNamespace(value: object, path: readonly string[]): void {
  const what = path.length === 0 ? 'platformApi' : `platform API '${path.join('.')}'`;
  for (let at = Object.getPrototypeOf(value); at !== null; at = Object.getPrototypeOf(at)) {
    // Object.prototype, of whichever realm.
    if (Object.getPrototypeOf(at) === null) return;
    const method = Object.getOwnPropertyNames(at).find((key) => key !== 'constructor');
    if (method === undefined) continue;
    throw invalidArgument(
      `${what} inherits '${method}', which no guest would see. Name each function: { ${method}: (…) => … }`,
      'platformApi',
      value,
    );
  }
}

/** @throws {RangeError} if the pool's console would take an API's place. */
export function checkConsole(apis: readonly { readonly path: readonly string[] }[], console: boolean): void {
  if (!console || !apis.some((api) => api.path[0] === 'console')) return;
  throw outOfRange(
    "platform API 'console' would be hidden by the pool's own console. Set 'console' of the pool to false",
    'platformApi',
    'console',
  );
}
