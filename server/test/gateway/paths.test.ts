import { expect, it } from 'vitest';
import { Raw, useGateway } from './support.ts';

const made = useGateway(
  {
    echo: '(event) => [event.path, event.url, event.headers["x-forwarded-prefix"] ?? null]',
    web: 'export default { fetch: (request) => Response.json([new URL(request.url).pathname, request.url]) }',
    hosts: '(event) => event.headers',
  },
  { gateway: { domain: 'fn.test', ownHosts: ['own.test', '127.0.0.1'] } },
);

async function get(
  path: string,
  host = 'own.test',
  more = '',
): Promise<{ status: number; text: string; body: unknown }> {
  await using raw = await Raw.open(made.server);
  raw.send(`GET ${path} HTTP/1.1\nHost: ${host}\n${more}Connection: close\n\n`);
  const text = await raw.untilClosed();
  const body = text.slice(text.indexOf('\r\n\r\n') + 4);
  return { status: raw.statuses[0] ?? 0, text, body: /json/.test(text) ? JSON.parse(body) : body };
}

it.each([
  ['/fn/acme/echo', '/'],
  ['/fn/acme/echo/', '/'],
  ['/fn/acme/echo?a=/../b', '/'],
  ['/fn/acme/echo/a/../b', '/b'],
  ['/fn/acme/echo/../../../../v1/tenants', '/v1/tenants'],
  ['/fn/acme/echo/%2e%2e/%2E./v1', '/v1'],
  ['/fn/acme/echo/a/./b/.', '/a/b/'],
  ['/fn/acme/echo/a\\..\\b', '/b'],
  ['/fn/acme/echo/a%2fb%2F..', '/a%2fb%2F..'],
  ['/fn/acme/echo/%252e%252e/x', '/%252e%252e/x'],
  ['/fn/acme/echo/%00', '/%00'],
  ['/fn/acme/echo//evil.test/x', '//evil.test/x'],
  ['/fn/acme/echo/%zz', '/%zz'],
  ['/fn/acme/echo/%C3%A4', '/%C3%A4'],
])('%s is %s for the function', async (path, seen) => {
  const { status, body } = await get(path);
  expect([status, (body as string[])[0], (body as string[])[2]]).toEqual([200, seen, '/fn/acme/echo']);
});

it('a Request has the same path as an event', async () => {
  for (const path of ['/a/../b', '/%2e%2e/v1', '/a\\b', '//x', '/%2f', '?q']) {
    const event = (await get(`/fn/acme/echo${path}`)).body as string[];
    const [pathname, url] = (await get(`/fn/acme/web${path}`)).body as string[];
    expect([pathname, url]).toEqual([event[0], event[1]]);
  }
});

it.each([
  '/fn/acme',
  '/fn/acme/',
  '/fn//echo',
  '/fn/acme/../acme/echo',
  '/fn/%61cme/echo',
  '/fn/acme/%65cho',
  '/fn/acme%2fecho',
  '/fn/acme/echo%2f',
  '/fn/acme/echo%00',
  '/fn/acme/echo\\..\\web',
  '/fn/ACME/echo',
  '/fn/acme/Echo',
  '/FN/acme/echo',
  '//fn/acme/echo',
  '/fn/./acme/echo',
  '/x/../fn/acme/echo',
  '/fn/acme/__proto__',
  '/fn/constructor/echo',
])('%s is no function', async (path) => {
  const { status, body } = await get(path);
  expect([status, (body as { code: string }).code]).toEqual([404, 'ERR_ISOLET_SERVER_NOT_FOUND']);
});

it.each(['http://own.test/fn/acme/echo', '*', 'own.test:80', '/fn/acme/echo/#x', '/fn/acme/echo/\xc3\xa4'])(
  'a target that is no path is refused: %s',
  async (target) => {
    expect((await get(target)).status).toBe(400);
  },
);

it('a function has a host of its own, where it sees the whole path', async () => {
  for (const host of ['echo.acme.fn.test', 'ECHO.Acme.FN.test', 'echo.acme.fn.test:8080', 'echo.acme.fn.test.']) {
    const { status, body } = await get('/a/b?c', host);
    expect([status, (body as string[])[0], (body as string[])[2]], host).toEqual([200, '/a/b', null]);
  }
  expect((await get('/', 'echo.acme.fn.test:8080')).body).toEqual(['/', 'http://echo.acme.fn.test:8080/', null]);
});

it('on the host of a function, of no function, or of nobody there is neither administration nor page nor another function', async () => {
  for (const path of ['/v1/tenants', '/', '/readyz', '/healthz', '/metrics', '/fn/acme/web', '/v1/openapi.json']) {
    const { status, body } = await get(path, 'echo.acme.fn.test', 'Authorization: Bearer the-token-of-the-platform\n');
    expect([status, (body as string[])[0]], path).toEqual([200, path]);
    for (const host of [
      'nope.acme.fn.test',
      'acme.fn.test',
      'fn.test',
      'a.b.c.fn.test',
      'elsewhere.test',
      '10.0.0.1',
    ]) {
      const answer = await get(path, host, 'Authorization: Bearer the-token-of-the-platform\n');
      expect([answer.status, (answer.body as { code: string }).code], `${host}${path}`).toEqual([
        404,
        'ERR_ISOLET_SERVER_NOT_FOUND',
      ]);
    }
  }
  const own = await get('/v1/tenants', 'own.test', 'Authorization: Bearer the-token-of-the-platform\n');
  expect(own.status).toBe(200);
});

it('what a client says about itself the function does not hear, and nothing about the connection', async () => {
  const lies = [
    'X-Forwarded-For: 6.6.6.6',
    'X-Forwarded-Proto: https',
    'X-Forwarded-Prefix: /x',
    'Forwarded: for=6.6.6.6',
  ];
  const hops = [
    'Keep-Alive: timeout=5',
    'TE: trailers',
    'Proxy-Authorization: Basic x',
    'X-Hop: 1',
    'X-Isolet-Caller: root',
  ];
  const more = [...lies, ...hops, 'X-Real-Ip: 6.6.6.6', 'X-Kept: 1', 'Connection: x-hop'].join('\n');
  await using raw = await Raw.open(made.server);
  raw.send(`GET /fn/acme/hosts HTTP/1.1\nHost: own.test\n${more}\n\n`);
  const text = await raw.until('"x-kept"');
  expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4))).toEqual({
    host: 'own.test',
    'x-kept': '1',
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-forwarded-prefix': '/fn/acme/hosts',
  });
});

it('a tenant is no function of another one', async () => {
  await made.server.ask('PUT', '/v1/tenants/other');
  for (const [path, host] of [
    ['/fn/other/echo', 'own.test'],
    ['/', 'echo.other.fn.test'],
  ] as const) {
    expect((await get(path, host)).status).toBe(404);
  }
});
