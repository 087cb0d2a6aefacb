import { JavaScriptError } from '../../errors/index.ts';
import { beginsStatement, commonJsNames, isBlankFrom } from '../../shared/code-head.ts';
import { evalWrapped, type JsFunction, keepCode, type Runtime } from '../engine.ts';
import type { ResolvedFunction } from '../function/resolved-function.ts';
import { type Form, inColumnsOfCode, offsetInCode, proofOf, textOf } from './forms.ts';
import { RecentTexts } from './recent-texts.ts';

/** Limits of one call of the guest; what is left out is not limited. */
export interface LoadLimits {
  timeout?: number | undefined;
  cpuTimeout?: number | undefined;
  signal?: AbortSignal | undefined;
}
export type LoadStep = <T>(call: (limits: LoadLimits) => Promise<T>) => Promise<T>;

/** What belongs to a function besides its code, for the wrapper's first half: see guest-wrapper.ts. */
export type WrapperArguments = [about: object, console: boolean, target: undefined, ...bound: unknown[]];

/** As which form a function was loaded. The first load finds out. */
const forms = new WeakMap<ResolvedFunction, Form>();
/** As which form it was tried last, or as which one it failed. */
const tried = new WeakMap<ResolvedFunction, Form>();
/** Those that export something, by what a parser says. */
const exporting = new WeakSet<ResolvedFunction>();
const kept = new WeakSet<ResolvedFunction>();
const loaded = new RecentTexts();
/** Characters. The engine keeps nothing of shorter texts, so they need no turn for it. */
const leastKept = 1000;

const expression: Form = { kind: 'expression' };

/**
 * The tenant's function inside the wrapper: the value of its code, or what its code exports. V8 says which form the code
 * has: what does not compile as one is tried as the next. Answers what the wrapper does: a function, or the name of what
 * should have been one.
 *
 * @param prepare with `args`: the wrapper's first half
 * @param step runs each call of the guest that this takes, with the limits it has left
 */
export async function loadHandler(
  runtime: Runtime,
  fn: ResolvedFunction,
  prepare: JsFunction,
  [about, ...others]: WrapperArguments,
  step: LoadStep,
): Promise<unknown> {
  const load = async (form: Form): Promise<unknown> => {
    tried.set(fn, form);
    let { code, filename, module } =
      form === forms.get(fn) ? loaded.get(fn, form, () => textOf(fn, form)) : textOf(fn, form);
    if (module) {
      const entry = `${filename}?handler`;
      runtime.addModule(filename, code);
      // The exports stay in the guest: others than the handler may be anything, `then` among them.
      runtime.addModule(entry, `export * as exported from ${JSON.stringify(filename)};`);
      code = `import(${JSON.stringify(entry)})`;
      filename = 'isolet:function';
    }
    const args = [{ ...about, form: form.kind }, ...others];
    const handler = await step((limits) => evalWrapped(prepare, args, code, { ...limits, filename }));
    if (typeof handler === 'function') forms.set(fn, form);
    return handler;
  };
  const known = forms.get(fn);
  return known ? load(known) : tryForms(fn, load);
}

/** A parser has seen an `export` in it. To try it as something else first would be to read most of it once more. */
export const expectModule = (fn: ResolvedFunction): void => void exporting.add(fn);

/** Of a function that was loaded. */
export const isModule = (fn: ResolvedFunction): boolean => forms.get(fn)?.kind === 'module';

async function tryForms(fn: ResolvedFunction, load: (form: Form) => Promise<unknown>): Promise<unknown> {
  const refusals: Refusal[] = [];
  let value: unknown;
  for (let form: Form | undefined = firstForm(fn); form; form = nextForm(fn, form, refusals.at(-1))) {
    try {
      const made = await load(form);
      if (typeof made === 'function') return made;
      value ??= made;
      // What a module exports is what it is; an expression may be the head of a bundle that exports by itself.
      if (form.kind !== 'expression' || !mentions(fn, /\bexports\b/)) break;
    } catch (error) {
      if (!isOfForm(error, form)) throw error;
      const frame = error.frames[0];
      refusals.push({ form, error, offset: (frame && offsetInCode(textOf(fn, form), frame)) ?? 0 });
    }
  }
  if (value !== undefined) return value;
  // Where the reader got furthest it understood most.
  const { form, error } = refusals.reduce((a, b) => (b.offset > a.offset ? b : a));
  tried.set(fn, form);
  throw error;
}

/** What compiles as no expression, and its beginning shows that, is not tried as one: V8 would get all of it for nothing. */
function firstForm(fn: ResolvedFunction): Form {
  if (exporting.has(fn)) return { kind: 'module' };
  return (beginsStatement(fn.code) && nextForm(fn, expression, { form: expression, offset: 0 })) || expression;
}

