import { z } from 'zod';
import { ServerError } from '../../errors/server-error.ts';
import { authorityOf, hostOf } from '../../http/authority.ts';
import { type DomainView, placeOfDomain } from '../../platform/domains.ts';
import type { Platform } from '../../platform/platform.ts';
import { etagOf, expectationOf } from '../conditions.ts';
import { pageOfAll } from '../cursor.ts';
import { type Operation, operation } from '../operation.ts';
import { ofTenant, paging, toTime } from '../schemas/common.ts';
import { domain, domainHost, domainSpec, domains } from '../schemas/routes.ts';

const tag = 'Domains';
const path = '/v1/tenants/{tenant}/domains/{host}';
const ofHost = ofTenant.extend({ host: domainHost });
const missing = { 404: 'There is no such tenant, or it has no such host.' };
const taken = { 409: "The host is another tenant's, the server's own, or one of the configuration." };

/** Which hosts lead to functions of which tenant. */
export function domainOperations({ domains: hosts }: Platform): Operation[] {
  return [
    operation({
      id: 'listDomains',
      method: 'GET',
      path: '/v1/tenants/{tenant}/domains',
      tag,
      summary: 'Lists the hosts that lead to functions of a tenant, those of the configuration among them.',
      access: 'tenant',
      params: ofTenant,
      query: z.object(paging),
      answers: { 200: { description: 'A page of them.', schema: domains } },
      problems: { 404: 'There is no such tenant.' },
      async handle({ params, query }) {
        const { items, next } = pageOfAll(await hosts.list(params.tenant), placeOfDomain, query);
        return { status: 200, json: { domains: items.map(show), next } };
      },
    }),
    operation({
      id: 'getDomain',
      method: 'GET',
      path,
      tag,
      summary: 'Where a host leads.',
      access: 'tenant',
      params: ofHost,
      answers: { 200: { description: 'The host.', schema: domain, headers: ['ETag'] } },
      problems: missing,
      async handle({ params: { tenant, host } }) {
        const view = await hosts.get(tenant, host);
        return { status: 200, headers: { etag: etagOf(stateOf(view)) }, json: show(view) };
      },
    }),
    operation({
      id: 'putDomain',
      method: 'PUT',
      path,
      tag,
      summary: 'Gives a host to a tenant: requests to it go to its functions, from the answer on.',
      description:
        'Nothing but functions is answered there. Neither the function nor the alias need be there yet. What the host needs of DNS, and of certificates in `tls`, is not for this server to do.',
      access: 'platform',
      params: ofHost,
      body: domainSpec,
      bodyOptional: true,
      conditional: true,
      answers: {
        200: { description: 'The tenant had the host.', schema: domain, headers: ['ETag'] },
        201: { description: 'The host is new.', schema: domain, headers: ['ETag'] },
      },
      problems: { 404: 'There is no such tenant.', ...taken },
      async handle({ params: { tenant, host }, body, by, request }) {
        if (hostOf(authorityOf(request)) === host) throw isHere(host);
        const target = { function: body?.function, alias: body?.alias };
        const expected = expectationOf(request);
        const made = await hosts.put(tenant, host, target, by, (found) => expected(found && stateOf(found)));
        const headers = { etag: etagOf(stateOf(made.view)) };
        return { status: made.created ? 201 : 200, headers, json: show(made.view) };
      },
    }),
    operation({
      id: 'deleteDomain',
      method: 'DELETE',
      path,
      tag,
      summary: 'Takes a host away from a tenant.',
      access: 'platform',
      params: ofHost,
      conditional: true,
      answers: { 204: { description: 'It is gone.' } },
      problems: { ...missing, 409: 'The configuration gives it to the tenant.' },
      async handle({ params: { tenant, host }, by, request }) {
        const expected = expectationOf(request);
        await hosts.delete(tenant, host, by, (found) => expected(found && stateOf(found)));
        return { status: 204 };
      },
    }),
  ];
}

type Shown = Pick<DomainView, 'function' | 'alias' | 'createdAt'>;

const stateOf = ({ function: name, alias, createdAt }: Shown) => ({ function: name, alias, createdAt });

const show = (view: DomainView) => ({
  ...view,
  function: view.function ?? null,
  alias: view.alias ?? null,
  createdAt: view.createdAt === undefined ? null : toTime(view.createdAt),
});

const isHere = (host: string): ServerError =>
  new ServerError(
    'ERR_ISOLET_SERVER_CONFLICT',
    `Host '${host}' is where this administration was asked: as a tenant's it would answer nothing but functions.`,
  );
