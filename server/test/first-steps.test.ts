import { expect, it } from 'vitest';
import { dataFolder, ServerProcess } from './server-process.ts';

const hello = { code: '(event) => ({ hello: event.name })' };

it('from nothing to a function that answers, and again after a restart', async () => {
  await using folder = await dataFolder();
  {
    await using server = await ServerProcess.start(folder.path);
    expect((await server.ask('GET', '/readyz')).status).toBe(200);
    expect((await server.ask('GET', '/healthz')).status).toBe(200);
    expect((await server.ask('PUT', '/v1/tenants/acme', {})).status).toBe(201);
    expect((await server.ask('PUT', '/v1/tenants/acme', {})).status).toBe(200);
    const deployed = await server.ask('PUT', '/v1/tenants/acme/functions/hello', hello);
    expect(deployed).toMatchObject({ status: 201, body: { number: 1, active: true, warnings: [] } });
    const shown = await server.ask('GET', '/v1/tenants/acme/functions/hello');
    expect(shown).toMatchObject({ status: 200, body: { version: deployed.body.version } });
    const invoked = await server.ask('POST', '/v1/tenants/acme/functions/hello/invoke', { name: 'you' });
    expect(invoked).toMatchObject({ status: 200, body: { hello: 'you' } });
    expect(await server.end('SIGTERM')).toBe(0);
  }
  await using again = await ServerProcess.start(folder.path);
  expect((await again.ask('POST', '/v1/tenants/acme/functions/hello/invoke', { name: 'me' })).body).toEqual({
    hello: 'me',
  });
});

it('the gateway gives a function the request', async () => {
  await using folder = await dataFolder();
  await using server = await ServerProcess.start(folder.path);
  await server.ask('PUT', '/v1/tenants/acme');
  const code = '(event) => [event.method, event.path, event.query.q, event.body]';
  await server.ask('PUT', '/v1/tenants/acme/functions/echo', { code });
  const answer = await fetch(`${server.url}/fn/acme/echo/a/b?q=1`, { method: 'POST', body: '{"n":2}' });
  expect(await answer.json()).toEqual(['POST', '/a/b', '1', { n: 2 }]);
});

it('without the right token the administration answers nothing', async () => {
  await using folder = await dataFolder();
  await using server = await ServerProcess.start(folder.path);
  for (const authorization of ['', 'Bearer wrong', 'Basic abc']) {
    const { status, headers, body } = await server.ask('GET', '/v1/tenants', undefined, { authorization });
    expect([status, body.code]).toEqual([401, 'ERR_ISOLET_SERVER_UNAUTHORIZED']);
    expect(headers.get('content-type')).toBe('application/problem+json');
  }
});

it('a token is made at the first start, and said once', async () => {
  await using folder = await dataFolder();
  const env = { ISOLET_SERVER_ADMIN_TOKEN: '' };
  let token = '';
  {
    await using server = await ServerProcess.start(folder.path, env);
    token = JSON.parse(server.log.find((line) => line.includes('"token"')) ?? '{}').token;
    const headers = { authorization: `Bearer ${token}` };
    expect((await server.ask('GET', '/v1/tenants', undefined, headers)).status).toBe(200);
    await server.end('SIGTERM');
  }
  await using again = await ServerProcess.start(folder.path, env);
  expect(again.log.join()).not.toContain('token');
  const headers = { authorization: `Bearer ${token}` };
  expect((await again.ask('GET', '/v1/tenants', undefined, headers)).status).toBe(200);
});

it('rollback brings back what was in force before, and source and versions tell what that is', async () => {
  await using folder = await dataFolder();
  await using server = await ServerProcess.start(folder.path);
  await server.ask('PUT', '/v1/tenants/acme');
  const one = '/v1/tenants/acme/functions/f';
  for (const code of ['() => 1', '() => 2']) await server.ask('PUT', one, { code });
  expect((await server.ask('POST', `${one}/invoke`)).body).toBe(2);
  expect((await server.ask('POST', `${one}/rollback`)).body).toMatchObject({ number: 1, active: true });
  expect((await server.ask('POST', `${one}/invoke`)).body).toBe(1);
  expect((await server.ask('GET', `${one}/source`)).body.code).toBe('() => 1');
  const { versions } = (await server.ask('GET', `${one}/versions`)).body;
  expect(versions.map(({ active }: { active: boolean }) => active)).toEqual([true, false]);
  expect((await server.ask('POST', `${one}/rollback`)).status).toBe(409);
});

it('secrets are members of env, and a new value reaches the next invocation without a deployment', async () => {
  await using folder = await dataFolder();
  await using server = await ServerProcess.start(folder.path);
  await server.ask('PUT', '/v1/tenants/acme');
  const one = '/v1/tenants/acme/functions/f';
  const { body } = await server.ask('PUT', one, { code: '(event, context) => context.env.KEY ?? null' });
  expect((await server.ask('POST', `${one}/invoke`)).body).toBe(null);
  for (const value of ['first-value', 'second-value']) {
    expect((await server.ask('PUT', '/v1/tenants/acme/secrets/KEY', { value })).status).toBe(200);
    expect((await server.ask('POST', `${one}/invoke`)).body).toBe(value);
  }
  expect((await server.ask('GET', one)).body.version).toBe(body.version);
  expect(JSON.stringify((await server.ask('GET', '/v1/tenants/acme/secrets')).body)).not.toContain('value');
});

it('what an undeployed function was is gone', async () => {
  await using folder = await dataFolder();
  await using server = await ServerProcess.start(folder.path);
  await server.ask('PUT', '/v1/tenants/acme');
  const one = '/v1/tenants/acme/functions/f';
  await server.ask('PUT', one, { code: '() => 1' });
  expect((await server.ask('POST', `${one}/invoke`)).body).toBe(1);
  expect((await server.ask('DELETE', one)).status).toBe(204);
  for (const [method, path] of [
    ['POST', `${one}/invoke`],
    ['GET', one],
    ['GET', '/fn/acme/f'],
  ] as const) {
    expect((await server.ask(method, path)).status, path).toBe(404);
  }
});
