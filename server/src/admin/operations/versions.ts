import { z } from 'zod';
import type { Platform } from '../../platform/platform.ts';
import { etagOf, expectationOf } from '../conditions.ts';
import { pageOfAll } from '../cursor.ts';
import { type Operation, operation } from '../operation.ts';
import { ofFunction, paging, version } from '../schemas/common.ts';
import { diff, functionView, rollbackBody, source, versions } from '../schemas/functions.ts';
import { showVersion, stateOfFunction } from './views.ts';

const tag = 'Versions';
const path = '/v1/tenants/{tenant}/functions/{name}';
const missing = { 404: 'There is no such tenant, function or version.' };

export function versionOperations({ deployments }: Platform): Operation[] {
  return [
    operation({
      id: 'listVersions',
      method: 'GET',
      path: `${path}/versions`,
      tag,
      summary: 'Lists the versions of a function that are kept, oldest first.',
      access: 'tenant',
      params: ofFunction,
      query: z.object(paging),
      answers: { 200: { description: 'A page of them.', schema: versions } },
      problems: missing,
      async handle({ params: { tenant, name }, query }) {
        const all = await deployments.versions(tenant, name);
        const { items, next } = pageOfAll(all, ({ number }) => String(number).padStart(10, '0'), query);
        return { status: 200, json: { versions: items.map(showVersion), next } };
      },
    }),
    operation({
      id: 'getSource',
      method: 'GET',
      path: `${path}/source`,
      tag,
      summary: 'The code of a version, as it was deployed.',
      description: 'With `accept: text/javascript` the code alone.',
      access: 'tenant',
      params: ofFunction,
      query: z.object({ version: version.describe('Default: the one in force.').optional() }),
      answers: { 200: { description: 'The version with its code.', schema: source, types: ['text/javascript'] } },
      problems: missing,
      async handle({ params: { tenant, name }, query, request }) {
        const found = await deployments.source(tenant, name, query);
        const { accept = '' } = request.headers;
        if (!/^(?:text|application)\/javascript\b/.test(accept)) return { status: 200, json: showVersion(found) };
        // The tenant's text on the administration's origin: no browser may take it for a page or a script of ours.
        const headers = {
          'content-type': 'text/javascript; charset=utf-8',
          'content-disposition': 'attachment',
          'x-content-type-options': 'nosniff',
          'content-security-policy': 'sandbox',
        };
        return { status: 200, headers, text: found.code };
      },
    }),
    operation({
      id: 'diffVersions',
      method: 'GET',
      path: `${path}/diff`,
      tag,
      summary: 'What differs between two versions: source, names of variables, settings.',
      access: 'tenant',
      params: ofFunction,
      query: z.object({
        from: version.describe('Default: the one before the one in force.').optional(),
        to: version.describe('Default: the one in force.').optional(),
      }),
      answers: { 200: { description: 'The differences.', schema: diff } },
      problems: missing,
      async handle({ params: { tenant, name }, query }) {
        return { status: 200, json: await deployments.diff(tenant, name, query) };
      },
    }),
    operation({
      id: 'rollbackFunction',
      method: 'POST',
      path: `${path}/rollback`,
      tag,
      summary: 'Goes back to the version that was in force before, and again: further back; or to one that is named.',
      access: 'tenant',
      params: ofFunction,
      body: rollbackBody,
      bodyOptional: true,
      conditional: true,
      answers: { 200: { description: 'The version that is in force now.', schema: functionView, headers: ['ETag'] } },
      problems: { ...missing, 409: 'There is no version before this one.' },
      async handle({ params: { tenant, name }, body, by, request }) {
        const expected = expectationOf(request);
        const { view, record } = await deployments.rollback(tenant, name, body?.version, by, (found) =>
          expected(stateOfFunction(found)),
        );
        return { status: 200, headers: { etag: etagOf(stateOfFunction(record)) }, json: showVersion(view) };
      },
    }),
  ];
}
