import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, expect, it } from 'vitest';
import { type Answer, ServerProcess } from '../server-process.ts';
import { useGateway } from './support.ts';

const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
let asked = 0;
const issuer: Server = createServer((request, response) => {
  asked++;
  if (request.url === '/moved') response.writeHead(302, { location: '/keys' }).end();
  else response.end(JSON.stringify({ keys: [jwk], ...(request.url === '/large' && { x: 'x'.repeat(300_000) }) }));
});
issuer.listen(0, '127.0.0.1');
await once(issuer, 'listening');
const { port } = issuer.address() as AddressInfo;
afterAll(() => issuer.close());

const at = (path: string) => `http://127.0.0.1:${port}${path}`;
const jwt = { type: 'jwt', issuer: 'https://id.test/', audience: 'acme', jwks: at('/keys') };
const token = { type: 'token', tokens: ['the-first-caller-token', 'the-next-caller-token'] };
const seen = '(event) => [event.headers.authorization ?? null, event.headers["x-isolet-claims"] ?? null]';
const fixed = [
  { tenant: 'acme', function: 'fixed', auth: token },
  { tenant: 'strict', auth: token },
];
const settings = (issuers: string[]) => ({
  gateway: { access: fixed, issuers },
  tiers: { standard: { maxFunctions: 8 } },
});
const made = useGateway({ f: seen, g: seen, fixed: seen }, settings([`127.0.0.1:${port}`]));

const path = (name?: string, tenant = 'acme') =>
  `/v1/tenants/${tenant}/${name === undefined ? '' : `functions/${name}/`}access`;
const put = (rule: object, name?: string, headers?: Record<string, string>): Promise<Answer> =>
  made.server.ask('PUT', path(name), rule, headers);
