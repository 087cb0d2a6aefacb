import { expect, test } from 'vitest';
import { failure, until } from '../../runtime/support.ts';
import { fn, gate, usePools } from '../support.ts';
import { chunks, get, handlers, post } from './support.ts';

const make = usePools();

const api = `
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname === '/stream') {
      let left = 3;
      return new Response(new ReadableStream({
        pull(controller) {
          if (left-- === 0) controller.close();
          else controller.enqueue(new Uint8Array(10));
        },
      }));
    }
    if (pathname === '/signal') return Response.json(request.signal.aborted);
    return Response.json({ text: await request.text() });
  },
  heap: () => 0`;

test('a thousand requests one after the other leave nothing behind', async () => {
  // Whatever the host went on holding of the guest would soon be too much.
  const pool = make({}, { runtime: { maxHeldHandles: 40 } });
  const spec = handlers(api, { memoryMb: 8 });
  let listeners = 0;
  const client = new AbortController();
  const add = client.signal.addEventListener.bind(client.signal);
  const remove = client.signal.removeEventListener.bind(client.signal);
  client.signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++;
    add(...args);
  };
  client.signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--;
    remove(...args);
  };
  const reports = { invoke: 0, handedOut: 0, coldStart: 0 };
  for (const name of ['invoke', 'handedOut', 'coldStart'] as const) pool.on(name, () => reports[name]++);
  for (let i = 0; i < 1000; i++) {
    const options = { signal: client.signal };
    const kind = i % 4;
    if (kind === 0) await (await pool.fetch(spec, get('/stream'), options)).arrayBuffer();
    else if (kind === 1) await (await pool.fetch(spec, post(chunks(2, 10)), options)).text();
    else if (kind === 2) await (await pool.fetch(spec, get('/stream'), options)).body?.cancel();
    else await (await pool.fetch(spec, get('/signal'), options)).text();
  }
  await until(() => pool.stats().active === 0, 'all is over');
  expect(reports).toEqual({ invoke: 1000, handedOut: 500, coldStart: 1 });
  expect(listeners).toBe(0);
  const [stats] = Object.values(pool.stats().functions);
  expect(stats?.heapUsed).toBeLessThan(8 * 1024 * 1024);
});

test('many at once share a runtime, and each gets its own answer', async () => {
  const pool = make();
  const spec = handlers(api, { maxRuntimes: 1 });
  const answers = await Promise.all(
    Array.from({ length: 64 }, async (_, i) => (await pool.fetch(spec, post(`body ${i}`))).json()),
  );
  expect(answers).toEqual(Array.from({ length: 64 }, (_, i) => ({ text: `body ${i}` })));
});

test('waitUntil goes on after the answer, also after a body that was streamed', async () => {
  const { wait, open, waiting } = gate();
  const done: string[] = [];
  const pool = make({ wait, done: (text: string) => void done.push(text) });
  const spec = handlers(`
    fetch(request, env, ctx) {
      ctx.waitUntil((async () => {
        await env.wait();
        env.done('later');
      })());
      return new Response(new ReadableStream({ start(c) { c.enqueue(new Uint8Array(1)); c.close(); } }));
    }`);
  const { value, late } = await pool.fetch(spec, get(), { detailed: true });
  await value.arrayBuffer();
  await until(() => waiting() === 1, 'it goes on');
  expect([done, pool.stats().active]).toEqual([[], 1]);
  open();
  expect(await late).toMatchObject({ work: 'late', outcome: 'ok', hostCalls: 1 });
  expect(done).toEqual(['later']);
  await until(() => pool.stats().active === 0, 'it is over');
});