/** A form that the code does not have. */
interface Refusal extends Tried {
  readonly error: JavaScriptError;
}

/** What was refused, and how far into the tenant's code that is. */
interface Tried {
  readonly form: Form;
  readonly offset: number;
}

const mentions = (fn: ResolvedFunction, pattern: RegExp): boolean => pattern.test(fn.code);

/** Whether an error is due to the form that was tried. Code that has run has more than the frame that is to blame. */
function isOfForm(error: unknown, { kind }: Form): error is JavaScriptError {
  if (!(error instanceof JavaScriptError)) return false;
  if (error.name === 'SyntaxError') return kind === 'module' || error.frames.length < 2;
  return error.name === 'ReferenceError' && commonJsNames.some((name) => error.message === `${name} is not defined`);
}

/** What to try after a form that the code does not have. */
function nextForm({ code }: ResolvedFunction, form: Form, refusal: Tried | undefined): Form | undefined {
  const refused = refusal?.form === form ? refusal : undefined;
  if (form.kind === 'expression') {
    const end = refused?.offset;
    if (form.end === undefined && end !== undefined && code[end] === ';' && isBlankFrom(code, end)) {
      return { kind: 'expression', end };
    }
    // The names may be in a comment. A module's declarations do not compile in it: then nothing has run.
    if (/\b(?:exports|module)\b/.test(code)) return { kind: 'commonjs' };
  }
  return form.kind !== 'module' && refused && /\b(?:export|import)\b/.test(code) ? { kind: 'module' } : undefined;
}

/** Whether what V8 compiled of a function is worth keeping, and not kept yet. */
export const wantsCode = (fn: ResolvedFunction): boolean => fn.code.length >= leastKept && !kept.has(fn);

/**
 * Keeps the compiled code of a function that has run in `runtime`, once per function: further runtimes of it do not
 * compile. Never rejects; a runtime that ends meanwhile leaves it to the next one.
 */
export async function keepHandlerCode(runtime: Runtime, fn: ResolvedFunction): Promise<void> {
  if (!wantsCode(fn)) return;
  kept.add(fn);
  try {
    const form = forms.get(fn) ?? expression;
    const { code, filename, module } = loaded.get(fn, form, () => textOf(fn, form));
    await keepCode(runtime, { code, filename, module });
  } catch {
    kept.delete(fn);
  }
}

/** @throws {JavaScriptError} if the code of a function that was loaded is not what it is by itself. */
export async function proveForm(runtime: Runtime, fn: ResolvedFunction): Promise<void> {
  const proof = proofOf(fn, forms.get(fn) ?? expression);
  if (proof !== undefined) (await runtime.evalAsync<JsFunction>(proof)).release();
}

const placed = new WeakSet<JavaScriptError>();

/** Makes the places of an error those of the function's code: what the engine got has a little more in one line. */
export function placeInCode(fn: ResolvedFunction, error: JavaScriptError): void {
  const text = textOf(fn, tried.get(fn) ?? expression);
  if (text.inserted === 0 || placed.has(error)) return;
  placed.add(error);
  const { frames, stack } = inColumnsOfCode(text, error.frames, error.stack);
  Object.defineProperty(error, 'frames', { value: frames });
  Object.defineProperty(error, 'stack', { value: stack });
}

/** Line and column, counted from 1, in the code of a function that failed; undefined if that can't be known. */
export function placeOfFailure(fn: ResolvedFunction, error: unknown): { line: number; column: number } | undefined {
  if (!(error instanceof JavaScriptError)) return undefined;
  const { filename } = textOf(fn, tried.get(fn) ?? expression);
  const frame = error.frames.find(({ fileName, lineNumber }) => fileName === filename && lineNumber !== null);
  return frame && { line: frame.lineNumber ?? 1, column: frame.columnNumber ?? 1 };
}

/** What to tell about code whose value, of this kind, is not a function. */
export function notAFunction(fn: ResolvedFunction, kind: unknown): string {
  const form = tried.get(fn) ?? expression;
  if (form.kind === 'expression') {
    const advice =
      kind === 'class' ? 'export a function that uses it' : 'write (event, context) => … or export a function';
    return `the code is not a function but ${withArticle(String(kind))}; ${advice}`;
  }
  if (kind === 'class') return 'what the code exports is a class; export a function that uses it';
  const advice = form.kind === 'module' ? 'export default' : 'module.exports =';
  return `what the code exports is not a function and has none as 'default', 'handler' or 'fetch'; write ${advice} (event, context) => …`;
}

const withArticle = (kind: string): string =>
  kind === 'undefined' || kind === 'null' ? kind : `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
