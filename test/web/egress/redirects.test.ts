import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bodyOf, fetching, here, reasonOf, serve } from './support.ts';

/** Redirects to what stands in the query, with the status that is its path, and else tells what it was sent. */
const redirecting = () =>
  serve(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url as string, 'http://x');
    const to = searchParams.get('to');
    if (to !== null) return void response.writeHead(Number(pathname.slice(1)), { location: to }).end('unread');
    const { method, headers } = request;
    response.end(JSON.stringify({ method, headers, body: await bodyOf(request) }));
  });

const via = (status: number, port: number, to: string, host = 'a.test') =>
  `http://${host}:${port}/${status}?to=${encodeURIComponent(to)}`;

describe('redirects', () => {
  test('are followed, and the answer says so', async () => {
    const { port, seen } = await redirecting();
    const { fetch, records } = fetching(here({ ports: [port] }));
    const response = await fetch(`${via(302, port, `//b.test:${port}/x?y`)}#hash`);
    expect([response.status, response.url, response.redirected]).toEqual([200, `http://b.test:${port}/x?y`, true]);
    await response.text();
    expect(seen).toHaveLength(2);
    expect(records).toMatchObject([{ url: `http://b.test:${port}/x?y#hash`, status: 200, redirects: 1 }]);
  });

  test.each([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [307, 'POST', 'POST', 'sent'],
    [308, 'PUT', 'PUT', 'sent'],
    [301, 'PUT', 'PUT', 'sent'],
    [303, 'HEAD', 'HEAD', undefined],
  ])('%d of %s becomes %s', async (status, method, then, body) => {
    const { port, seen } = await redirecting();
    const { Runtime, egress } = await import('isolet');
    using runtime = new Runtime({ web: { fetch: egress(here({ ports: [port] })) } });
    const init = JSON.stringify({ method, ...(method !== 'HEAD' && { body: 'sent' }) });
    const answer = await runtime.evalAsync(
      `fetch(${JSON.stringify(via(status, port, '/end'))}, ${init}).then((response) => response.text())`,
    );
    expect(seen[1]).toBe(`${then} a.test:${port}/end`);
    if (body === undefined) return;
    const sent = JSON.parse(answer as string);
    expect([sent.body, sent.headers['content-type']]).toEqual([body, body ? 'text/plain;charset=UTF-8' : undefined]);
  });

  test('of a body that is a stream are refused where it would be sent again', async () => {
    const { port } = await redirecting();
    const { fetch } = fetching(here({ ports: [port] }));
    const body = () => new Blob(['sent']).stream();
    const init = () => ({ method: 'POST', body: body(), duplex: 'half' }) as RequestInit;
    expect(await reasonOf(fetch(via(307, port, '/end'), init()))).toBe('redirects');
    expect((await fetch(via(303, port, '/end'), init())).status).toBe(200);
  });

  test('keep authorization and cookies from other origins', async () => {
    const { port } = await redirecting();
    const { fetch } = fetching(here({ ports: [port] }));
    const headers = { authorization: 'Bearer x', cookie: 'a=b', 'proxy-authorization': 'y', 'x-mine': 'z' };
    const sent = async (url: string) => (await (await fetch(url, { headers })).json()) as { headers: object };
    const same = await sent(via(302, port, '/end'));
    expect(same.headers).toMatchObject({ authorization: 'Bearer x', cookie: 'a=b', 'x-mine': 'z' });
    const chain = via(302, port, via(302, port, `http://a.test:${port}/end`, 'b.test'));
    const other = await sent(chain);
    expect(other.headers).toMatchObject({ host: `a.test:${port}`, 'x-mine': 'z' });
    expect(Object.keys(other.headers)).not.toEqual(expect.arrayContaining(['authorization']));
    for (const { headers: seen } of [same, other]) expect(seen).not.toHaveProperty('proxy-authorization');
    expect(other.headers).not.toHaveProperty('cookie');
  });

  test('are requests like others: each is checked', async () => {
    const { port, seen } = await redirecting();
    const { fetch, records } = fetching(here({ ports: [port, 80], deny: 'deny.test' }));
    const to = async (target: string) => reasonOf(fetch(via(302, port, target)));
    expect(await to('http://169.254.169.254/latest/meta-data/')).toBe('address');
    expect(await to(`http://deny.test:${port}/`)).toBe('deny');
    expect(await to('http://b.test:22/')).toBe('ports');
    expect(await to('http://u:p@b.test/')).toBe('credentials');
    expect(await to('file:///etc/passwd')).toBe('scheme');
    expect(await to('data:,x')).toBe('scheme');
    expect(await to('http://:x')).toBe('network');
    expect(await reasonOf(fetch(via(302, port, via(302, port, 'http://[::1]/'))))).toBe('address');
    expect(seen).toHaveLength(9);
    expect(records[0]).toMatchObject({ url: 'http://169.254.169.254/latest/meta-data/', redirects: 1 });
  });

  test('end at a limit', async () => {
    const { port, seen } = await serve((request, response) =>
      response.writeHead(302, { location: `${request.url}x` }).end(),
    );
    const { fetch } = fetching(here({ ports: [port], redirects: 3 }));
    expect(await reasonOf(fetch(`http://a.test:${port}/`))).toBe('redirects');
    expect(seen).toHaveLength(4);
    const none = fetching(here({ ports: [port], redirects: 0 }));
    expect(await reasonOf(none.fetch(`http://a.test:${port}/`))).toBe('redirects');
  });

  test('are the answer, or an error, where the request wants that', async () => {
    const { port, seen } = await redirecting();
    const { fetch } = fetching(here({ ports: [port] }));
    const manual = await fetch(via(302, port, '/end'), { redirect: 'manual' });
    expect([manual.status, manual.headers.get('location'), await manual.text()]).toEqual([302, '/end', 'unread']);
    expect(await reasonOf(fetch(via(302, port, '/end'), { redirect: 'error' }))).toBe('network');
    expect(seen).toHaveLength(2);
  });
});

describe('https', () => {
  const pem = (name: string) => readFileSync(new URL(`tls/${name}.pem`, import.meta.url));
  const server = createServer({ key: pem('key'), cert: pem('certificate') }, (request, response) => {
    const to = new URL(request.url as string, 'https://x').searchParams.get('to');
    if (to) response.writeHead(302, { location: to });
    response.end('secret');
  });
  const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  let port: number;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    server.closeAllConnections();
    server.close();
  });

  test('needs a certificate that is trusted', async () => {
    const { fetch, records } = fetching(here({ ports: [port] }));
    await expect(fetch(`https://a.test:${port}/`)).rejects.toThrow('fetch failed: the certificate is not trusted');
    expect(records[0]?.error).toMatchObject({ reason: 'network', original: expect.anything() });
  });

  test('is not left by a redirect', async () => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    const plain = await redirecting();
    const { fetch } = fetching(here({ ports: [port, plain.port] }));
    expect(await (await fetch(`https://a.test:${port}/`)).text()).toBe('secret');
    const to = (url: string) => fetch(`https://a.test:${port}/?to=${encodeURIComponent(url)}`);
    expect(await reasonOf(to(`http://a.test:${plain.port}/`))).toBe('downgrade');
    expect(plain.seen).toEqual([]);
    expect(await (await fetch(via(302, plain.port, `https://b.test:${port}/`))).text()).toBe('secret');
  });
});
