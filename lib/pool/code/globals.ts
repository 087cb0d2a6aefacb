import { JavaScriptError } from '../../errors/index.ts';
import { Runtime } from '../engine.ts';
import type { ResolvedPoolOptions } from '../options/options.ts';

/** A guest as it is before the platform's API and the tenant's code. */
async function inPristine<T>(options: ResolvedPoolOptions, ask: (runtime: Runtime) => Promise<T>): Promise<T> {
  const runtime = await Runtime.create({ ...options.runtime, timeout: options.loadTimeout });
  try {
    return await ask(runtime);
  } finally {
    await runtime.closeAsync();
  }
}

const namesOfGlobal = `(() => {
  const names = [];
  for (let o = globalThis; o; o = Object.getPrototypeOf(o)) names.push(...Object.getOwnPropertyNames(o));
  return names;
})()`;

/** The names on `globalThis` of a guest, also those that it inherits, before the platform's API and the tenant's code. */
export async function readGlobals(options: ResolvedPoolOptions): Promise<ReadonlySet<string>> {
  const names = await inPristine(options, (runtime) => runtime.evalAsync<string[]>(namesOfGlobal));
  return new Set([...names, ...(options.console ? ['console'] : [])]);
}

/** Those of the names that a bootstrap script or a snapshot declares with `const`, `let` or `class`. */
export async function declaredNames(
  options: ResolvedPoolOptions,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  const { bootstrap, snapshot } = options.runtime;
  if (names.length === 0 || (bootstrap === undefined && snapshot === undefined)) return new Set();
  return inPristine(options, (runtime) => definedNames(runtime, names));
}

/** Those of the names, which are identifiers, that have a value in a guest. */
export async function definedNames(runtime: Runtime, names: readonly string[]): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set();
  const isDefined = (name: string) => `(() => { try { ${name}; return true; } catch { return false; } })()`;
  try {
    const options = { filename: 'isolet:names' };
    const answers = await runtime.evalAsync<boolean[]>(`[${names.map(isDefined).join()}]`, options);
    return new Set(names.filter((_, i) => answers[i]));
  } catch (error) {
    if (error instanceof JavaScriptError) return new Set();
    throw error;
  }
}
