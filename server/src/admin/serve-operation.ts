import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { ServerError } from '../errors/server-error.ts';
import { answerJson } from '../http/answers.ts';
import { readJson } from '../http/bodies.ts';
import type { Exchange, Route } from '../http/router.ts';
import type { Tokens } from '../platform/tokens.ts';
import type { Actor, TokenRecord } from '../storage/records.ts';
import { allow, callerOf } from './authority.ts';
import { explainIssues } from './explain.ts';
import type { Guesses } from './guesses.ts';
import type { Answer, Call, Operation } from './operation.ts';

const usualBody = 64 * 1024;

/** The route of an operation. First who asks, then whether they may, then what they ask: nobody learns more than that. */
export function routeOf(operation: Operation, tokens: Tokens, guesses: Guesses): Route {
  return {
    method: operation.method,
    path: operation.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    async handle(exchange) {
      const { request, response } = exchange;
      const caller = operation.access === 'open' ? nobody : await callerOf(request, tokens, guesses);
      allow(caller, operation, exchange.params['tenant']);
      const answer = await operation.handle(await checked(operation, exchange, caller));
      for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
      await send(exchange, answer);
    },
  };
}

const nobody: TokenRecord = {
  ...{ id: '', label: '', scope: 'read', tenant: undefined },
  ...{ createdAt: 0, expiresAt: undefined, lastUsedAt: undefined },
};

const actorOf = ({ id, label, scope }: TokenRecord, request: IncomingMessage): Actor => ({
  ...{ token: id, label, scope, address: request.socket.remoteAddress },
});

async function checked(
  operation: Operation,
  exchange: Exchange,
  caller: TokenRecord,
): Promise<Call<unknown, unknown, unknown>> {
  const { request, signal } = exchange;
  const params = operation.params && check(operation.params, { ...exchange.params }, []);
  const query = operation.query && check(operation.query, queryOf(exchange.query), []);
  const body = await checkedBody(operation, request);
  return { params, query, body, caller, by: actorOf(caller, request), request, signal };
}

/** Parameters that came once as texts, those that came again as lists: no schema of ours takes those. */
function queryOf(query: URLSearchParams): Record<string, unknown> {
  return Object.fromEntries([...new Set(query.keys())].map((name) => [name, only(query.getAll(name))]));
}

const only = (all: readonly string[]): unknown => (all.length === 1 ? all[0] : all);

async function checkedBody(operation: Operation, request: IncomingMessage): Promise<unknown> {
  const { body, bodyOptional, maxBody = usualBody, hidden = [] } = operation;
  if (!body) return undefined;
  const given = await readJson(request, maxBody);
  if (given === undefined && bodyOptional) return undefined;
  return check(body, given, hidden);
}

/** @throws {ServerError} with everything that is wrong. */
function check(schema: z.ZodType, given: unknown, hidden: readonly string[]): unknown {
  const { success, data, error } = schema.safeParse(given);
  if (success) return data;
  const issues = explainIssues(error.issues, given, hidden);
  const [first, ...more] = issues;
  const message = more.length === 0 ? `${first?.message}.` : `${first?.message}; and ${more.length} more, see issues.`;
  throw new ServerError('ERR_ISOLET_SERVER_INVALID', message, { issues });
}

async function send({ response }: Exchange, { status, json, text, write }: Answer): Promise<void> {
  if (write) return write(response);
  if (text !== undefined) response.writeHead(status, { 'content-length': Buffer.byteLength(text) }).end(text);
  else if (json !== undefined) answerJson(response, status, json);
  else response.writeHead(status).end();
}
