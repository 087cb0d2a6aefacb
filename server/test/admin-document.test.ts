import { expect, it } from 'vitest';
import { dataFolder, ServerProcess } from './server-process.ts';

it('the OpenAPI document can be had without a token, and has every path under /v1', async () => {
  await using folder = await dataFolder();
  await using server = await ServerProcess.start(folder.path);
  const { status, body } = await server.ask('GET', '/v1/openapi.json', undefined, { authorization: '' });
  expect([status, body.openapi]).toEqual([200, '3.1.0']);
  expect(Object.keys(body.paths).every((path) => path.startsWith('/v1/'))).toBe(true);
  expect(Object.keys(body.paths['/v1/tenants/{tenant}/functions/{name}'])).toEqual(['put', 'get', 'delete']);
});
