import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dataFolder, ServerProcess } from '../server-process.ts';
import { Administration } from './administration.ts';

let admin: Administration;

beforeAll(async () => {
  admin = await Administration.start();
  for (const tenant of ['acme', 'other']) await admin.done('PUT', `/tenants/${tenant}`, {});
  await admin.done('PUT', '/tenants/acme/functions/f', { code: '() => 1' });
});
afterAll(() => admin[Symbol.asyncDispose]());

const statusFor = async (token: string, method: string, path: string, body?: unknown) =>
  (await admin.ask(method, path, body, token)).status;

it('a scope opens what it says and nothing else', async () => {
  const platform = await admin.token({ scope: 'platform' });
  const tenant = await admin.token({ scope: 'tenant', tenant: 'acme' });
  const read = await admin.token({ scope: 'read', tenant: 'acme' });
  const readAll = await admin.token({ scope: 'read' });
  const f = '/tenants/acme/functions/f';
  const asked = [
    ['GET', f, undefined, [200, 200, 200, 200]],
    ['GET', '/tenants/other', undefined, [200, 403, 403, 200]],
    ['GET', '/tenants', undefined, [200, 403, 403, 200]],
    ['GET', '/audit', undefined, [200, 403, 403, 200]],
    ['GET', '/tokens', undefined, [200, 403, 403, 200]],
    ['GET', '/tenants/acme/tokens', undefined, [200, 200, 200, 200]],
    ['PUT', f, { code: '() => 1' }, [200, 200, 403, 403]],
    ['POST', `${f}/invoke`, {}, [200, 200, 403, 403]],
    ['POST', '/tenants/acme/tokens', {}, [201, 201, 403, 403]],
    ['POST', '/tenants/other/tokens', {}, [201, 403, 403, 403]],
    ['PUT', '/tenants/acme', { tier: 'standard' }, [200, 403, 403, 403]],
    ['POST', '/tokens', { scope: 'platform' }, [201, 403, 403, 403]],
  ] as const;
  for (const [method, path, body, statuses] of asked) {
    const found = [];
    for (const { token } of [platform, tenant, read, readAll]) found.push(await statusFor(token, method, path, body));
    expect([method, path, found]).toEqual([method, path, [...statuses]]);
  }
});

it('nobody makes a token that may more than its own', async () => {
  const tenant = await admin.token({ scope: 'tenant', tenant: 'acme' });
  expect(await statusFor(tenant.token, 'POST', '/tenants/acme/tokens', { scope: 'platform' })).toBe(422);
  const made = (await admin.ask('POST', '/tenants/acme/tokens', { scope: 'tenant' }, tenant.token)).body;
  expect([made.scope, made.tenant]).toEqual(['tenant', 'acme']);
  for (const wrong of [
    { scope: 'platform', tenant: 'acme' },
    { scope: 'tenant' },
    { scope: 'tenant', tenant: 'nobody' },
  ]) {
    expect((await admin.ask('POST', '/tokens', wrong)).status).toBeGreaterThanOrEqual(404);
  }
});

it('a token is shown once: no list, no file and no line of the log has it', async () => {
  const made = await admin.done('POST', '/tokens', {
    scope: 'tenant',
    tenant: 'acme',
    label: 'ci',
    expiresIn: 3_600_000,
  });
  expect(made.token).toMatch(/^isolet_[\w-]{43}$/);
  expect((await admin.ask('GET', '/token', undefined, made.token)).body).toMatchObject({ id: made.id, label: 'ci' });
  const lists = [];
  for (const path of ['/tokens?limit=1000', '/tenants/acme/tokens', '/audit'])
    lists.push(await admin.done('GET', path));
  const listed = lists[0].tokens.find(({ id }: { id: string }) => id === made.id);
  expect(Object.keys(listed).sort()).toEqual([
    'createdAt',
    'expiresAt',
    'id',
    'label',
    'lastUsedAt',
    'scope',
    'tenant',
  ]);
  expect(listed.lastUsedAt).toEqual(expect.any(String));
  expect(JSON.stringify(lists)).not.toContain(made.token);
  expect(admin.server.log.join('\n')).not.toContain(made.token);
  for (const name of await readdir(admin.folder)) {
    const bytes = await readFile(join(admin.folder, name)).catch(() => Buffer.alloc(0));
    expect([name, bytes.includes(made.token)]).toEqual([name, false]);
  }
});

