import type { FetchCaller, FetchCapability } from '../../options/web.ts';
import { given } from '../../shared/own.ts';
import type { RuntimeOptions } from '../engine.ts';
import { Invocation } from '../report/invocation.ts';

type Web = RuntimeOptions['web'];

/** The same with a `fetch` that is a platform call of the invocation that asks, and knows whose that is. */
export function forInvocations(web: Web): Web {
  if (typeof web !== 'object' || given(web, 'fetch') === undefined) return web;
  const fetch = web.fetch as FetchCapability;
  return { ...web, fetch: (request, caller) => fetch(request, counted(caller)) } satisfies { fetch: FetchCapability };
}

function counted(caller: FetchCaller): FetchCaller {
  const invocation = caller.context;
  if (!(invocation instanceof Invocation)) return caller;
  const refusal = invocation.countCall('fetch', Number.POSITIVE_INFINITY);
  if (refusal !== undefined) throw new TypeError(refusal);
  const { tenantId, name: functionName, version } = invocation.fn;
  return { ...caller, tenantId, functionName, version, invocationId: invocation.publicId };
}
