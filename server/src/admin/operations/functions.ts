import { z } from 'zod';
import { ServerError } from '../../errors/server-error.ts';
import type { Platform } from '../../platform/platform.ts';
import type { StoredSpec } from '../../storage/records.ts';
import { etagOf, expectationOf } from '../conditions.ts';
import { pageOfAll } from '../cursor.ts';
import { type Operation, operation } from '../operation.ts';
import { ofFunction, ofTenant, paging } from '../schemas/common.ts';
import { deployed, functionSpec, functions, functionView } from '../schemas/functions.ts';
import { showVersion, stateOfFunction } from './views.ts';

const tag = 'Functions';
const path = '/v1/tenants/{tenant}/functions/{name}';
const missing = { 404: 'There is no such tenant, or no such function.' };
/** Room for a source of a MiB in which everything is escaped. */
const maxBody = 8 * 1024 * 1024;

export function functionOperations({ deployments }: Platform): Operation[] {
  return [
    operation({
      id: 'listFunctions',
      method: 'GET',
      path: '/v1/tenants/{tenant}/functions',
      tag,
      summary: "Lists a tenant's functions by name, each with the version in force.",
      access: 'tenant',
      params: ofTenant,
      query: z.object(paging),
      answers: { 200: { description: 'A page of them.', schema: functions } },
      problems: { 404: 'There is no such tenant.' },
      async handle({ params, query }) {
        const { items, next } = pageOfAll(await deployments.list(params.tenant), ({ name }) => name, query);
        return { status: 200, json: { functions: items.map(showVersion), next } };
      },
    }),
    operation({
      id: 'deployFunction',
      method: 'PUT',
      path,
      tag,
      summary: 'Checks a function and puts it into force.',
      description:
        'The same code with the same settings is the same version, however often it is sent. A deployment that is refused changes ' +
        'nothing; `issues` has everything that is wrong, with line and column. Invocations that run finish on their version.',
      access: 'tenant',
      params: ofFunction,
      body: functionSpec,
      maxBody,
      hidden: ['env'],
      conditional: true,
      answers: {
        200: { description: 'The function was there.', schema: deployed, headers: ['ETag'] },
        201: { description: 'The function is new.', schema: deployed, headers: ['ETag'] },
      },
      problems: { 404: 'There is no such tenant.', 503: 'There is no room: see `code`, and `retryAfter` in ms.' },
      async handle({ params: { tenant, name }, body, by, request }) {
        const { tenantId, name: named, ...spec } = body;
        agree('tenantId', tenantId, tenant);
        agree('name', named, name);
        const expected = expectationOf(request);
        const { view, record, created } = await deployments.deploy(tenant, name, given(spec), by, (found) =>
          expected(stateOfFunction(found)),
        );
        const json = { ...showVersion(view), warnings: view.warnings };
        return { status: created ? 201 : 200, headers: { etag: etagOf(stateOfFunction(record)) }, json };
      },
    }),
    operation({
      id: 'getFunction',
      method: 'GET',
      path,
      tag,
      summary: 'The version of a function that is in force.',
      access: 'tenant',
      params: ofFunction,
      answers: { 200: { description: 'The version.', schema: functionView, headers: ['ETag'] } },
      problems: missing,
      async handle({ params: { tenant, name } }) {
        const { view, record } = await deployments.get(tenant, name);
        return { status: 200, headers: { etag: etagOf(stateOfFunction(record)) }, json: showVersion(view) };
      },
    }),
    operation({
      id: 'deleteFunction',
      method: 'DELETE',
      path,
      tag,
      summary: 'Takes a function away, with all its versions. What runs may finish.',
      access: 'tenant',
      params: ofFunction,
      conditional: true,
      answers: { 204: { description: 'It is gone.' } },
      problems: missing,
      async handle({ params: { tenant, name }, by, request }) {
        const expected = expectationOf(request);
        await deployments.delete(tenant, name, by, (found) => expected(stateOfFunction(found)));
        return { status: 204 };
      },
    }),
  ];
}

/** A specification may repeat what the path says, and must not say something else. */
function agree(member: string, given: string | undefined, path: string): void {
  if (given === undefined || given === path) return;
  const message = `${member} must be left out, or '${path}' as in the path`;
  throw new ServerError('ERR_ISOLET_SERVER_INVALID', `${message}.`, { issues: [{ path: [member], message }] });
}

/** What is `undefined` is as good as left out. */
const given = (spec: object): StoredSpec =>
  Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined)) as unknown as StoredSpec;
