import type { InvocationReport } from 'isolet';
import { HandlerError, JavaScriptError } from 'isolet';
import { expect, test } from 'vitest';
import { failure } from '../../runtime/support.ts';
import { fn, usePools } from '../support.ts';
import { get, handlers, post } from './support.ts';

const make = usePools();

test('a handler gets the request, variables with secrets and platform APIs, and a context', async () => {
  const pool = make({ kv: { get: (key: string) => `value of ${key}` } });
  const spec = handlers(
    `async fetch(request, env, ctx) {
      const { method, url, headers } = request;
      const { tenantId, functionName, version, invocationId, deadline, remainingTime } = ctx;
      return Response.json({
        method, url, type: headers.get('content-type'), own: headers.get('x-own'), text: await request.text(),
        env: [env.CITY, env.TOKEN, env.kv.get('a'), Object.keys(env).sort(), Object.isFrozen(env)],
        ctx: [tenantId, functionName, version, invocationId, deadline > Date.now(), remainingTime() > 0, typeof ctx.waitUntil],
        this: Object.keys(this),
      });
    }`,
    { version: 'v1', env: { CITY: 'Bern' }, secrets: { TOKEN: 'hidden' } },
  );
  const request = post('body', { headers: { 'x-own': '1' } });
  const response = await pool.fetch(spec, request, { invocationId: 'i1' });
  expect(response).toBeInstanceOf(Response);
  expect(await response.json()).toEqual({
    method: 'POST',
    url: 'http://acme.example/',
    type: 'text/plain;charset=UTF-8',
    own: '1',
    text: 'body',
    env: ['Bern', 'hidden', 'value of a', ['CITY', 'TOKEN', 'kv'], true],
    ctx: ['acme', 'f', 'v1', 'i1', true, true, 'function'],
    this: ['fetch'],
  });
});

test('a variable goes before a platform API of its name, which stays a global', async () => {
  const pool = make({ kv: () => 'api' });
  const spec = handlers('fetch: (request, env) => new Response([env.kv, kv()].join())', { env: { kv: 'variable' } });
  expect(await (await pool.fetch(spec, get())).text()).toBe('variable,api');
});

test('status, text of the status and headers arrive, cookies one by one', async () => {
  const pool = make();
  const spec = handlers(`fetch() {
    const headers = new Headers({ 'X-B': '2', 'x-a': '1' });
    headers.append('set-cookie', 'a=1; Path=/');
    headers.append('set-cookie', 'b=2, c');
    headers.append('x-a', 'z');
    return new Response('teapot', { status: 418, statusText: 'I am', headers });
  }`);
  const response = await pool.fetch(spec, get());
  expect([response.status, response.statusText, response.ok]).toEqual([418, 'I am', false]);
  expect([...response.headers]).toEqual([
    ['content-type', 'text/plain;charset=UTF-8'],
    ['set-cookie', 'a=1; Path=/'],
    ['set-cookie', 'b=2, c'],
    ['x-a', '1, z'],
    ['x-b', '2'],
  ]);
});

test('a response has the type that its handler gave it, or none', async () => {
  const pool = make();
  const spec = handlers(`fetch(request) {
    const response = new Response('text');
    response.headers.delete('content-type');
    return response;
  }`);
  const response = await pool.fetch(spec, get());
  expect(response.headers.has('content-type')).toBe(false);
  expect(await response.text()).toBe('text');
});

test.each([
  ["new Response('ä')", '\u00e4'],
  ["new Response(new Blob(['a', 'b']))", 'ab'],
  ['new Response(new Uint8Array([104, 105]))', 'hi'],
  ["new Response(new URLSearchParams({ a: '1 2' }))", 'a=1+2'],
  ["new Response('x'.repeat(200_000))", 'x'.repeat(200_000)],
  ["new Response(new Blob(['y'.repeat(200_000)]))", 'y'.repeat(200_000)],
  ['new Response(new ReadableStream({ start(c) { c.enqueue(new Uint8Array([104, 105])); c.close(); } }))', 'hi'],
  ["new Response('')", ''],
  ["Promise.resolve(new Response('late'))", 'late'],
  ["{ then(resolve) { resolve(new Response('thenable')); } }", 'thenable'],
  ["new Response('cloned').clone()", 'cloned'],
])('a handler may answer %s', async (answer, text) => {
  const pool = make();
  const response = await pool.fetch(handlers(`fetch: () => (${answer})`, { memoryMb: 16 }), get());
  expect(await response.text()).toBe(text);
});