it('a token that is revoked, has expired, or whose tenant is gone opens nothing from then on', async () => {
  const revoked = await admin.token({ scope: 'tenant', tenant: 'acme' });
  const path = '/tenants/acme/functions/f';
  expect(await statusFor(revoked.token, 'GET', path)).toBe(200);
  // Another tenant's administrator has no say in it.
  const stranger = await admin.token({ scope: 'tenant', tenant: 'other' });
  expect(await statusFor(stranger.token, 'DELETE', `/tenants/other/tokens/${revoked.id}`)).toBe(404);
  expect(await statusFor(revoked.token, 'GET', path)).toBe(200);
  await admin.done('DELETE', `/tenants/acme/tokens/${revoked.id}`);
  expect(await statusFor(revoked.token, 'GET', path)).toBe(401);
  expect((await admin.ask('DELETE', `/tokens/${revoked.id}`)).status).toBe(404);
  const short = await admin.token({ scope: 'tenant', tenant: 'acme', expiresIn: 1000 });
  await expect.poll(() => statusFor(short.token, 'GET', path)).toBe(401);
  await admin.done('PUT', '/tenants/brief', {});
  const { token } = await admin.token({ scope: 'tenant', tenant: 'brief' });
  await admin.done('DELETE', '/tenants/brief');
  await admin.done('PUT', '/tenants/brief', {});
  expect(await statusFor(token, 'GET', '/tenants/brief')).toBe(401);
});

it('a token may revoke itself, and who made others in the meantime is in the audit', async () => {
  const own = await admin.token({ scope: 'tenant', tenant: 'acme', label: 'leaked' });
  const made = (await admin.ask('POST', '/tenants/acme/tokens', {}, own.token)).body;
  expect(await statusFor(own.token, 'DELETE', `/tenants/acme/tokens/${own.id}`)).toBe(204);
  expect(await statusFor(own.token, 'GET', '/tenants/acme')).toBe(401);
  const { entries } = await admin.done('GET', `/tenants/acme/audit?token=${own.id}`);
  expect(entries).toMatchObject([
    { action: 'token.revoke', target: own.id, actor: { token: own.id, label: 'leaked', scope: 'tenant' } },
    { action: 'token.make', target: made.id, actor: { token: own.id } },
  ]);
});

it('who guesses is slowed down, and who shares the address goes on', async () => {
  await using folder = await dataFolder();
  await using server = await ServerProcess.start(folder.path);
  expect((await server.ask('GET', '/v1/token')).status).toBe(200);
  const unused: string[] = [];
  for (let i = 0; i < 4; i++) unused.push((await server.ask('POST', '/v1/tokens', { scope: 'platform' })).body.token);
  const guess = (token: string) => server.ask('GET', '/v1/token', undefined, { authorization: `Bearer ${token}` });
  const answers = [];
  for (let i = 0; i < 60; i++) answers.push(await guess(`guess-${i}`));
  const statuses = answers.map(({ status }) => status);
  expect(statuses.slice(0, 20)).toEqual(Array(20).fill(401));
  const slowed = answers.filter(({ status }) => status === 429);
  expect(slowed.length).toBeGreaterThan(0);
  for (const { headers, body } of slowed) {
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(body.code).toBe('ERR_ISOLET_SERVER_TOO_MANY');
  }
  // The same wrong one again is no guess; one that was right here stays so, one that never was is not even looked up.
  expect((await guess('guess-0')).status).toBe(401);
  expect((await server.ask('GET', '/v1/token')).status).toBe(200);
  const late = [];
  for (const token of unused) {
    await Promise.all([...Array(20)].map((_, i) => guess(`${token.slice(0, 20)}${i}`)));
    late.push((await guess(token)).status);
  }
  expect(late).toContain(429);
  // The page's own paths and functions are for everybody as before.
  expect((await server.ask('GET', '/readyz', undefined, { authorization: 'Bearer guess-x' })).status).toBe(200);
});

it('the first token of the platform is made once, said once, and can be replaced', async () => {
  await using folder = await dataFolder();
  const env = { ISOLET_SERVER_ADMIN_TOKEN: '' };
  const start = () => ServerProcess.start(folder.path, env);
  const said = ({ log }: ServerProcess) =>
    log.filter((line) => line.includes('"event":"token"')).map((line) => JSON.parse(line));
  let headers: Record<string, string>;
  {
    await using server = await start();
    const [{ token, scope }] = said(server);
    headers = { authorization: `Bearer ${token}` };
    expect(scope).toBe('platform');
    const { tokens } = (await server.ask('GET', '/v1/tokens', undefined, headers)).body;
    expect(tokens).toMatchObject([{ scope: 'platform', label: 'first', tenant: null, expiresAt: null }]);
  }
  await using again = await start();
  expect(said(again)).toEqual([]);
  const next = (await again.ask('POST', '/v1/tokens', { scope: 'platform' }, headers)).body;
  const own = { authorization: `Bearer ${next.token}` };
  const { tokens } = (await again.ask('GET', '/v1/tokens', undefined, own)).body;
  expect((await again.ask('DELETE', `/v1/tokens/${tokens[0].id}`, undefined, own)).status).toBe(204);
  expect((await again.ask('GET', '/v1/tokens', undefined, headers)).status).toBe(401);
});
