import { setGuestStack } from '../../errors/guest-stack.ts';
import { ServerError } from '../../errors/server-error.ts';
import type { InvocationView } from '../../platform/async-invocations.ts';
import type { Platform } from '../../platform/platform.ts';
import { fromCursor, toCursor } from '../cursor.ts';
import { type Operation, operation } from '../operation.ts';
import { ofFunction, toTime } from '../schemas/common.ts';
import {
  event,
  invocation,
  invocationAccepted,
  invocationId,
  invocations,
  invocationsQuery,
  invokeQuery,
  value,
} from '../schemas/invocations.ts';

const tag = 'Invocations';
const path = '/v1/tenants/{tenant}/functions/{name}';
const missing = { 404: 'There is no such tenant, function, version or alias.' };
const maxBody = 1024 * 1024;

export function invocationOperations(platform: Platform): Operation[] {
  const { asyncInvocations } = platform;
  return [
    operation({
      id: 'invokeFunction',
      method: 'POST',
      path: `${path}/invoke`,
      tag,
      summary: 'Runs a function. The body is the event, the answer its value.',
      description: 'The header `isolet-invocation` of the answer is the id that lines of the log have.',
      access: 'tenant',
      params: ofFunction,
      query: invokeQuery,
      body: event,
      bodyOptional: true,
      maxBody,
      answers: { 200: { description: 'What the function answered; null for undefined.', schema: value } },
      problems: {
        ...missing,
        502: 'The function failed, or was stopped at a limit of memory; `error` has what it threw.',
        503: 'There is no room for it: see `code`, and `retryAfter` in ms. It was not started.',
        504: 'It ran into a limit of time.',
      },
      async handle({ params: { tenant, name }, query, body, signal }) {
        const run = platform.invocations.invoke(tenant, name, body, { ...query, signal });
        const { value, invocationId } = await run.catch((error) => withStack(platform, tenant, name, error));
        const headers = { 'content-type': 'application/json', 'isolet-invocation': invocationId };
        return { status: 200, headers, text: jsonOf(value) };
      },
    }),
    operation({
      id: 'invokeLater',
      method: 'POST',
      path: `${path}/invocations`,
      tag,
      summary: 'Has a function run, and does not wait for it.',
      description:
        'What was accepted is kept and runs at least once, also after the end of the server. What came of it is kept for as long as the configuration says.',
      access: 'tenant',
      params: ofFunction,
      query: invokeQuery,
      body: event,
      bodyOptional: true,
      maxBody,
      answers: { 202: { description: 'It is accepted.', schema: invocationAccepted, headers: ['Location'] } },
      problems: missing,
      async handle({ params: { tenant, name }, query, body }) {
        const { id } = await asyncInvocations.accept(tenant, name, body, query);
        const location = `/v1/tenants/${tenant}/functions/${name}/invocations/${id}`;
        return { status: 202, headers: { location }, json: { id, status: 'queued' } };
      },
    }),
    operation({
      id: 'listInvocations',
      method: 'GET',
      path: `${path}/invocations`,
      tag,
      summary: 'Lists invocations that nobody waits for, latest first, without what they answered.',
      access: 'tenant',
      params: ofFunction,
      query: invocationsQuery,
      answers: { 200: { description: 'A page of them.', schema: invocations } },
      problems: { 404: 'There is no such tenant.' },
      async handle({ params: { tenant, name }, query: { status, limit, cursor } }) {
        await platform.tenants.get(tenant);
        const [before] = fromCursor(cursor, 'string') ?? [];
        const all = await asyncInvocations.list(tenant, name, { status, before, limit });
        const last = all.at(-1);
        const next = last && all.length === limit ? toCursor(last.id) : null;
        return { status: 200, json: { invocations: all.map(show), next } };
      },
    }),
    operation({
      id: 'getInvocation',
      method: 'GET',
      path: `${path}/invocations/{id}`,
      tag,
      summary: 'One invocation that nobody waits for, and what came of it.',
      access: 'tenant',
      params: ofFunction.extend({ id: invocationId }),
      answers: { 200: { description: 'The invocation.', schema: invocation } },
      problems: { 404: 'There is no such tenant or invocation, or not any more.' },
      async handle({ params: { tenant, name, id } }) {
        return { status: 200, json: show(await asyncInvocations.get(tenant, name, id)) };
      },
    }),
  ];
}

/** @throws {ServerError} if JSON has no word for it: that is the function's fault. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch (error) {
    const { message } = error as Error;
    throw new ServerError('ERR_ISOLET_SERVER_BAD_ANSWER', `The answer can't be said in JSON: ${message}.`);
  }
}

function show(view: InvocationView) {
  const { id, tenant, function: name, status, attempts, createdAt, startedAt, finishedAt, result, error } = view;
  const { version = null, alias = null, method = null } = view;
  const timeOr = (ms: number | undefined) => (ms === undefined ? null : toTime(ms));
  const times = { createdAt: toTime(createdAt), startedAt: timeOr(startedAt), finishedAt: timeOr(finishedAt) };
  return { id, tenant, function: name, version, alias, method, status, attempts, ...times, result, error };
}

/** Whoever may invoke here may see where in the function's files it failed. */
async function withStack(platform: Platform, tenant: string, name: string, error: unknown): Promise<never> {
  const stack = await platform.guestStack(tenant, name, error);
  if (stack !== undefined) setGuestStack(error as Error, stack);
  throw error;
}
