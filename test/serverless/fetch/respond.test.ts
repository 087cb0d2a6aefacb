import { gzipSync } from 'node:zlib';
import type { HttpAnswer, HttpRequest } from 'isolet';
import { invocationOf } from 'isolet';
import { expect, test } from 'vitest';
import { failure } from '../../runtime/support.ts';
import { spec, useServerless } from '../support.ts';

const make = useServerless();

const request = (body?: HttpRequest['body'], type?: string, rest: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  url: 'http://acme.example/a/b',
  headers: type === undefined ? [] : ['Content-Type', type],
  body,
  ...rest,
});
const chunks = (...texts: string[]): ReadableStream =>
  new ReadableStream({
    start(controller) {
      for (const text of texts) controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });
const jsonOf = ({ status, body }: HttpAnswer): unknown => {
  expect([status, typeof body]).toEqual([200, 'string']);
  return JSON.parse(body as string);
};
const textOf = (body: HttpAnswer['body']): Promise<string> => new Response(body as Uint8Array<ArrayBuffer>).text();

test('a function gets the request as an event, and its value is the JSON of the answer', async () => {
  const serverless = make();
  await serverless.deploy(spec('(event, context) => ({ ...event, name: context.functionName })'));
  const answer = await serverless.respond('acme', 'f', {
    method: 'PUT',
    url: 'https://acme.example:8443/a%2Fb/c?x=1&y=%20z+&x=2&e&=n',
    headers: [
      'Content-Type',
      'application/json; charset=utf-8',
      'X-A',
      '1',
      'x-a',
      '2',
      'Cookie',
      'a=1',
      'cookie',
      'b=2',
    ],
    body: '{"n":[1]}',
  });
  expect(answer).toMatchObject({ status: 200, statusText: '', headers: ['content-type', 'application/json'] });
  expect(answer.report).toMatchObject({ tenantId: 'acme', functionName: 'f', outcome: 'ok' });
  expect(jsonOf(answer)).toEqual({
    method: 'PUT',
    url: 'https://acme.example:8443/a%2Fb/c?x=1&y=%20z+&x=2&e&=n',
    path: '/a%2Fb/c',
    query: { x: ['1', '2'], y: ' z ', e: '', '': 'n' },
    headers: { 'content-type': 'application/json; charset=utf-8', 'x-a': '1, 2', cookie: 'a=1; b=2' },
    body: { n: [1] },
    rawBody: '{"n":[1]}',
    name: 'f',
  });
});

test.each([
  ['no body', request(), null, null],
  ['JSON of a type of its own', request('{"a":1}', 'application/vnd.x+json'), { a: 1 }, '{"a":1}'],
  ['JSON that is called a form', request('{"a":1}', 'application/x-www-form-urlencoded'), { a: 1 }, '{"a":1}'],
  ['JSON without a type', request(Buffer.from(' [1]')), [1], ' [1]'],
  ['JSON that is called a text', request('{"a":1}', 'text/plain;charset=UTF-8'), { a: 1 }, '{"a":1}'],
  [
    'a form',
    request('a=1&b=%C3%A4+b&a=2', 'application/x-www-form-urlencoded'),
    { a: ['1', '2'], b: 'ä b' },
    undefined,
  ],
  ['a text', request('{not JSON', 'text/plain'), '{not JSON', '{not JSON'],
  ['other texts', request('{"a":1}', 'text/html'), '{"a":1}', '{"a":1}'],
  ['bytes that are a text', request(Buffer.from('ä'), 'text/plain'), 'ä', 'ä'],
  ['a stream', request(chunks('{"a"', ':"', 'ä"}'), 'application/json'), { a: 'ä' }, '{"a":"ä"}'],
])('the body of an event is what its type says: %s', async (_what, sent, body, raw) => {
  const serverless = make();
  await serverless.deploy(spec('({ body, rawBody }) => [body, rawBody]'));
  const got = jsonOf(await serverless.respond('acme', 'f', sent)) as unknown[];
  expect(got[0]).toEqual(body);
  if (raw !== undefined) expect(got[1]).toEqual(raw);
});

test.each([
  ['bytes of a binary type', request(Buffer.from('abc'), 'application/octet-stream')],
  ['bytes that are no text', request(new Uint8Array([0xff, 0xfe, 0x41]), 'text/plain')],
  ['what is packed, which nobody unpacks', request(gzipSync('{}'), 'application/json', {})],
  [
    'a text that is said to be packed',
    request(Buffer.from('{}'), undefined, { headers: ['content-type', 'application/json', 'content-encoding', 'br'] }),
  ],
  ['a binary stream', request(chunks('a', 'b'), 'image/png')],
])('the body of an event stays bytes: %s', async (_what, sent) => {
  const serverless = make();
  await serverless.deploy(spec('({ body, rawBody }) => [body instanceof Uint8Array, body.length, rawBody === body]'));
  const length = sent.body instanceof Uint8Array ? sent.body.length : 2;
  expect(jsonOf(await serverless.respond('acme', 'f', sent))).toEqual([true, length, true]);
});

test('JSON that is none is refused before the function is called', async () => {
  const serverless = make();
  await serverless.deploy(spec('(() => { let calls = 0; return (event) => ++calls; })()'));
  for (const body of ['{"a":', 'nope']) {
    const error = await failure(() => serverless.respond('acme', 'f', request(body, 'application/json')));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_HANDLER', reason: 'body' });
    expect(error.message).toMatch(/^acme:f was not called: the body of the request is no JSON, as its type says: /);
  }
  expect(jsonOf(await serverless.respond('acme', 'f', request('{}', 'application/json')))).toBe(1);
});

test('an empty body of JSON is no body', async () => {
  const serverless = make();
  await serverless.deploy(spec('(event) => [event.body]'));
  for (const body of ['', new Uint8Array(0), chunks()]) {
    expect(jsonOf(await serverless.respond('acme', 'f', request(body, 'application/json')))).toEqual([null]);
  }
});

test('a function without a value answers nothing, one whose value is no JSON has thrown', async () => {
  const serverless = make();
  await serverless.deploy(spec('async () => {}'));
  expect(await serverless.respond('acme', 'f', request())).toMatchObject({ status: 204, headers: [], body: null });
  for (const code of ['() => 1n', '() => { const a = {}; return (a.a = a); }', '() => ({ toJSON() { throw 1; } })']) {
    await serverless.deploy(spec(code));
    const error = await failure(() => serverless.respond('acme', 'f', request()));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_JAVASCRIPT' });
    expect(invocationOf(error)).toMatchObject({ outcome: 'error' });
  }
});

test('a value is made JSON under the limits of the invocation', async () => {
  const serverless = make();
  await serverless.deploy(spec('() => ({ toJSON() { for (;;); } })', { timeout: 50 }));
  const error = await failure(() => serverless.respond('acme', 'f', request()));
  expect(error).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT', phase: 'sync' });
});

test('what the tenant does to the language changes nothing of its events', async () => {
  const serverless = make();
  await serverless.deploy(
    spec(`(() => {
      JSON.parse = JSON.stringify = decodeURIComponent = () => { throw new Error('mine'); };
      for (const name of Object.getOwnPropertyNames(String.prototype)) if (name !== 'constructor') String.prototype[name] = () => 'mine';
      Object.defineProperty(Object.prototype, 'query', { set() { throw new Error('mine'); } });
      return ({ query, headers, body }) => [Object.keys(query), query.__proto__, headers.__proto__, body];
    })()`),
  );
  const sent = request('{"a":1}', undefined, {
    url: 'http://a/?__proto__=x&constructor=y',
    headers: ['content-type', 'application/json', '__proto__', 'h'],
  });
  const got = jsonOf(await serverless.respond('acme', 'f', sent));
  expect(got).toEqual([['__proto__', 'constructor'], 'x', 'h', { a: 1 }]);
});

const echo = `export default {
  async fetch(request) {
    const { method, url, cache, headers } = request;
    const head = { method, url, cache, headers: [...headers], text: await request.text() };
    const answer = Response.json(head, { status: 201, statusText: 'Made' });
    answer.headers.append('set-cookie', 'a=1');
    answer.headers.append('set-cookie', 'b=2');
    return answer;
  },
}`;

test.each([
  ['a text', () => 'ä{'],
  ['bytes', () => Buffer.from('ä{')],
  ['a stream', () => chunks('ä', '{')],
])('a handler gets a Request with %s, and its Response comes in parts', async (_what, body) => {
  const serverless = make();
  await serverless.deploy(spec(echo));
  const answer = await serverless.respond('acme', 'f', request(body(), 'text/plain'));
  expect(answer).toMatchObject({ status: 201, statusText: 'Made', report: { functionName: 'f', outcome: 'ok' } });
  const { headers } = answer;
  expect(headers.filter((_text, i) => headers[i - (i % 2)] === 'set-cookie')).toEqual([
    ...['set-cookie', 'a=1', 'set-cookie', 'b=2'],
  ]);
  expect(JSON.parse(await textOf(answer.body))).toEqual({
    method: 'POST',
    url: 'http://acme.example/a/b',
    cache: 'default',
    headers: [['content-type', 'text/plain']],
    text: 'ä{',
  });
});

test('bytes of a handler that are no text arrive as they are, with a byte order mark too', async () => {
  const serverless = make();
  await serverless.deploy(
    spec('export default { fetch: async (request) => new Response(await request.arrayBuffer()) }'),
  );
  for (const bytes of [Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), Uint8Array.of(0xff, 0, 0xfe)]) {
    const { body } = await serverless.respond('acme', 'f', request(bytes, 'text/plain'));
    expect(Buffer.from(await new Response(body as Uint8Array<ArrayBuffer>).arrayBuffer())).toEqual(Buffer.from(bytes));
  }
});