test.each([204, 205, 304])('status %i has no body', async (status) => {
  const pool = make();
  const response = await pool.fetch(handlers(`fetch: () => new Response(null, { status: ${status} })`), get());
  expect([response.status, response.body]).toEqual([status, null]);
});

test('an answer to HEAD has its headers and no body, and the body is cancelled', async () => {
  const pool = make();
  const spec = handlers(`
    cancelled: 0,
    fetch(request) {
      if (request.method === 'GET') return Response.json(this.cancelled);
      const body = new ReadableStream({ cancel: () => { this.cancelled++; } });
      return new Response(body, { headers: { 'content-length': '5', 'x-own': '1' } });
    }`);
  const response = await pool.fetch(spec, get('/', { method: 'HEAD' }));
  expect([response.body, response.headers.get('content-length'), response.headers.get('x-own')]).toEqual([
    null,
    '5',
    '1',
  ]);
  expect(await (await pool.fetch(spec, get())).json()).toBe(1);
});

test('redirects are answers', async () => {
  const pool = make();
  const response = await pool.fetch(handlers("fetch: () => Response.redirect('http://b.example/x', 307)"), get());
  expect([response.status, response.headers.get('location'), response.redirected]).toEqual([
    307,
    'http://b.example/x',
    false,
  ]);
});

test('the headers of a request are immutable, and it can be cloned into others', async () => {
  const pool = make();
  const spec = handlers(`async fetch(request) {
    let refused = '';
    try { request.headers.set('a', 'b'); } catch (error) { refused = error.name; }
    const other = new Request(request.clone(), { headers: { a: 'b' } });
    return Response.json([refused, other.headers.get('a'), await other.text(), await request.text()]);
  }`);
  expect(await (await pool.fetch(spec, post('both'))).json()).toEqual(['TypeError', 'b', 'both', 'both']);
});

test('what a handler throws is what invoke would throw', async () => {
  const pool = make();
  const spec = handlers(`
    fetch() { throw new RangeError('mine'); },
    hello() { throw new RangeError('mine'); }`);
  const fetched = await failure(() => pool.fetch(spec, get()));
  const invoked = await failure(() => pool.invoke(spec, undefined, { method: 'hello' }));
  expect(fetched).toBeInstanceOf(JavaScriptError);
  for (const error of [fetched, invoked]) expect(error).toMatchObject({ name: 'RangeError', message: 'mine' });
  expect((fetched['frames'] as object[])[0]).toMatchObject({ fileName: 'function:acme/f.js' });
});

test('a header that is none is the error of the handler that makes it', async () => {
  const pool = make();
  const error = await failure(() =>
    pool.fetch(handlers("fetch: () => new Response('', { headers: { a: 'b\\nc' } })"), get()),
  );
  expect(error).toMatchObject({ code: 'ERR_ISOLET_JAVASCRIPT', name: 'TypeError' });
});

test.each([
  ['undefined', 'no Response but undefined'],
  ['null', 'no Response but null'],
  ["'text'", 'no Response but a string'],
  ['({ status: 200, headers: [], body: null })', 'no Response but an object'],
  ['Object.create(Response.prototype)', 'no Response but an object'],
  ['[200]', 'no Response but an array'],
  ['Response', 'no Response but a function'],
  ['Response.error()', 'Response.error()'],
  ["{ const r = new Response('a'); r.text(); return r; }", 'a Response whose body was read'],
  ["{ const r = new Response('a'); r.body.getReader(); return r; }", 'a Response whose body was read or is locked'],
])('%s is no answer', async (answer, text) => {
  const pool = make();
  const code = answer.startsWith('{ const') ? `fetch() ${answer}` : `fetch: () => ${answer}`;
  const error = await failure(() => pool.fetch(handlers(code), get()));
  expect(error).toBeInstanceOf(HandlerError);
  expect(error).toMatchObject({ code: 'ERR_ISOLET_HANDLER', reason: 'response', retryable: false });
  expect(error.message).toContain(`acme:f answered ${text}`);
});