test('a module with handlers gets the web, a function does not, an option says otherwise', async () => {
  const pool = make();
  const kind = 'typeof Response + " " + typeof URL';
  const named = (code: string, name: string, rest = {}) => fn(code, { name, ...rest });
  const ask = (code: string, name: string, rest = {}, method?: string) =>
    pool.invoke(named(code, name, rest), undefined, method === undefined ? {} : { method });
  expect(await ask(`() => ${kind}`, 'a')).toBe('undefined undefined');
  expect(await ask(`export default () => ${kind};`, 'b')).toBe('undefined undefined');
  expect(await ask(`const f = () => ${kind};\nexport { f as default };`, 'c')).toBe('undefined undefined');
  expect(await ask(`const { f } = { f: () => ${kind} };\nexport { f as default };`, 'd')).toBe('undefined undefined');
  expect(await ask(`export const handler = () => ${kind};`, 'e')).toBe('undefined undefined');
  expect(await ask(`({ fetch: () => ${kind} })`, 'f')).toBe('undefined undefined');
  expect(await ask(`export default { hello: () => ${kind} };`, 'g', {}, 'hello')).toBe('function function');
  expect(await ask(`const o = { hello: () => ${kind} };\nexport { o as default };`, 'h', {}, 'hello')).toBe(
    'function function',
  );
  expect(await ask(`class App { hello() { return ${kind}; } }\nexport default new App();`, 'i', {}, 'hello')).toBe(
    'function function',
  );
  expect(await ask(`export default { hello: () => ${kind} };`, 'j', { web: false }, 'hello')).toBe(
    'undefined undefined',
  );
  expect(await ask(`() => ${kind}`, 'k', { web: true })).toBe('function function');
  const bare = make({}, { web: false });
  expect(await bare.invoke(named(`export default { hello: () => ${kind} };`, 'l'), 0, { method: 'hello' })).toBe(
    'undefined undefined',
  );
  const timeless = make({}, { runtime: { maxTimers: 0 } });
  expect(await timeless.invoke(named(`export default { hello: () => ${kind} };`, 'm'), 0, { method: 'hello' })).toBe(
    'undefined undefined',
  );
});

test('settings of the pool are those of its handlers', async () => {
  const pool = make({}, { web: { userAgent: 'acme/1', baseUrl: 'http://base.example/' } });
  const spec = handlers("fetch: () => new Response(navigator.userAgent + ' ' + new Request('/x').url)");
  expect(await (await pool.fetch(spec, get())).text()).toBe('acme/1 http://base.example/x');
});

test('an object in a CommonJS module, or an expression, has handlers as well, with web', async () => {
  const pool = make();
  for (const [i, code] of [
    "({ fetch: (request) => new Response('a' + request.method) })",
    "exports.default = { fetch: (request) => new Response('a' + request.method) };",
    "module.exports = { fetch: (request) => new Response('a' + request.method) };",
  ].entries()) {
    const response = await pool.fetch(fn(code, { name: `f${i}`, web: true }), get());
    expect(await response.text()).toBe('aGET');
    const error = await failure(() => pool.fetch(fn(code, { name: `g${i}` }), get()));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_HANDLER', reason: 'web' });
  }
});

test('what a handler needs of the web while it is loaded is there', async () => {
  const pool = make();
  const code = `
    const greeting = new TextEncoder().encode('hi');
    const routes = new Map([[new URLPattern({ pathname: '/a' }), () => new Response(greeting)]]);
    const app = { fetch: (request) => [...routes].find(([pattern]) => pattern.test(request.url))[1]() };
    export { app as default };`;
  expect(await (await pool.fetch(fn(code), get('/a'))).text()).toBe('hi');
});

test('nothing that a guest makes of the globals gets between a handler and its host', async () => {
  const pool = make();
  const code = `
    const seen = [];
    const trap = (object, name, value) => Object.defineProperty(object, name, { configurable: true, ...value });
    for (const name of ['then', 'part', 'status', 'body', 'open', 'headers', 'done']) {
      trap(Object.prototype, name, { get() { return undefined; }, set(value) {
        seen.push(name); trap(this, name, { value, writable: true, enumerable: true }); } });
    }
    trap(Function.prototype, 'then', { get() { seen.push('function'); } });
    trap(Array.prototype, Symbol.iterator, { value() { seen.push('iterator'); return { next: () => ({ done: true }) }; } });
    for (const name of ['push', 'map', 'concat', 'forEach']) trap(Array.prototype, name, { value() { seen.push(name); } });
    trap(Map.prototype, 'get', { value() { seen.push('get'); } });
    trap(Map.prototype, 'set', { value() { seen.push('set'); } });
    const { Response } = globalThis;
    globalThis.Response = globalThis.Request = globalThis.Headers = globalThis.Promise = undefined;
    trap(Response.prototype, 'status', { get: () => 500 });
    trap(Response.prototype, 'body', { get: () => 'other' });
    export default { fetch: () => new Response('mine', { status: 201 }), seen: () => seen.join() };`;
  const response = await pool.fetch(fn(code), get());
  expect([response.status, await response.text()]).toEqual([201, 'mine']);
});