test('the answer to HEAD has no body; a body that is made as it is read is a stream, and may be cancelled', async () => {
  const serverless = make();
  await serverless.deploy(
    spec(`export default {
      fetch(request, env, ctx) {
        if (request.method === 'HEAD') return new Response('text');
        if (request.url.endsWith('gone')) return Response.json(globalThis.gone ?? null);
        return new Response(new ReadableStream({
          pull(controller) { controller.enqueue(new Uint8Array(1000)); },
          cancel() { globalThis.gone = true; },
        }));
      },
    }`),
  );
  expect((await serverless.respond('acme', 'f', request(null, undefined, { method: 'HEAD' }))).body).toBe(null);
  const { body } = await serverless.respond('acme', 'f', request());
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  expect((await reader.read()).value).toHaveLength(1000);
  await reader.cancel();
  const { body: gone } = await serverless.respond('acme', 'f', request(null, undefined, { url: 'http://a/gone' }));
  expect(await textOf(gone)).toBe('true');
});

test('whoever leaves ends the invocation, by any object that is like a signal', async () => {
  const serverless = make({ started: () => started() });
  let started: () => void = () => {};
  const isStarted = new Promise<void>((resolve) => {
    started = resolve;
  });
  await serverless.deploy(spec('async () => { started(); await new Promise(() => {}); }'));
  const listeners = new Set<() => void>();
  const signal = {
    aborted: false,
    reason: undefined as unknown,
    throwIfAborted() {},
    addEventListener: (_type: string, listener: () => void) => listeners.add(listener),
    removeEventListener: (_type: string, listener: () => void) => listeners.delete(listener),
  };
  const failing = failure(() =>
    serverless.respond('acme', 'f', request(), { signal: signal as unknown as AbortSignal }),
  );
  await isStarted;
  signal.aborted = true;
  signal.reason = new Error('the client has gone');
  for (const listener of listeners) if (listeners.delete(listener)) listener();
  const error = await failing;
  expect(error).toMatchObject({ message: 'the client has gone', cause: signal.reason });
  expect(invocationOf(error)).toMatchObject({ outcome: 'aborted' });
  expect(listeners.size).toBe(0);
});

