import { JavaScriptError } from '../errors/index.ts';
import { asLoading } from './caller.ts';
import { evalWrapped, type JsFunction, keepCode, type Runtime } from './engine.ts';
import type { ResolvedFunction } from './function.ts';

/** Script name of a function's code in stack traces. */
const scriptName = (fn: { tenantId: string; name: string }): string => `${fn.tenantId}/${fn.name}.js`;

const moduleUrl = (fn: ResolvedFunction): string =>
  `function:${encodeURIComponent(fn.tenantId)}/${encodeURIComponent(fn.name)}.js`;

/**
 * The tenant's function inside the wrapper: the value of its code, or what its code exports as `default` or `handler`.
 * Only an expression that does not compile is tried as a module; a module is never a valid expression. Answers what the
 * wrapper does: a function, or the name of the type that should have been one.
 *
 * @param prepare with `args`: the wrapper's first half
 */
export async function loadHandler(
  runtime: Runtime,
  fn: ResolvedFunction,
  prepare: JsFunction,
  args: unknown[],
  limits: { timeout: number },
): Promise<unknown> {
  try {
    const { code, filename } = asScript(fn);
    return await asLoading(() => evalWrapped(prepare, args, code, { ...limits, filename }));
  } catch (error) {
    if (!(error instanceof JavaScriptError) || error.name !== 'SyntaxError' || !mayExport(fn.code)) throw error;
  }
  modules.add(fn);
  const join = (await asLoading(() => prepare.callAsync(args, limits))) as JsFunction;
  const handler = await asLoading(() => evaluateModule(runtime, fn, limits));
  const joined = await asLoading(() => join.callAsync([handler], limits));
  join.release();
  releaseFunction(handler);
  return joined;
}

const asScript = (fn: ResolvedFunction) => ({ code: `(${fn.code}\n)`, filename: scriptName(fn), module: false });
const asModule = (fn: ResolvedFunction) => ({ code: fn.code, filename: moduleUrl(fn), module: true });

/** Those whose code is not an expression. */
const modules = new WeakSet<ResolvedFunction>();
const kept = new WeakSet<ResolvedFunction>();
/** Characters. The engine keeps nothing of shorter texts, so they need no turn for it. */
const leastKept = 1000;

/**
 * Keeps the compiled code of a function that has run in `runtime`, once per function: further runtimes of it do not
 * compile. Never rejects; a runtime that ends meanwhile leaves it to the next one.
 */
export async function keepHandlerCode(runtime: Runtime, fn: ResolvedFunction): Promise<void> {
  if (fn.code.length < leastKept || kept.has(fn)) return;
  kept.add(fn);
  try {
    await keepCode(runtime, modules.has(fn) ? asModule(fn) : asScript(fn));
  } catch {
    kept.delete(fn);
  }
}

const mayExport = (code: string): boolean => /\bexport\b/.test(code);

async function evaluateModule(runtime: Runtime, fn: ResolvedFunction, limits: { timeout: number }): Promise<unknown> {
  const url = moduleUrl(fn);
  runtime.addModule(url, fn.code);
  const exported = await runtime.evalModuleAsync(url, limits);
  const handler = exported['default'] ?? exported['handler'];
  for (const value of Object.values(exported)) if (value !== handler) releaseFunction(value);
  return handler;
}

function releaseFunction(value: unknown): void {
  if (typeof value === 'function' && 'release' in value) (value as { release(): void }).release();
}
