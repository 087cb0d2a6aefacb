import { setMaxListeners } from 'node:events';
import { maxMilliseconds } from '../../options/check.ts';
import { given } from '../../shared/own.ts';
import type { ResolvedFunction } from '../function/resolved-function.ts';
import type { CallerContext, Invocation } from '../report/invocation.ts';
import type { NamedApi } from './declare.ts';
import { validate, validateArguments } from './schema.ts';

/** The runtime a platform function is bound to. */
export interface CallTarget {
  readonly fn: ResolvedFunction;
  /** The invocation whose code is calling right now, as far as it can be known. */
  caller(): Invocation | 'ended' | undefined;
}

function context(fn: ResolvedFunction, invocation: Invocation | undefined, limit?: AbortSignal): CallerContext {
  let signal: AbortSignal | undefined;
  return {
    tenantId: fn.tenantId,
    functionName: fn.name,
    version: fn.version,
    invocationId: invocation?.publicId,
    deadline: invocation?.deadline,
    // Made on demand: most handlers never look at it.
    get signal() {
      signal ??= firstOf(invocation?.signal, limit);
      return signal;
    },
  };
}

function firstOf(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal {
  if (!one || !other) return one ?? other ?? new AbortController().signal;
  const first = AbortSignal.any([one, other]);
  setMaxListeners(0, first);
  return first;
}

/** One call of a platform function: counted, its arguments checked, its time limited, its answer checked. */
export function callApi(
  api: NamedApi,
  target: CallTarget,
  caller: Invocation | 'ended' | undefined,
  args: unknown[],
): unknown {
  if (caller === 'ended') throw new Error(`${api.name}: the invocation has ended`);
  const refusal = caller?.countCall(api.name, api.maxCalls ?? Number.POSITIVE_INFINITY);
  if (refusal !== undefined) throw new Error(refusal);
  const answer = runWithin(api, target.fn, caller, args);
  return caller && isThenable(answer) ? caller.untilGivenUp(api.name, answer) : answer;
}

function runWithin(api: NamedApi, fn: ResolvedFunction, caller: Invocation | undefined, args: unknown[]): unknown {
  if (api.timeout === undefined) return run(api, context(fn, caller), args);
  const limit = new AbortController();
  const result = run(api, context(fn, caller, limit.signal), args);
  return isThenable(result) ? withTimeout(result, api.name, api.timeout, limit) : result;
}

function run(api: NamedApi, caller: CallerContext, args: unknown[]): unknown {
  const checked = api.input === undefined ? args : validateArguments(api.input, args, api.name);
  const result =
    checked instanceof Promise ? checked.then((list) => api.handler(caller, ...list)) : api.handler(caller, ...checked);
  const { output } = api;
  if (output === undefined) return result;
  const check = (value: unknown) => validate(output, value, `${api.name}: answer`);
  return isThenable(result) ? Promise.resolve(result).then(check) : check(result);
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof given(value, 'then') === 'function';

function withTimeout(
  result: PromiseLike<unknown>,
  name: string,
  ms: number,
  limit: AbortController,
): PromiseLike<unknown> {
  // More than a timer can do is no limit.
  if (ms > maxMilliseconds) return result;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const error = new Error(`${name}: no answer within ${ms} ms`);
      error.name = 'TimeoutError';
      reject(error);
      limit.abort(error);
    }, ms);
    // The invocation that waits keeps Node alive; when it is over nobody needs this.
    timer.unref();
    const settle = () => clearTimeout(timer);
    result.then(
      (value) => {
        settle();
        resolve(value);
      },
      (error) => {
        settle();
        reject(error);
      },
    );
  });
}