test('a body that an event can not have fails the invocation, and the function goes on serving', async () => {
  const serverless = make({}, { pool: { runtime: { maxTransferBytes: 1000 } } });
  await serverless.deploy(spec('(event) => event.rawBody', { timeout: 300, concurrencyPerRuntime: 1, maxRuntimes: 1 }));
  const large = await failure(() => serverless.respond('acme', 'f', request(chunks('a'.repeat(600), 'b'.repeat(600)))));
  expect(large).toMatchObject({ code: 'ERR_ISOLET_TRANSFER', path: 'event.body', limit: 1000, actual: 1200 });
  expect(large.message).toContain('1000 bytes');
  const broken = new ReadableStream({
    pull(controller) {
      controller.error(new Error('the connection broke'));
    },
  });
  expect((await failure(() => serverless.respond('acme', 'f', request(broken)))).message).toBe('the connection broke');
  let cancelled: unknown;
  const slow = new ReadableStream({
    cancel(reason) {
      cancelled = reason;
    },
  });
  const late = await failure(() => serverless.respond('acme', 'f', request(slow)));
  expect(late).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT', limit: 300, phase: 'pending' });
  expect(cancelled).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT' });
  expect(jsonOf(await serverless.respond('acme', 'f', request('x', 'text/plain')))).toBe('x');
});

test('an object with fetch and without web APIs is told what it lacks', async () => {
  const serverless = make();
  await serverless.deploy(spec('export default { fetch() {} }', { web: false }));
  const error = await failure(() => serverless.respond('acme', 'f', request()));
  expect(error).toMatchObject({ code: 'ERR_ISOLET_HANDLER', reason: 'web' });
  await serverless.deploy(spec('export default { hello() {} }'));
  const missing = await failure(() => serverless.respond('acme', 'f', request()));
  expect(missing).toMatchObject({ code: 'ERR_ISOLET_HANDLER', reason: 'missing' });
});

test('a request that is none is refused', async () => {
  const serverless = make();
  await serverless.deploy(spec('() => 1'));
  for (const wrong of [
    null,
    {},
    { ...request(), method: 1 },
    { ...request(), url: undefined },
    { ...request(), headers: ['a'] },
    { ...request(), headers: { a: 'b' } },
    { ...request(), headers: ['a', 1] },
    { ...request(), body: 1 },
  ]) {
    const error = await failure(() => serverless.respond('acme', 'f', wrong as HttpRequest));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_INVALID_ARG' });
  }
  const socket = request(null, undefined, { headers: ['Upgrade', 'WebSocket'] });
  expect(await failure(() => serverless.respond('acme', 'f', socket))).toMatchObject({ reason: 'upgrade' });
  const option = { detailed: true } as object;
  expect(await failure(() => serverless.respond('acme', 'f', request(), option))).toMatchObject({ option: 'detailed' });
});
