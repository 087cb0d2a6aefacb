import { JavaScriptError } from '../errors/index.ts';
import { asLoading } from './caller.ts';
import type { Runtime } from './engine.ts';
import type { ResolvedFunction } from './function.ts';

/** Script name of a function's code in stack traces. */
const scriptName = (fn: { tenantId: string; name: string }): string => `${fn.tenantId}/${fn.name}.js`;

const moduleUrl = (fn: ResolvedFunction): string =>
  `function:${encodeURIComponent(fn.tenantId)}/${encodeURIComponent(fn.name)}.js`;

/**
 * The tenant's function: the value of its code, or what its code exports as `default` or `handler`. Only an expression
 * that does not compile is tried as a module; a module is never a valid expression.
 */
export async function evaluateHandler(
  runtime: Runtime,
  fn: ResolvedFunction,
  limits: { timeout: number },
): Promise<unknown> {
  try {
    return await runtime.evalAsync(`(${fn.code}\n)`, { ...limits, filename: scriptName(fn) });
  } catch (error) {
    if (!(error instanceof JavaScriptError) || error.name !== 'SyntaxError' || !mayExport(fn.code)) throw error;
    return asLoading(() => evaluateModule(runtime, fn, limits));
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
