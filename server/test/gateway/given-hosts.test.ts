import { once } from 'node:events';
import { request } from 'node:http';
import { expect, it } from 'vitest';
import { type Answer, ServerProcess } from '../server-process.ts';
import { deploy, useGateway } from './support.ts';

const settings = {
  gateway: {
    domain: 'fn.test',
    ownHosts: ['127.0.0.1', 'admin.test'],
    domains: [{ host: 'fixed.test', tenant: 'acme', function: 'hello' }],
  },
};
const made = useGateway({ hello: '({ path }) => ["hello", path]', other: '({ path }) => ["other", path]' }, settings);

const domains = (tenant: string, host = '') => `/v1/tenants/${tenant}/domains${host && `/${host}`}`;
const give = (tenant: string, host: string, body: object = {}, headers: Record<string, string> = {}): Promise<Answer> =>
  made.server.ask('PUT', domains(tenant, host), body, headers);

/** What a client of a host gets. */
async function get(host: string, path: string): Promise<[status: number, body: unknown]> {
  const asking = request(`${made.server.url}${path}`, { headers: { host } }).end();
  const [response] = await once(asking, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  const { status, ...body } = { status: response.statusCode, body: JSON.parse(text) };
  return [status, Array.isArray(body.body) ? body.body : body.body.code];
}

const missing = [404, 'ERR_ISOLET_SERVER_NOT_FOUND'];

it('a host leads where it was given to from the answer on, and nowhere when it was taken away', async () => {
  expect(await get('shop.test', '/a')).toEqual(missing);
  expect(await give('acme', 'shop.test', { function: 'hello' })).toMatchObject({
    status: 201,
    body: { host: 'shop.test', tenant: 'acme', function: 'hello', alias: null, configured: false, inForce: true },
  });
  expect(await get('shop.test', '/a')).toEqual([200, ['hello', '/a']]);
  expect(await get('SHOP.test:80', '/v1/tenants')).toEqual([200, ['hello', '/v1/tenants']]);
  expect((await give('acme', 'shop.test', { function: 'other' })).status).toBe(200);
  expect(await get('shop.test', '/a')).toEqual([200, ['other', '/a']]);
  expect((await give('acme', 'shop.test')).status).toBe(200);
  expect(await get('shop.test', '/hello/a')).toEqual([200, ['hello', '/a']]);
  expect((await made.server.ask('DELETE', domains('acme', 'shop.test'))).status).toBe(204);
  expect(await get('shop.test', '/hello/a')).toEqual(missing);
  expect((await made.server.ask('DELETE', domains('acme', 'shop.test'))).status).toBe(404);
});

it('an alias of a host is asked for, also once it comes', async () => {
  const first = await made.server.ask('GET', '/v1/tenants/acme/functions/hello');
  await give('acme', 'live.test', { function: 'hello', alias: 'live' });
  expect((await get('live.test', '/'))[0]).toBe(404);
  await made.server.ask('PUT', '/v1/tenants/acme/functions/hello/aliases/live', { version: first.body.version });
  expect(await get('live.test', '/')).toEqual([200, ['hello', '/']]);
});

it('a host belongs to one tenant, and goes with it', async () => {
  await made.server.ask('PUT', '/v1/tenants/rival', {});
  expect((await give('rival', 'theirs.test')).status).toBe(201);
  const { status, body } = await give('acme', 'theirs.test', { function: 'hello' });
  expect([status, body.code, body.detail]).toEqual([
    409,
    'ERR_ISOLET_SERVER_CONFLICT',
    "Host 'theirs.test' belongs to tenant 'rival'. Take it away there first.",
  ]);
  expect((await made.server.ask('DELETE', domains('acme', 'theirs.test'))).status).toBe(404);
  const both = await Promise.all(['acme', 'rival'].map((tenant) => give(tenant, 'wanted.test')));
  expect(both.map((answer) => answer.status).sort()).toEqual([201, 409]);
  await made.server.ask('DELETE', '/v1/tenants/rival');
  expect((await give('acme', 'theirs.test', { function: 'hello' })).status).toBe(201);
  expect(await get('theirs.test', '/')).toEqual([200, ['hello', '/']]);
});

it('a host that was given while its tenant goes leads nowhere', async () => {
  for (let i = 0; i < 10; i++) {
    await made.server.ask('PUT', '/v1/tenants/brief', {});
    const path = domains('brief', `brief${i}.test`);
    const asked = [made.server.ask('PUT', path, {}), made.server.ask('DELETE', '/v1/tenants/brief')];
    const [put] = await Promise.all(i % 2 === 0 ? asked : asked.reverse());
    expect([200, 201, 204, 404]).toContain(put?.status);
    expect(await get(`brief${i}.test`, '/x')).toEqual(missing);
    expect((await give('acme', `brief${i}.test`)).status).toBe(201);
  }
});

it('the hosts of the server itself, of functions by name and of the configuration are not given away', async () => {
  const why = {
    'admin.test': 'one of the server',
    'fn.test': 'one of the server',
    'hello.acme.fn.test': 'one of the server',
    'fixed.test': "gives host 'fixed.test' to tenant 'acme' (gateway.domains)",
  };
  for (const [host, said] of Object.entries(why)) {
    expect(await give('acme', host)).toMatchObject({ status: 409, body: { detail: expect.stringContaining(said) } });
  }
  expect((await made.server.ask('DELETE', domains('acme', 'fixed.test'))).status).toBe(409);
  for (const host of ['127.0.0.1', 'localhost', 'Shop.test', 'a..test', '-a.test', 'a:80', 'a_b.test', 'x'.repeat(254)])
    expect([host, (await give('acme', host)).status]).toEqual([host, 422]);
  expect((await made.server.ask('GET', domains('acme', 'fixed.test'))).body).toMatchObject({
    ...{ function: 'hello', configured: true, inForce: true, createdAt: null },
  });
});

it('only the platform gives and takes hosts; the tenant sees its own', async () => {
  const { token } = (await made.server.ask('POST', '/v1/tokens', { scope: 'tenant', tenant: 'acme' })).body;
  const authorization = `Bearer ${token}`;
  expect((await give('acme', 'mine.test', {}, { authorization })).status).toBe(403);
  await give('acme', 'mine.test');
  expect((await made.server.ask('DELETE', domains('acme', 'mine.test'), undefined, { authorization })).status).toBe(
    403,
  );
  const listed = await made.server.ask('GET', domains('acme'), undefined, { authorization });
  expect(listed.body.domains.map(({ host }: { host: string }) => host)).toEqual(
    expect.arrayContaining(['fixed.test', 'mine.test']),
  );
});

it('of two who change one host, the second is told', async () => {
  const { headers } = await give('acme', 'twice.test', { function: 'hello' });
  const match = { 'if-match': headers.get('etag') as string };
  expect((await made.server.ask('GET', domains('acme', 'twice.test'))).headers.get('etag')).toBe(match['if-match']);
  expect((await give('acme', 'twice.test', { function: 'other' }, match)).status).toBe(200);
  expect((await give('acme', 'twice.test', { function: 'hello' }, match)).status).toBe(412);
  expect((await give('acme', 'twice.test', {}, { 'if-none-match': '*' })).status).toBe(412);
});

it('who gave which host to whom is in the audit', async () => {
  await give('acme', 'noted.test', { function: 'hello' });
  await give('acme', 'noted.test', { function: 'other' });
  await made.server.ask('DELETE', domains('acme', 'noted.test'));
  const { entries } = (await made.server.ask('GET', '/v1/tenants/acme/audit?limit=3')).body;
  const hello = { function: 'hello', alias: null };
  const other = { function: 'other', alias: null };
  expect(entries).toMatchObject([
    { action: 'domain.delete', target: 'noted.test', detail: other },
    { action: 'domain.put', target: 'noted.test', detail: { ...other, previous: hello } },
    { action: 'domain.put', target: 'noted.test', detail: { ...hello, previous: null }, actor: { scope: 'platform' } },
  ]);
});

it('hosts are there after the process was killed; one that the configuration has since goes before', async () => {
  await give('acme', 'stays.test', { function: 'hello' });
  await give('acme', 'moved.test', { function: 'hello' });
  await made.server.end('SIGKILL');
  const moved = { host: 'moved.test', tenant: 'third', function: 'here' };
  const { domains: before } = settings.gateway;
  made.server = await ServerProcess.startWith(made.folder, {
    gateway: { ...settings.gateway, domains: [...before, moved] },
  });
  await made.server.ask('PUT', '/v1/tenants/third', {});
  await made.server.ask('PUT', '/v1/tenants/third/functions/here', { code: '() => ["third"]' });
  expect(await get('stays.test', '/')).toEqual([200, ['hello', '/']]);
  expect(await get('moved.test', '/')).toEqual([200, ['third']]);
  expect((await made.server.ask('GET', domains('acme', 'moved.test'))).body.inForce).toBe(false);
  expect((await made.server.ask('GET', domains('third', 'moved.test'))).body.inForce).toBe(true);
  expect((await give('acme', 'moved.test')).body.detail).toContain("to tenant 'third' (gateway.domains)");
  expect((await made.server.ask('DELETE', domains('acme', 'moved.test'))).status).toBe(204);
});

it('the host at which the administration is asked is not given away', async () => {
  await using other = await ServerProcess.start(`${made.folder}/other`);
  await deploy(other, { hello: '() => 1' });
  const host = 'localhost.test';
  const asking = request(`${other.url}${domains('acme', host)}`, {
    method: 'PUT',
    headers: { host, authorization: 'Bearer the-token-of-the-platform' },
  }).end();
  const [response] = await once(asking, 'response');
  response.resume();
  expect(response.statusCode).toBe(409);
});
