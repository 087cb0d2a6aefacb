import { JavaScriptError } from '../errors/index.ts';
import { asLoading } from './caller.ts';
import { evalWrapped, type JsFunction, type Runtime } from './engine.ts';
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
    const expression = `(${fn.code}\n)`;
    return await asLoading(() => evalWrapped(prepare, args, expression, { ...limits, filename: scriptName(fn) }));
  } catch (error) {
    if (!(error instanceof JavaScriptError) || error.name !== 'SyntaxError' || !mayExport(fn.code)) throw error;
  }
  const join = (await asLoading(() => prepare.callAsync(args, limits))) as JsFunction;
  const handler = await asLoading(() => evaluateModule(runtime, fn, limits));
  const joined = await asLoading(() => join.callAsync([handler], limits));
  join.release();
  releaseFunction(handler);
  return joined;
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
