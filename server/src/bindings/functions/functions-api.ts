// `env.FUNCTIONS`, as functions see it: other functions of their tenant, within bounds that hold for all that one call from
// outside sets off.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { CallerContext } from 'isolet';
import type { FunctionsLimits } from '../../config/binding-limits.ts';
import { moreThanData } from '../plain-data.ts';
import { FunctionCallError } from './function-call-error.ts';

/** Runs another function for a tenant. */
export type CallFunction = (
  tenant: string,
  name: string,
  event: unknown,
  options: { readonly method?: string; readonly timeout?: number; readonly signal: AbortSignal },
) => Promise<unknown>;

/** What one call from outside has set off so far. */
interface Tree {
  readonly depth: number;
  readonly names: readonly string[];
  readonly sum: { calls: number };
}

export function makeFunctionsApi(call: CallFunction, limitsOf: (tenant: string) => FunctionsLimits) {
  const trees = new AsyncLocalStorage<Tree>();
  /** By what ends the invocation from outside: all that it calls shares one sum. */
  const sums = new WeakMap<AbortSignal, { calls: number }>();

  function enter(caller: CallerContext, name: string): Tree {
    const { depth: deepest, calls } = limitsOf(caller.tenantId);
    const above = trees.getStore();
    const sum = above?.sum ?? sums.get(caller.signal) ?? { calls: 0 };
    if (!above) sums.set(caller.signal, sum);
    const names = [...(above?.names ?? []), caller.functionName];
    const depth = (above?.depth ?? 0) + 1;
    if (depth > deepest)
      throw tooMuch('FUNCTIONS_DEPTH', `calls are nested more than ${deepest} deep`, 'functions.depth', deepest, [
        ...names,
        name,
      ]);
    if (++sum.calls > calls)
      throw tooMuch('FUNCTIONS_LIMIT', `more than ${calls} calls of functions`, 'functions.calls', calls, [
        ...names,
        name,
      ]);
    return { depth, names, sum };
  }

  return {
    call: {
      handler: async (caller: CallerContext, name: unknown, event?: unknown, options?: unknown) => {
        if (typeof name !== 'string')
          throw new FunctionCallError('FUNCTIONS_ARGUMENT', 'call() takes the name of a function');
        const refused = moreThanData(event);
        if (refused)
          throw new FunctionCallError('FUNCTIONS_ARGUMENT', `the event has ${refused} in it: it may only be data`);
        const tree = enter(caller, name);
        const settings = { ...readOptions(options), ...remaining(caller), signal: caller.signal };
        return trees.run(tree, () => answer(call(caller.tenantId, name, event, settings), name));
      },
    },
  };
}

async function answer(called: Promise<unknown>, name: string): Promise<unknown> {
  let value: unknown;
  try {
    value = await called;
  } catch (error) {
    const { code, name: kind, message } = error as { code?: unknown; name?: string; message?: string };
    const details = { reason: typeof code === 'string' ? code : 'ERR_ISOLET_SERVER_INTERNAL', function: name };
    throw new FunctionCallError('FUNCTIONS_FAILED', `the function '${name}' failed: ${kind}: ${message}`, details);
  }
  const refused = moreThanData(value);
  if (refused)
    throw new FunctionCallError(
      'FUNCTIONS_ARGUMENT',
      `the answer of '${name}' has ${refused} in it: it may only be data`,
    );
  return value;
}

/** The called function has the time that its caller has left, or less. */
function remaining({ deadline }: CallerContext): { timeout?: number } {
  return deadline === undefined ? {} : { timeout: Math.max(1, Math.floor(deadline - Date.now())) };
}

function readOptions(given: unknown): { method?: string } {
  if (given === undefined || given === null) return {};
  const { method, ...others } = given as { method?: unknown };
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw new FunctionCallError('FUNCTIONS_ARGUMENT', `'${other}' is not an option: there is method`);
  if (method !== undefined && typeof method !== 'string')
    throw new FunctionCallError('FUNCTIONS_ARGUMENT', 'method is the name of a handler');
  return method === undefined ? {} : { method };
}

function tooMuch(
  code: 'FUNCTIONS_DEPTH' | 'FUNCTIONS_LIMIT',
  what: string,
  quota: string,
  limit: number,
  names: string[],
) {
  return new FunctionCallError(code, `${what} (${quota}): ${names.join(' → ')}`, { quota, limit });
}