const call = async (name: string, authorization?: string): Promise<[number, unknown]> => {
  const response = await fetch(`${made.server.url}/fn/acme/${name}`, {
    headers: { ...(authorization && { authorization }) },
  });
  const body = (await response.json()) as { code?: string };
  return [response.status, response.ok ? body : body.code];
};
const sign = (claims: object = {}): Promise<string> =>
  new SignJWT({ sub: 'ada', ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setIssuer(jwt.issuer)
    .setAudience('acme')
    .setExpirationTime('5m')
    .sign(privateKey);

const refused = [401, 'ERR_ISOLET_SERVER_UNAUTHORIZED'];
const good = 'Bearer the-next-caller-token';

it('a rule holds from its answer on, for the tenant or for one function, and until it is taken away', async () => {
  expect(await call('f')).toEqual([200, [null, null]]);
  expect(await put(token)).toMatchObject({
    status: 200,
    body: { function: null, auth: { type: 'token', tokens: 2 }, configured: false, inForce: true },
  });
  expect([await call('f'), await call('f', 'Bearer the-wrong-caller-token')]).toEqual([refused, refused]);
  expect(await call('f', good)).toEqual([200, [null, null]]);
  await put({ type: 'none' }, 'g');
  expect([await call('g'), await call('f')]).toEqual([[200, [null, null]], refused]);
  expect((await made.server.ask('DELETE', path('g'))).status).toBe(204);
  expect(await call('g')).toEqual(refused);
  expect((await made.server.ask('GET', path('g'))).body).toMatchObject({ function: null, auth: { type: 'token' } });
  expect((await made.server.ask('DELETE', path())).status).toBe(204);
  expect(await call('g')).toEqual([200, [null, null]]);
  expect((await made.server.ask('GET', path('g'))).body).toMatchObject({ function: null, auth: { type: 'none' } });
  expect((await made.server.ask('DELETE', path())).status).toBe(404);
});

it('signed tokens are checked against keys from where the configuration lets the server ask, once', async () => {
  await put(jwt, 'f');
  const bearer = `Bearer ${await sign({ role: 'admin' })}`;
  for (let i = 0; i < 3; i++) {
    const [status, body] = await call('f', bearer);
    expect([status, (body as string[])[0]]).toEqual([200, bearer]);
    const claims = Buffer.from((body as string[])[1] as string, 'base64url').toString();
    expect(JSON.parse(claims)).toMatchObject({ sub: 'ada', role: 'admin' });
  }
  expect([await call('f'), await call('f', good)]).toEqual([refused, refused]);
  // Rules of others change: what is known of this one stays.
  await put(token, 'g');
  await call('f', `Bearer ${await sign()}`);
  expect(asked).toBe(1);
  // What was good for another audience is not good now.
  await put({ ...jwt, audience: 'else' }, 'f');
  expect(await call('f', bearer)).toEqual(refused);
  await put(jwt, 'f');
  expect((await call('f', bearer))[0]).toBe(200);
});

it('no rule makes the server ask where it should not', async () => {
  const before = asked;
  const bearer = `Bearer ${await sign()}`;
  const unknown = [503, 'ERR_ISOLET_SERVER_KEYS'];
  for (const jwks of [
    at('/moved'),
    at('/large'),
    'http://127.0.0.1:1/keys',
    `http://localhost:${port + 1}/keys`,
    made.server.url,
  ]) {
    await put({ ...jwt, jwks }, 'f');
    expect([jwks, await call('f', bearer)]).toEqual([jwks, unknown]);
  }
  expect(asked).toBe(before + 2);
  for (const jwks of ['file:///etc/passwd', 'keys', 5]) {
    expect([jwks, (await put({ ...jwt, jwks }, 'f')).status]).toEqual([jwks, 422]);
  }
  await made.server.ask('DELETE', path('f'));
});

it('a rule of the configuration goes before and is changed there', async () => {
  expect(await call('fixed')).toEqual(refused);
  const { status, body } = await put({ type: 'none' }, 'fixed');
  expect([status, body.code, body.detail]).toEqual([
    409,
    'ERR_ISOLET_SERVER_CONFLICT',
    "The configuration says who may call 'fixed' (gateway.access). Change it there.",
  ]);
  expect((await made.server.ask('DELETE', path('fixed'))).status).toBe(409);
  expect((await made.server.ask('GET', path('fixed'))).body).toMatchObject({ function: 'fixed', configured: true });
  // A tenant can't open what the configuration has closed as a whole.
  await made.server.ask('PUT', '/v1/tenants/strict', {});
  expect((await made.server.ask('PUT', path('any', 'strict'), { type: 'none' })).body.detail).toContain(
    "all functions of tenant 'strict' (gateway.access)",
  );
});

it('a rule may come before its function and stays when that goes', async () => {
  await put(token, 'late');
  await made.server.ask('PUT', '/v1/tenants/acme/functions/late', { code: seen });
  expect(await call('late')).toEqual(refused);
  await made.server.ask('DELETE', '/v1/tenants/acme/functions/late');
  await made.server.ask('PUT', '/v1/tenants/acme/functions/late', { code: seen });
  expect([await call('late'), await call('late', good)]).toEqual([refused, [200, [null, null]]]);
  // With the tenant they go.
  await made.server.ask('PUT', '/v1/tenants/brief', {});
  await made.server.ask('PUT', path('f', 'brief'), token);
  await made.server.ask('DELETE', '/v1/tenants/brief');
  await made.server.ask('PUT', '/v1/tenants/brief', {});
  expect((await made.server.ask('GET', path(undefined, 'brief'))).body.rules).toEqual([]);
});

it('a tenant writes its own rules, no others, and no more than it may have functions', async () => {
  const { token: own } = (await made.server.ask('POST', '/v1/tokens', { scope: 'tenant', tenant: 'acme' })).body;
  const authorization = `Bearer ${own}`;
  expect((await put(token, 'mine', { authorization })).status).toBe(200);
  expect((await made.server.ask('PUT', path('f', 'strict'), token, { authorization })).status).toBe(403);
  const statuses = [];
  for (let i = 0; i < 8; i++) statuses.push((await put(token, `more${i}`, { authorization })).status);
  expect(statuses.at(-1)).toBe(409);
  expect((await put(token, 'more9')).body).toMatchObject({
    code: 'ERR_ISOLET_SERVER_LIMIT',
    limit: 'maxFunctions',
    value: 8,
  });
  expect((await put({ type: 'none' }, 'mine')).status).toBe(200);
});

it('tokens of callers are in no answer, message, audit or file', async () => {
  const secret = 'correct-horse-battery-staple';
  await put({ type: 'token', tokens: [secret] }, 'mine');
  const answers = [
    await put({ type: 'token', tokens: [secret, `${secret} `] }, 'mine'),
    await put({ type: 'token', tokens: [secret], more: secret }, 'mine'),
    await made.server.ask('GET', path('mine')),
    await made.server.ask('GET', path()),
    await made.server.ask('GET', '/v1/audit'),
  ].map(({ body }) => body);
  expect(answers.slice(0, 2).map(({ status }) => status)).toEqual([422, 422]);
  expect(answers.at(-1).entries[0]).toMatchObject({
    ...{ action: 'access.put', tenant: 'acme', target: 'mine' },
    detail: { type: 'token', tokens: 1, previous: { type: 'none' } },
  });
  expect(JSON.stringify(answers)).not.toContain(secret);
  for (const name of await readdir(made.folder)) {
    const bytes = await readFile(join(made.folder, name)).catch(() => Buffer.alloc(0));
    expect([name, bytes.includes(secret)]).toEqual([name, false]);
  }
});

it('rules are there after the process was killed; without a list keys come from public addresses by https alone', async () => {
  await put(token, 'mine');
  await made.server.ask('PUT', '/v1/tenants/acme/functions/mine', { code: seen });
  await put(jwt, 'late');
  await made.server.end('SIGKILL');
  made.server = await ServerProcess.startWith(made.folder, settings(['*']));
  expect([await call('mine'), await call('mine', good)]).toEqual([refused, [200, [null, null]]]);
  const before = asked;
  expect(await call('late', `Bearer ${await sign()}`)).toEqual([503, 'ERR_ISOLET_SERVER_KEYS']);
  expect(asked).toBe(before);
  expect((await put(jwt, 'late')).body.detail).toBe(`jwks must be an https URL, got '${jwt.jwks}'.`);
  expect((await put({ ...jwt, jwks: 'https://id.test/keys' }, 'late')).status).toBe(200);
});
