import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, expect, it } from 'vitest';
import { useGateway } from './support.ts';

const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
const stranger = await generateKeyPair('ES256');
const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
let asked = 0;
const issuer: Server = createServer((_request, response) => {
  asked++;
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ keys: [jwk] }));
});
issuer.listen(0, '127.0.0.1');
await once(issuer, 'listening');
const jwks = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/keys`;
afterAll(() => issuer.close());

const jwt = { type: 'jwt', issuer: 'https://id.test/', audience: 'acme', jwks };
const seen = '(event) => [event.headers.authorization ?? null, event.headers["x-isolet-claims"] ?? null, event.path]';
const made = useGateway(
  { open: seen, secret: seen, signed: seen, lost: seen },
  {
    gateway: {
      domains: [
        { host: 'secret.test', tenant: 'acme', function: 'secret' },
        { host: 'acme.test', tenant: 'acme' },
      ],
      access: [
        { tenant: 'acme', auth: { type: 'token', tokens: ['the-first-caller-token', 'the-next-caller-token'] } },
        { tenant: 'acme', function: 'open', auth: { type: 'none' } },
        { tenant: 'acme', function: 'signed', auth: jwt },
        { tenant: 'acme', function: 'lost', auth: { ...jwt, jwks: 'http://127.0.0.1:1/keys' } },
      ],
    },
  },
);

async function call(name: string, authorization?: string, more: Record<string, string> = {}) {
  const headers = { ...more, ...(authorization !== undefined && { authorization }) };
  const response = await fetch(`${made.server.url}/fn/acme/${name}`, { headers });
  // biome-ignore lint/suspicious/noExplicitAny: each test looks at its own
  return { status: response.status, headers: response.headers, body: (await response.json()) as any };
}

const sign = (claims: JWTPayload = {}, head: object = {}, key = privateKey): Promise<string> =>
  new SignJWT({ sub: 'ada', ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'one', ...head })
    .setIssuer(claims.iss ?? jwt.issuer)
    .setAudience(claims.aud ?? 'acme')
    .setExpirationTime(claims.exp ?? '5m')
    .sign(key);

it('without a rule of its own a function has that of its tenant', async () => {
  for (const authorization of [
    undefined,
    '',
    'Bearer',
    'Bearer wrong',
    'Basic dGhlLWZpcnN0LWNhbGxlci10b2tlbg==',
    'Bearer the-first-caller-toke',
  ]) {
    const { status, headers, body } = await call('secret', authorization);
    expect([status, body.code, headers.get('www-authenticate')]).toEqual([
      401,
      'ERR_ISOLET_SERVER_UNAUTHORIZED',
      'Bearer',
    ]);
  }
  for (const token of ['the-first-caller-token', 'the-next-caller-token']) {
    const { status, body } = await call('secret', `Bearer ${token}`);
    expect([status, body]).toEqual([200, [null, null, '/']]);
  }
  expect((await call('secret', 'Bearer the-token-of-the-platform')).status).toBe(401);
  expect((await call('open', 'Bearer of-its-own')).body).toEqual(['Bearer of-its-own', null, '/']);
});

it('a signed token is checked once, and the function gets its claims, which no client can send', async () => {
  const token = await sign({ role: 'admin' });
  const forged = { 'x-isolet-claims': Buffer.from('{"role":"root"}').toString('base64url') };
  for (let i = 0; i < 3; i++) {
    const { status, body } = await call('signed', `Bearer ${token}`, forged);
    expect([status, body[0]]).toEqual([200, `Bearer ${token}`]);
    expect(JSON.parse(Buffer.from(body[1], 'base64url').toString())).toMatchObject({
      sub: 'ada',
      role: 'admin',
      aud: 'acme',
    });
  }
  expect((await call('open', undefined, forged)).body[1]).toBe(null);
  expect(asked).toBe(1);
});

it('a token that is not good is refused', async () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { sub: 'ada', iss: jwt.issuer, aud: 'acme', exp: Math.floor(Date.now() / 1000) + 300 };
  const withSecret = (secret: string, alg = 'HS256') => {
    const text = `${part({ alg, kid: 'one' })}.${part(claims)}`;
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  };
  const good = await sign();
  const tokens = {
    'of another key': await sign({}, {}, stranger.privateKey),
    'of a key that nobody has': await sign({}, { kid: 'two' }),
    expired: await sign({ exp: Math.floor(Date.now() / 1000) - 60 }),
    'for somebody else': await sign({ aud: 'other' }),
    'of another issuer': await sign({ iss: 'https://evil.test/' }),
    'without a signature': `${part({ alg: 'none' })}.${part(claims)}.`,
    'signed with the public key as a secret': withSecret(await exportSPKI(publicKey)),
    'signed with the public key as JSON': withSecret(JSON.stringify(jwk)),
    'that says another algorithm': withSecret('x', 'ES256'),
    'with other claims': `${good.split('.')[0]}.${part({ ...claims, role: 'root' })}.${good.split('.')[2]}`,
    'with its key inside': await sign({}, { jwk: await exportJWK(stranger.publicKey) }, stranger.privateKey),
    'of three parts that say nothing': 'a.b.c',
  };
  for (const [what, token] of Object.entries(tokens)) {
    const { status, body } = await call('signed', `Bearer ${token}`);
    expect([status, body.code], what).toEqual([401, 'ERR_ISOLET_SERVER_UNAUTHORIZED']);
  }
  expect((await call('signed', 'Bearer the-first-caller-token')).status).toBe(401);
});

it('without the keys of the issuer nobody can say', async () => {
  const { status, headers, body } = await call('lost', `Bearer ${await sign()}`);
  expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'ERR_ISOLET_SERVER_KEYS', '5']);
});

it('a rule holds by every address; a host of a tenant has its functions by name', async () => {
  const { request } = await import('node:http');
  const get = async (host: string, path: string, headers = {}) => {
    const asking = request(`${made.server.url}${path}`, { headers: { host, ...headers } }).end();
    const [response] = await once(asking, 'response');
    let text = '';
    for await (const chunk of response) text += chunk;
    return [response.statusCode, JSON.parse(text)];
  };
  const authorization = 'Bearer the-first-caller-token';
  expect((await get('secret.test', '/a/b'))[0]).toBe(401);
  expect(await get('secret.test', '/a/b', { authorization })).toEqual([200, [null, null, '/a/b']]);
  expect((await get('acme.test', '/secret/a'))[0]).toBe(401);
  expect(await get('acme.test', '/secret/a', { authorization })).toEqual([200, [null, null, '/a']]);
  expect((await get('acme.test', '/open/x/..'))[1]).toEqual([null, null, '/']);
  for (const path of ['/', '/v1/tenants', '/readyz', '/fn/acme/open'])
    expect((await get('acme.test', path, { authorization }))[0], path).toBe(404);
});
