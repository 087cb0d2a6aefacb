import { z } from 'zod';
import type { Platform } from '../../platform/platform.ts';
import { etagOf, expectationOf } from '../conditions.ts';
import { pageOfAll } from '../cursor.ts';
import { type Operation, operation } from '../operation.ts';
import { ofTenant, paging, toTime, variableName } from '../schemas/common.ts';
import { secret, secretBody, secrets, variable, variableBody, variables } from '../schemas/texts.ts';

const missing = { 404: 'There is no such tenant, or nothing of that name.' };
const ofName = ofTenant.extend({ name: variableName });
const dated = <T extends { updatedAt: number }>(item: T) => ({ ...item, updatedAt: toTime(item.updatedAt) });
/** A value of 32 KiB in which everything is escaped. */
const maxBody = 256 * 1024;

/** What functions find in `env` beside what they were deployed with: variables and secrets of their tenant. */
export function textOperations(platform: Platform): Operation[] {
  return [
    operation({
      id: 'listSecrets',
      method: 'GET',
      path: '/v1/tenants/{tenant}/secrets',
      tag: 'Secrets',
      summary: "Lists the names of a tenant's secrets. No operation answers a value.",
      access: 'tenant',
      params: ofTenant,
      query: z.object(paging),
      answers: { 200: { description: 'A page of them.', schema: secrets } },
      problems: missing,
      async handle({ params, query }) {
        const { items, next } = pageOfAll(await platform.secrets.list(params.tenant), ({ name }) => name, query);
        return { status: 200, json: { secrets: items.map(dated), next } };
      },
    }),
    operation({
      id: 'putSecret',
      method: 'PUT',
      path: '/v1/tenants/{tenant}/secrets/{name}',
      tag: 'Secrets',
      summary: 'Writes a secret: a member of `env` in all functions of the tenant.',
      description:
        'Invocations that begin after the answer have the new value; nothing is deployed, no version changes.',
      access: 'tenant',
      params: ofName,
      body: secretBody,
      hidden: ['value'],
      maxBody,
      conditional: true,
      answers: { 200: { description: 'It is written.', schema: secret, headers: ['ETag'] } },
      problems: missing,
      async handle({ params: { tenant, name }, body, by, request }) {
        const record = await platform.secrets.put(tenant, name, body.value, by, expectationOf(request));
        return { status: 200, headers: { etag: etagOf(record) }, json: dated(record) };
      },
    }),
    operation({
      id: 'deleteSecret',
      method: 'DELETE',
      path: '/v1/tenants/{tenant}/secrets/{name}',
      tag: 'Secrets',
      summary: 'Takes a secret away.',
      access: 'tenant',
      params: ofName,
      conditional: true,
      answers: { 204: { description: 'It is gone.' } },
      problems: missing,
      async handle({ params: { tenant, name }, by, request }) {
        await platform.secrets.delete(tenant, name, by, expectationOf(request));
        return { status: 204 };
      },
    }),
    operation({
      id: 'listVariables',
      method: 'GET',
      path: '/v1/tenants/{tenant}/env',
      tag: 'Variables',
      summary: "Lists a tenant's variables, by name.",
      access: 'tenant',
      params: ofTenant,
      query: z.object(paging),
      answers: { 200: { description: 'A page of them.', schema: variables } },
      problems: missing,
      async handle({ params, query }) {
        const { items, next } = pageOfAll(await platform.variables.list(params.tenant), ({ name }) => name, query);
        return { status: 200, json: { variables: items.map(dated), next } };
      },
    }),
    operation({
      id: 'putVariable',
      method: 'PUT',
      path: '/v1/tenants/{tenant}/env/{name}',
      tag: 'Variables',
      summary:
        'Sets a variable: a member of `env` in all functions of the tenant that set none of this name themselves.',
      description:
        'Invocations that begin after the answer have the new value; nothing is deployed, no version changes.',
      access: 'tenant',
      params: ofName,
      body: variableBody,
      maxBody,
      conditional: true,
      answers: { 200: { description: 'It is set.', schema: variable, headers: ['ETag'] } },
      problems: missing,
      async handle({ params: { tenant, name }, body, by, request }) {
        const record = await platform.variables.put(tenant, name, body.value, by, expectationOf(request));
        return { status: 200, headers: { etag: etagOf(record) }, json: dated(record) };
      },
    }),
    operation({
      id: 'deleteVariable',
      method: 'DELETE',
      path: '/v1/tenants/{tenant}/env/{name}',
      tag: 'Variables',
      summary: 'Takes a variable away.',
      access: 'tenant',
      params: ofName,
      conditional: true,
      answers: { 204: { description: 'It is gone.' } },
      problems: missing,
      async handle({ params: { tenant, name }, by, request }) {
        await platform.variables.delete(tenant, name, by, expectationOf(request));
        return { status: 204 };
      },
    }),
  ];
}