test('chunks of a body must be bytes', async () => {
  const pool = make();
  const spec = handlers("fetch: () => new Response(new ReadableStream({ start(c) { c.enqueue('text'); } }))");
  const response = await pool.fetch(spec, get());
  expect(await failure(() => response.text())).toMatchObject({ code: 'ERR_ISOLET_HANDLER', reason: 'response' });
});

test('a function without fetch says so', async () => {
  const pool = make();
  const none = await failure(() => pool.fetch(handlers('hello() {}, more() {}'), get()));
  expect(none).toMatchObject({ code: 'ERR_ISOLET_HANDLER', reason: 'missing' });
  expect(none.message).toContain("acme:f has no method 'fetch'; it has 'hello', 'more'");
  const plain = await failure(() => pool.fetch(fn('() => 1'), get()));
  expect(plain).toMatchObject({ code: 'ERR_ISOLET_HANDLER', reason: 'missing' });
  expect(plain.message).toContain('its code is a function; write export default { async fetch(');
});

test('a guest without the web has no Request to give', async () => {
  const pool = make();
  const error = await failure(() => pool.fetch(handlers('fetch() {}', { web: false }), get()));
  expect(error).toMatchObject({ code: 'ERR_ISOLET_HANDLER', reason: 'web' });
});

test('a WebSocket is refused before anything is started', async () => {
  const pool = make();
  const spec = handlers("fetch: (request) => new Response(request.headers.get('upgrade'))");
  const upgrade = (to: string) => get('/', { headers: { connection: 'Upgrade', upgrade: to } });
  const error = await failure(() => pool.fetch(spec, upgrade('websocket')));
  expect(error).toMatchObject({ code: 'ERR_ISOLET_HANDLER', reason: 'upgrade' });
  expect(pool.stats().runtimes).toBe(0);
  // One that a server may ignore.
  expect(await (await pool.fetch(spec, upgrade('h2c'))).text()).toBe('h2c');
});

test('a request must be one whose body can be read', async () => {
  const pool = make();
  const spec = handlers("fetch: () => new Response('')");
  for (const value of [undefined, {}, 'http://a.example/', new Response('')]) {
    const error = await failure(() => pool.fetch(spec, value as Request));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_INVALID_ARG', option: 'request' });
  }
  const read = post('a');
  await read.text();
  const locked = post('a');
  locked.body?.getReader();
  for (const request of [read, locked]) {
    expect(await failure(() => pool.fetch(spec, request))).toMatchObject({ code: 'ERR_ISOLET_INVALID_ARG' });
  }
});

test('options are those of invoke and timeoutCovers', async () => {
  const pool = make();
  const spec = handlers("fetch: () => new Response('')");
  for (const options of [{ method: 'a' }, { timeoutCovers: 'all' }, { timeout: -1 }, { tiemout: 1 }]) {
    expect(await failure(() => pool.fetch(spec, get(), options as object))).toMatchObject({
      code: 'ERR_ISOLET_INVALID_ARG',
    });
  }
});

test('a detailed answer is a report with the response, and events are those of invoke', async () => {
  const pool = make();
  const seen: InvocationReport[] = [];
  pool.on('invoke', (report) => seen.push(report));
  const spec = handlers(`
    async fetch(request, env, ctx) { ctx.log('line'); ctx.waitUntil(Promise.resolve()); return new Response('a'); },
    hello(input, env, ctx) { ctx.log('line'); ctx.waitUntil(Promise.resolve()); return 'a'; }`);
  const invoked = await pool.invoke(spec, undefined, { method: 'hello', detailed: true });
  const { value, late, ...report } = await pool.fetch(spec, get(), { detailed: true });
  expect(await value.text()).toBe('a');
  expect(await late).toMatchObject({ work: 'late', outcome: 'ok' });
  expect(Object.keys(report).sort()).toEqual(
    Object.keys(invoked)
      .filter((key) => key !== 'value' && key !== 'late')
      .sort(),
  );
  expect(report).toMatchObject({ work: 'invocation', outcome: 'ok', logs: [{ message: 'line' }] });
  expect(seen[1]).toEqual(report);
});
