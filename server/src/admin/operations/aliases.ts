import { z } from 'zod';
import type { Platform } from '../../platform/platform.ts';
import { etagOf, expectationOf } from '../conditions.ts';
import { pageOfAll } from '../cursor.ts';
import { type Operation, operation } from '../operation.ts';
import { aliasName, ofFunction, paging } from '../schemas/common.ts';
import { alias, aliasBody, aliases } from '../schemas/functions.ts';
import { stateOfFunction } from './views.ts';

const tag = 'Aliases';
const path = '/v1/tenants/{tenant}/functions/{name}/aliases';
const ofAlias = ofFunction.extend({ alias: aliasName });
const missing = { 404: 'There is no such tenant, function, version or alias.' };

export function aliasOperations({ deployments }: Platform): Operation[] {
  return [
    operation({
      id: 'listAliases',
      method: 'GET',
      path,
      tag,
      summary: 'Lists the aliases of a function, by name, each with the versions that it leads to.',
      access: 'tenant',
      params: ofFunction,
      query: z.object(paging),
      answers: { 200: { description: 'A page of them.', schema: aliases } },
      problems: missing,
      async handle({ params: { tenant, name }, query }) {
        const { record } = await deployments.get(tenant, name);
        const all = Object.entries(record.aliases).sort(([a], [b]) => (a < b ? -1 : 1));
        const { items, next } = pageOfAll(all, ([alias]) => alias, query);
        return { status: 200, json: { aliases: items.map(([alias, weights]) => ({ alias, weights })), next } };
      },
    }),
    operation({
      id: 'putAlias',
      method: 'PUT',
      path: `${path}/{alias}`,
      tag,
      summary: 'Points an alias at a version, or at several by weight.',
      access: 'tenant',
      params: ofAlias,
      body: aliasBody,
      conditional: true,
      answers: { 200: { description: 'The alias as it is now.', schema: alias, headers: ['ETag'] } },
      problems: missing,
      async handle({ params: { tenant, name, alias }, body, by, request }) {
        const weights = 'version' in body ? { [body.version]: 1 } : body.weights;
        const expected = expectationOf(request);
        const { record } = await deployments.setAlias(tenant, name, alias, weights, by, (found) =>
          expected(stateOfFunction(found)),
        );
        return { status: 200, headers: { etag: etagOf(stateOfFunction(record)) }, json: { alias, weights } };
      },
    }),
    operation({
      id: 'deleteAlias',
      method: 'DELETE',
      path: `${path}/{alias}`,
      tag,
      summary: 'Takes an alias away.',
      access: 'tenant',
      params: ofAlias,
      conditional: true,
      answers: { 204: { description: 'It is gone.' } },
      problems: missing,
      async handle({ params: { tenant, name, alias }, by, request }) {
        const expected = expectationOf(request);
        await deployments.setAlias(tenant, name, alias, undefined, by, (found) => expected(stateOfFunction(found)));
        return { status: 204 };
      },
    }),
  ];
}
