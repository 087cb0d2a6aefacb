import { z } from 'zod';
import { ServerError } from '../../errors/server-error.ts';
import type { Platform } from '../../platform/platform.ts';
import type { TokenRecord } from '../../storage/records.ts';
import { pageOfAll } from '../cursor.ts';
import { type Operation, operation } from '../operation.ts';
import { ofTenant, paging, tenantId, toTime } from '../schemas/common.ts';
import { newToken, tenantTokenSpec, token, tokenSpec, tokens } from '../schemas/tokens.ts';

const tag = 'Tokens';
const tokenId = z.string().min(1).max(64).describe('Its id; not the token itself.');

export function tokenOperations(platform: Platform): Operation[] {
  const list = async (tenant: string | undefined, query: { limit: number; cursor?: string | undefined }) => {
    const all = (await platform.tokens.list(tenant)).sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
    const { items, next } = pageOfAll(all, placeOf, query);
    return { status: 200, json: { tokens: items.map(show), next } };
  };
  return [
    operation({
      id: 'whoAmI',
      method: 'GET',
      path: '/v1/token',
      tag,
      summary: 'The token that is shown with this request: what it may do.',
      access: 'anyone',
      answers: { 200: { description: 'The token.', schema: token } },
      handle: ({ caller }) => ({ status: 200, json: show(caller) }),
    }),
    operation({
      id: 'listTokens',
      method: 'GET',
      path: '/v1/tokens',
      tag,
      summary: 'Lists all tokens, oldest first. What they are is kept as a hash only.',
      access: 'platform',
      query: z.object({ tenant: tenantId.optional(), ...paging }),
      answers: { 200: { description: 'A page of them.', schema: tokens } },
      handle: ({ query }) => list(query.tenant, query),
    }),
    operation({
      id: 'makeToken',
      method: 'POST',
      path: '/v1/tokens',
      tag,
      summary: 'Makes a token. It is shown this once.',
      access: 'platform',
      body: tokenSpec,
      answers: { 201: { description: 'The token.', schema: newToken } },
      problems: { 404: 'There is no such tenant.' },
      async handle({ body, by }) {
        const { scope, tenant, label, expiresIn } = body;
        if ((scope === 'tenant') === (tenant === undefined) && scope !== 'read') throw wrongTenant(scope);
        if (tenant !== undefined) await platform.tenants.get(tenant);
        const made = await platform.tokens.make({ scope, tenant, label, expiresAt: expiryOf(expiresIn) }, by);
        return { status: 201, json: { ...show(made.record), token: made.token } };
      },
    }),
    operation({
      id: 'revokeToken',
      method: 'DELETE',
      path: '/v1/tokens/{token}',
      tag,
      summary: 'Revokes a token, at once.',
      access: 'platform',
      params: z.object({ token: tokenId }),
      answers: { 204: { description: 'It is revoked.' } },
      problems: { 404: 'There is no such token.' },
      async handle({ params, by }) {
        await platform.tokens.revoke(params.token, undefined, by);
        platform.logs.wake();
        return { status: 204 };
      },
    }),
    operation({
      id: 'listTenantTokens',
      method: 'GET',
      path: '/v1/tenants/{tenant}/tokens',
      tag,
      summary: 'Lists the tokens of a tenant, oldest first.',
      access: 'tenant',
      params: ofTenant,
      query: z.object(paging),
      answers: { 200: { description: 'A page of them.', schema: tokens } },
      problems: { 404: 'There is no such tenant.' },
      async handle({ params, query }) {
        await platform.tenants.get(params.tenant);
        return list(params.tenant, query);
      },
    }),
    operation({
      id: 'makeTenantToken',
      method: 'POST',
      path: '/v1/tenants/{tenant}/tokens',
      tag,
      summary: 'Makes a token of a tenant. It is shown this once.',
      access: 'tenant',
      params: ofTenant,
      body: tenantTokenSpec,
      bodyOptional: true,
      answers: { 201: { description: 'The token.', schema: newToken } },
      problems: { 404: 'There is no such tenant.' },
      async handle({ params: { tenant }, body, by }) {
        const { scope, label, expiresIn } = body ?? tenantTokenSpec.parse({});
        await platform.tenants.get(tenant);
        const made = await platform.tokens.make({ scope, tenant, label, expiresAt: expiryOf(expiresIn) }, by);
        return { status: 201, json: { ...show(made.record), token: made.token } };
      },
    }),
    operation({
      id: 'revokeTenantToken',
      method: 'DELETE',
      path: '/v1/tenants/{tenant}/tokens/{token}',
      tag,
      summary: 'Revokes a token of a tenant, at once.',
      access: 'tenant',
      params: ofTenant.extend({ token: tokenId }),
      answers: { 204: { description: 'It is revoked.' } },
      problems: { 404: 'There is no such tenant, or it has no such token.' },
      async handle({ params: { tenant, token }, by }) {
        await platform.tokens.revoke(token, tenant, by);
        platform.logs.wake();
        return { status: 204 };
      },
    }),
  ];
}

const placeOf = ({ createdAt, id }: TokenRecord): string => `${String(createdAt).padStart(16, '0')} ${id}`;

const expiryOf = (expiresIn: number | undefined): number | undefined =>
  expiresIn === undefined ? undefined : Math.round(Date.now() + expiresIn);

const show = ({ id, scope, tenant, label, createdAt, expiresAt, lastUsedAt }: TokenRecord) => ({
  ...{ id, scope, tenant: tenant ?? null, label, createdAt: toTime(createdAt) },
  expiresAt: expiresAt === undefined ? null : toTime(expiresAt),
  lastUsedAt: lastUsedAt === undefined ? null : toTime(lastUsedAt),
});

function wrongTenant(scope: 'platform' | 'tenant'): ServerError {
  const message =
    scope === 'tenant' ? 'tenant must be the id of a tenant, got nothing' : 'tenant must be left out for this scope';
  return new ServerError('ERR_ISOLET_SERVER_INVALID', `${message}.`, { issues: [{ path: ['tenant'], message }] });
}
