import { z } from 'zod';
import type { Platform } from '../../platform/platform.ts';
import type { TenantRecord } from '../../storage/records.ts';
import { etagOf, expectationOf } from '../conditions.ts';
import { pageOfAll } from '../cursor.ts';
import { type Operation, operation } from '../operation.ts';
import { ofTenant, paging, toTime } from '../schemas/common.ts';
import { tenant, tenantSpec, tenants, tiers } from '../schemas/tenants.ts';

const tag = 'Tenants';
const missing = { 404: 'There is no such tenant.' };

export function tenantOperations(platform: Platform): Operation[] {
  const { config } = platform;
  const view = ({ id, createdAt }: TenantRecord) => ({
    id,
    tier: platform.tenants.tierOf(id) ?? config.defaultTier,
    createdAt: toTime(createdAt),
  });
  const stateOf = (record: TenantRecord | undefined) => record && view(record);
  return [
    operation({
      id: 'listTenants',
      method: 'GET',
      path: '/v1/tenants',
      tag,
      summary: 'Lists tenants, by id.',
      access: 'platform',
      query: z.object(paging),
      answers: { 200: { description: 'A page of them.', schema: tenants } },
      async handle({ query }) {
        const { items, next } = pageOfAll(await platform.tenants.list(), ({ id }) => id, query);
        return { status: 200, json: { tenants: items.map(view), next } };
      },
    }),
    operation({
      id: 'putTenant',
      method: 'PUT',
      path: '/v1/tenants/{tenant}',
      tag,
      summary: 'Makes a tenant, or moves it into another tier.',
      access: 'platform',
      params: ofTenant,
      body: tenantSpec,
      bodyOptional: true,
      conditional: true,
      answers: {
        200: { description: 'It was there.', schema: tenant, headers: ['ETag'] },
        201: { description: 'It is new.', schema: tenant, headers: ['ETag'] },
      },
      async handle({ params, body, by, request }) {
        const expected = expectationOf(request);
        const put = await platform.tenants.put(params.tenant, body?.tier, by, (found) => expected(stateOf(found)));
        const json = view(put.tenant);
        return { status: put.created ? 201 : 200, headers: { etag: etagOf(json) }, json };
      },
    }),
    operation({
      id: 'getTenant',
      method: 'GET',
      path: '/v1/tenants/{tenant}',
      tag,
      summary: 'One tenant.',
      access: 'tenant',
      params: ofTenant,
      answers: { 200: { description: 'The tenant.', schema: tenant, headers: ['ETag'] } },
      problems: missing,
      async handle({ params }) {
        const json = view(await platform.tenants.get(params.tenant));
        return { status: 200, headers: { etag: etagOf(json) }, json };
      },
    }),
    operation({
      id: 'deleteTenant',
      method: 'DELETE',
      path: '/v1/tenants/{tenant}',
      tag,
      summary: 'Takes a tenant away, with its functions, secrets, storage, logs and tokens.',
      description: 'Its usage stays, for bills, and so does the audit. What runs may finish.',
      access: 'platform',
      params: ofTenant,
      conditional: true,
      answers: { 204: { description: 'It is gone.' } },
      problems: missing,
      async handle({ params, by, request }) {
        const expected = expectationOf(request);
        await platform.deployments.deleteTenant(params.tenant, by, (found) => expected(stateOf(found)));
        platform.logs.wake();
        return { status: 204 };
      },
    }),
    operation({
      id: 'listTiers',
      method: 'GET',
      path: '/v1/tiers',
      tag,
      summary: 'The tiers that tenants can be in.',
      description: 'They come from the configuration of the server.',
      access: 'anyone',
      query: z.object(paging),
      answers: { 200: { description: 'A page of them, by name.', schema: tiers } },
      handle({ query }) {
        const all = Object.entries(config.tiers).sort(([a], [b]) => (a < b ? -1 : 1));
        const { items, next } = pageOfAll(all, ([name]) => name, query);
        const shown = items.map(([name, limits]) => ({ name, isDefault: name === config.defaultTier, limits }));
        return { status: 200, json: { tiers: shown, next } };
      },
    }),
  ];
}
