import type { z } from 'zod';
import { ServerError } from '../errors/server-error.ts';
import { answerJson } from '../http/answers.ts';
import { readJson } from '../http/bodies.ts';
import type { Exchange, Method, Route } from '../http/router.ts';
import type { Platform } from '../platform/platform.ts';
import type { Caller } from '../platform/tokens.ts';
import type { StoredSpec } from '../storage/records.ts';
import { allow, callerOf } from './authority.ts';
import { functionBody, id, rollbackBody, secretBody, secretName, tenantBody } from './schemas.ts';

const bodyLimit = 4 * 1024 * 1024;

interface Call extends Exchange {
  readonly caller: Caller;
}

/** The administration under `/v1`. */
export function adminRoutes(platform: Platform): Route[] {
  const { tenants, deployments, invocations, secrets } = platform;
  const route = (method: Method, path: string, handle: (call: Call) => Promise<void>): Route => ({
    method,
    path: `/v1${path}`,
    async handle(exchange) {
      const caller = await callerOf(exchange.request, platform.tokens);
      const { tenant, name, secret } = exchange.params;
      allow(caller, tenant, method !== 'GET');
      for (const part of [tenant, name]) if (part !== undefined) check(id, part);
      if (secret !== undefined) check(secretName, secret);
      await handle({ ...exchange, caller });
    },
  });
  const of = '/tenants/:tenant';
  const one = `${of}/functions/:name`;
  return [
    route('GET', '/tenants', async ({ response }) => answerJson(response, 200, { tenants: await tenants.list() })),
    route('PUT', of, async ({ request, response, params: { tenant = '' }, caller }) => {
      // What a tenant pays for is not the tenant's to say.
      allow(caller, undefined, true);
      const { tier } = check(tenantBody, (await readJson(request, bodyLimit)) ?? {});
      const put = await tenants.put(tenant, tier);
      answerJson(response, put.created ? 201 : 200, put.tenant);
    }),
    route('GET', of, async ({ response, params: { tenant = '' } }) =>
      answerJson(response, 200, await tenants.get(tenant)),
    ),
    route('GET', `${of}/functions`, async ({ response, params: { tenant = '' } }) =>
      answerJson(response, 200, { functions: await deployments.list(tenant) }),
    ),
    route('PUT', one, async ({ request, response, params: { tenant = '', name = '' }, caller }) => {
      const spec = check(functionBody, await readJson(request, bodyLimit));
      const { view, created } = await deployments.deploy(tenant, name, spec as StoredSpec, caller.id);
      answerJson(response, created ? 201 : 200, view);
    }),
    route('GET', one, async ({ response, params: { tenant = '', name = '' } }) =>
      answerJson(response, 200, await deployments.get(tenant, name)),
    ),
    route('DELETE', one, async ({ response, params: { tenant = '', name = '' } }) => {
      await deployments.delete(tenant, name);
      response.writeHead(204).end();
    }),
    route('GET', `${one}/versions`, async ({ response, params: { tenant = '', name = '' } }) =>
      answerJson(response, 200, { versions: await deployments.versions(tenant, name) }),
    ),
    route('GET', `${one}/source`, async ({ response, params: { tenant = '', name = '' }, query }) => {
      const version = query.get('version') ?? undefined;
      answerJson(response, 200, await deployments.source(tenant, name, { version }));
    }),
    route('POST', `${one}/rollback`, async ({ request, response, params: { tenant = '', name = '' } }) => {
      const body = check(rollbackBody, await readJson(request, bodyLimit));
      answerJson(response, 200, await deployments.rollback(tenant, name, body?.version));
    }),
    route('POST', `${one}/invoke`, async ({ request, response, params: { tenant = '', name = '' }, query, signal }) => {
      const event = await readJson(request, bodyLimit);
      const choice = { version: query.get('version') ?? undefined, alias: query.get('alias') ?? undefined };
      const { value } = await invocations.invoke(tenant, name, event, { ...choice, signal });
      answerJson(response, 200, value);
    }),
    route('GET', `${of}/secrets`, async ({ response, params: { tenant = '' } }) =>
      answerJson(response, 200, { secrets: await secrets.list(tenant) }),
    ),
    route('PUT', `${of}/secrets/:secret`, async ({ request, response, params: { tenant = '', secret = '' } }) => {
      const { value } = check(secretBody, await readJson(request, bodyLimit));
      answerJson(response, 200, await secrets.put(tenant, secret, value));
    }),
    route('DELETE', `${of}/secrets/:secret`, async ({ response, params: { tenant = '', secret = '' } }) => {
      await secrets.delete(tenant, secret);
      response.writeHead(204).end();
    }),
  ];
}

function check<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const issues = error.issues.map(({ path, message }) => ({ path, message }));
  const [first] = issues;
  const where = first && first.path.length > 0 ? `${first.path.join('.')}: ` : '';
  throw new ServerError('ERR_ISOLET_SERVER_INVALID', `${where}${first?.message}`, { issues });
}
