import type { ServerResponse } from 'node:http';
import type { z } from 'zod';
import { ServerError } from '../../errors/server-error.ts';
import type { LogFilter } from '../../platform/log-pages.ts';
import type { Platform } from '../../platform/platform.ts';
import type { KeptLogLine } from '../../storage/records.ts';
import { fromCursor, toCursor } from '../cursor.ts';
import { followLogs } from '../follow-logs.ts';
import { type Answer, type Call, type Operation, operation } from '../operation.ts';
import { ofFunction, ofTenant, toTime } from '../schemas/common.ts';
import { levels, logLines, logQuery, tenantLogQuery } from '../schemas/logs.ts';

const tag = 'Logs';
const description =
  'A page may be shorter than `limit`, or empty, while `next` is not null: it shows how far the search has come. With `follow=true` ' +
  'events `log`, whose data is a line and whose id is the id of that line: a client that comes back with `last-event-id` misses ' +
  'nothing. Who reads too slowly gets an event `skipped` with the number of lines that were left out.';
const answers = {
  200: { description: 'A page of lines, or events.', schema: logLines, types: ['text/event-stream'] },
};
/** Followers at once, of all. */
const mostFollowers = 500;

export function logOperations(platform: Platform): Operation[] {
  const { tenants, tokens, logs } = platform;
  let followers = 0;

  const page = async (tenant: string, filter: LogFilter, { order, limit, cursor }: Query): Promise<Answer> => {
    const [place] = fromCursor(cursor, 'number') ?? [];
    const from = order === 'oldest' ? { after: place ?? 0 } : { before: place ?? Number.MAX_SAFE_INTEGER };
    const { lines, next } = await logs.page(tenant, filter, from, limit);
    return { status: 200, json: { lines: lines.map(show), next: next === undefined ? null : toCursor(next) } };
  };

  const follow = async (tenant: string, given: LogFilter, { caller, request }: Asked): Promise<Answer> => {
    if (followers >= mostFollowers) throw tooMany();
    // What comes is later than any end that could have been asked for.
    const { until: _until, ...filter } = given;
    const lastId = request.headers['last-event-id'];
    const isBack = typeof lastId === 'string' && /^\d{1,15}$/.test(lastId);
    const after = isBack ? Number(lastId) : given.since === undefined ? await logs.last() : 0;
    const write = async (response: ServerResponse) => {
      followers++;
      try {
        await followLogs(response, { logs, tenant, filter, after, show, mayRead: () => tokens.isGood(caller) });
      } finally {
        followers--;
      }
    };
    return { status: 200, write };
  };

  const answer = async (tenant: string, name: string | undefined, query: Query, asked: Asked) => {
    await tenants.get(tenant);
    const filter = { ...filterOf(query), function: name };
    return query.follow ? follow(tenant, filter, asked) : page(tenant, filter, query);
  };

  return [
    operation({
      id: 'getTenantLogs',
      method: 'GET',
      path: '/v1/tenants/{tenant}/logs',
      tag,
      summary: "Lines of all of a tenant's functions, newest first; or as they come.",
      description,
      access: 'tenant',
      params: ofTenant,
      query: tenantLogQuery,
      answers,
      problems: { 404: 'There is no such tenant.' },
      handle: ({ params: { tenant }, query, ...asked }) => answer(tenant, query.function, query, asked),
    }),
    operation({
      id: 'getFunctionLogs',
      method: 'GET',
      path: '/v1/tenants/{tenant}/functions/{name}/logs',
      tag,
      summary: 'Lines of a function, newest first; or as they come.',
      description: `${description} Lines stay when the function goes.`,
      access: 'tenant',
      params: ofFunction,
      query: logQuery,
      answers,
      problems: { 404: 'There is no such tenant.' },
      handle: ({ params: { tenant, name }, query, ...asked }) => answer(tenant, name, query, asked),
    }),
  ];
}

type Query = z.output<typeof logQuery>;
type Asked = Pick<Call<unknown, unknown, unknown>, 'caller' | 'request'>;

const filterOf = ({ level, text, invocation, since, until }: Query): LogFilter => ({
  ...{ invocation, since, until, contains: text },
  levels: level === undefined ? undefined : levels.slice(levels.indexOf(level)),
});

const show = ({ seq, at, tenant, function: name, version, invocation, level, text }: KeptLogLine) => ({
  ...{ id: seq, time: toTime(at), tenant, function: name, version: version ?? null },
  ...{ invocation: invocation ?? null, level, message: text },
});

const tooMany = (): ServerError =>
  new ServerError('ERR_ISOLET_SERVER_TOO_MANY', `More than ${mostFollowers} clients follow logs.`, {
    retryAfter: 5000,
  });
