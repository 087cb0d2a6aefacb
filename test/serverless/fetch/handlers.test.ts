import type { InvocationReport } from 'isolet';
import { expect, test } from 'vitest';
import { failure, until } from '../../runtime/support.ts';
import { spec, useServerless } from '../support.ts';

const make = useServerless();

const get = (path = '/', init?: RequestInit): Request => new Request(`http://acme.example${path}`, init);
const handlers = (members: string, rest = {}) => spec(`export default { ${members} };`, rest);
const endless = `new ReadableStream({
  async pull(controller) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    controller.enqueue(new Uint8Array(1));
  },
})`;

test('a deployed module answers requests, invocations by name and what is due', async () => {
  const serverless = make({ kv: { get: (key: string) => `value of ${key}` } });
  const deployment = await serverless.deploy(
    handlers(
      `
      async fetch(request, env, ctx) { return Response.json([request.method, env.CITY, env.kv.get('a')]); },
      async scheduled(event, env, ctx) { return [event, env.CITY, ctx.functionName]; },
      hello(input, env, ctx) { return this.greeting + ' ' + input + ' from ' + env.CITY; },
      greeting: 'Hello'`,
      { env: { CITY: 'Bern' } },
    ),
  );
  expect(deployment.warnings).toEqual([]);
  const response = await serverless.fetch('acme', 'f', get());
  expect(await response.json()).toEqual(['GET', 'Bern', 'value of a']);
  expect(await serverless.invoke('acme', 'f', 'you', { method: 'hello' })).toBe('Hello you from Bern');
  expect(await serverless.scheduled('acme', 'f', { cron: '0 3 * * *', scheduledTime: new Date(1000) })).toEqual([
    { type: 'scheduled', cron: '0 3 * * *', scheduledTime: 1000 },
    'Bern',
    'f',
  ]);
  const before = Date.now();
  const [event] = await serverless.scheduled<[{ scheduledTime: number; cron: string }]>('acme', 'f');
  expect(event.cron).toBe('');
  expect(event.scheduledTime).toBeGreaterThanOrEqual(before);
});

test('invoke without method calls what it always called, on the event and its context', async () => {
  const serverless = make();
  await serverless.deploy(handlers('fetch: (event, context) => [event, context.functionName]'));
  expect(await serverless.invoke('acme', 'f', 1)).toEqual([1, 'f']);
  await serverless.deploy(handlers('hello() {}', { name: 'g' }));
  const error = await failure(() => serverless.invoke('acme', 'g', 1));
  expect(error).toMatchObject({ code: 'ERR_ISOLET_HANDLER', reason: 'missing' });
  expect(error.message).toBe("acme:g has no function that can be invoked without the option 'method'; it has 'hello'");
});

test.each(['nope', 'constructor', 'toString', '__proto__', 'hasOwnProperty', 'greeting', 'Class'])(
  'what is no handler of the object is not called: %s',
  async (method) => {
    const serverless = make();
    await serverless.deploy(handlers("hello() {}, greeting: 'Hello', Class: class {}"));
    const error = await failure(() => serverless.invoke('acme', 'f', 1, { method }));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_HANDLER', reason: 'missing' });
    expect(error.message).toContain(`has no method '${method}'`);
  },
);

test.each([
  [
    'an instance of a class',
    'class App { async fetch() { return new Response(this.name()); } name() { return "a"; } }\nexport default new App();',
  ],
  ['an object of a factory', 'const make = () => ({ fetch: async () => new Response("a") });\nexport default make();'],
  ['a promise of an object', 'export default (async () => ({ fetch: () => new Response("a") }))();'],
  ['an object in parentheses', 'export default ({ fetch: () => new Response("a") });'],
  [
    'what esbuild writes',
    'var app_default = { async fetch() { return new Response("a"); } };\nexport {\n  app_default as default\n};\n',
  ],
  ['an object behind two defaults', 'export default { default: { fetch: () => new Response("a") } };'],
  [
    'a router whose prototype answers to any name',
    `const routes = [];
     const router = { __proto__: new Proxy({}, { get: (target, name, self) => (path, handler) => routes.push([name, path, handler]) && self }),
       async fetch(request) {
         const { pathname } = new URL(request.url);
         return routes.find(([method, path]) => method === request.method.toLowerCase() && path === pathname)[2](request);
       } };
     router.get('/', () => new Response('a'));
     export default router;`,
  ],
])('handlers may be those of %s', async (_what, code) => {
  const serverless = make();
  await serverless.deploy(spec(code));
  expect(await (await serverless.fetch('acme', 'f', get())).text()).toBe('a');
});

test('names of the web are known to the checks, where the function has them', async () => {
  const serverless = make({}, { validation: { rules: ['unknown-names'] } });
  await serverless.deploy(handlers('fetch: () => new Response(new URL("http://a.example/").host)'));
  const error = await failure(() => serverless.deploy(spec('() => new Response("")', { name: 'g' })));
  expect(error.message).toContain('Response');
  await serverless.deploy(spec('() => typeof Response', { name: 'h', web: true }));
  expect(await serverless.invoke('acme', 'h')).toBe('function');
});

test('web of a specification is true or false', async () => {
  const serverless = make();
  const error = await failure(() => serverless.deploy(handlers('fetch() {}', { web: {} })));
  expect(error).toMatchObject({ code: 'ERR_ISOLET_VALIDATION', issues: [{ path: ['web'] }] });
});

test('rates, quotas and tiers are those of invoke', async () => {
  const serverless = make({}, { tiers: { small: { rate: { requests: 2, per: 60_000, burst: 0 }, timeout: 1000 } } });
  await serverless.deploy(
    handlers(`fetch: () => new Response(${endless}), slow: () => new Promise(() => {})`, { tier: 'small' }),
  );
  const response = await serverless.fetch('acme', 'f', get());
  expect(await failure(() => response.text())).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT', limit: 1000 });
  await (await serverless.fetch('acme', 'f', get())).body?.cancel();
  const error = await failure(() => serverless.fetch('acme', 'f', get()));
  expect(error).toMatchObject({ code: 'ERR_ISOLET_RATE_LIMIT' });
  expect(serverless.usage('acme')).toMatchObject({ invocations: 2, rateLimited: 1 });
});

test('usage is the sum of the reports, bodies and work after them included', async () => {
  const serverless = make();
  const sum = { cpuMs: 0, gbMs: 0, count: 0 };
  for (const name of ['invoke', 'load', 'handedOut', 'late', 'dryRun'] as const) {
    serverless.on(name, (report: InvocationReport) => {
      sum.cpuMs += report.cpuMs;
      sum.gbMs += report.gbMs;
      sum.count++;
    });
  }
  await serverless.deploy(
    handlers(`
      fetch(request, env, ctx) {
        ctx.waitUntil(new Promise((resolve) => setTimeout(resolve, 5)));
        return new Response(${endless});
      }`),
  );
  for (let i = 0; i < 3; i++) {
    const reader = (await serverless.fetch('acme', 'f', get())).body?.getReader();
    for (let n = 0; n < 4; n++) await reader?.read();
    await reader?.cancel();
  }
  await until(() => serverless.stats().pool.active === 0, 'all is over');
  const { cpuMs, gbMs, work } = serverless.usage('acme');
  expect(cpuMs).toBeCloseTo(sum.cpuMs, 6);
  expect(gbMs).toBeCloseTo(sum.gbMs, 6);
  expect([work.invocation.count, work.handedOut.count]).toEqual([3, 3]);
});

test('secrets are taken out of what a handler fails with, and out of a body that fails', async () => {
  const serverless = make();
  await serverless.deploy(
    handlers(
      `
      fetch(request, env) {
        if (request.method === 'POST') throw new Error('with ' + env.TOKEN);
        return new Response(new ReadableStream({ pull() { throw new Error('with ' + env.TOKEN); } }, { highWaterMark: 0 }));
      }`,
      { secrets: { TOKEN: 'very secret' } },
    ),
  );
  const thrown = await failure(() => serverless.fetch('acme', 'f', get('/', { method: 'POST' })));
  const response = await serverless.fetch('acme', 'f', get());
  for (const error of [thrown, await failure(() => response.text())]) expect(error.message).toBe('with [redacted]');
});

test('versions and aliases are chosen as by invoke', async () => {
  const serverless = make();
  const one = await serverless.deploy(handlers("fetch: () => new Response('one')"));
  await serverless.deploy(handlers("fetch: () => new Response('two')"));
  const text = async (options = {}) => (await serverless.fetch('acme', 'f', get(), options)).text();
  serverless.setAlias('acme', 'f', 'old', one.version);
  expect([await text(), await text({ version: one.version }), await text({ alias: 'old' })]).toEqual([
    'two',
    'one',
    'one',
  ]);
  expect(await failure(() => text({ version: 'none' }))).toMatchObject({ code: 'ERR_ISOLET_VERSION_NOT_FOUND' });
  expect(await failure(() => serverless.fetch('acme', 'none', get()))).toMatchObject({
    code: 'ERR_ISOLET_FUNCTION_NOT_FOUND',
  });
});

test('a body goes on while its version is replaced, for drainTimeout, and then fails', async () => {
  const serverless = make({}, { drainTimeout: 1000 });
  await serverless.deploy(handlers(`fetch: () => new Response(${endless})`));
  const reader = (await serverless.fetch('acme', 'f', get())).body?.getReader() as ReadableStreamDefaultReader;
  await reader.read();
  await serverless.deploy(handlers("fetch: () => new Response('two')"));
  expect(await (await serverless.fetch('acme', 'f', get())).text()).toBe('two');
  const error = await failure(async () => {
    for (let step = await reader.read(); !step.done; ) step = await reader.read();
  });
  expect(error).toMatchObject({ code: 'ERR_ISOLET_TERMINATED', retryable: true });
});

test('after cleanup nothing is answered, and what streams has ended', async () => {
  const serverless = make();
  await serverless.deploy(handlers(`fetch: () => new Response(${endless})`));
  const reader = (await serverless.fetch('acme', 'f', get())).body?.getReader();
  await reader?.read();
  await serverless.cleanup({ timeout: 50 });
  expect(await failure(() => reader?.read())).toMatchObject({ code: 'ERR_ISOLET_TERMINATED' });
  expect(await failure(() => serverless.fetch('acme', 'f', get()))).toMatchObject({ code: 'ERR_ISOLET_CLOSED' });
  expect(await failure(() => serverless.scheduled('acme', 'f'))).toMatchObject({ code: 'ERR_ISOLET_CLOSED' });
});

test('a dry run may be one of a handler', async () => {
  const serverless = make();
  const runs: unknown[] = [];
  serverless.on('dryRun', ({ outcome }) => runs.push(outcome));
  const code = "hello(input) { if (input === 'bad') throw new Error('no'); }";
  await serverless.deploy(handlers(code, { dryRun: { event: 'good', method: 'hello' } }));
  for (const dryRun of [
    { event: 'bad', method: 'hello' },
    { event: 1 },
    { event: 1, method: 'none' },
    { event: 1, method: 5 },
  ]) {
    const error = await failure(() => serverless.deploy(handlers(code, { dryRun })));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_VALIDATION' });
  }
  expect(runs).toEqual(['ok', 'error', 'error', 'error']);
});

test('an answer that is forgotten does not keep its place', async () => {
  const serverless = make();
  await serverless.deploy(
    handlers(`fetch: () => new Response(${endless})`, { timeout: 600_000, streamTimeout: 600_000 }),
  );
  for (const signal of [null, new AbortController().signal]) await serverless.fetch('acme', 'f', get('/', { signal }));
  await until(() => {
    globalThis.gc?.();
    return serverless.stats().pool.active === 0;
  }, 'the bodies were collected');
});

test('options and times that make no sense are refused', async () => {
  const serverless = make();
  await serverless.deploy(handlers('fetch() {}, scheduled() {}'));
  const invalid = { code: 'ERR_ISOLET_INVALID_ARG' };
  expect(await failure(() => serverless.fetch('acme', 'f', {} as Request))).toMatchObject(invalid);
  expect(await failure(() => serverless.fetch('acme', 'f', get(), { method: 'a' } as object))).toMatchObject(invalid);
  expect(await failure(() => serverless.invoke('acme', 'f', 1, { method: 5 } as object))).toMatchObject(invalid);
  for (const due of [{ cron: 5 }, { scheduledTime: Number.NaN }, { scheduledTime: 'soon' }, { crom: '' }]) {
    expect(await failure(() => serverless.scheduled('acme', 'f', due as object))).toMatchObject(invalid);
  }
});

test('load of a function with handlers is reported once, also when the first look was wrong', async () => {
  const serverless = make();
  const loads: string[] = [];
  serverless.on('load', ({ functionName }) => loads.push(functionName));
  await serverless.deploy(handlers("fetch: () => new Response('')", { name: 'right' }));
  await serverless.deploy(spec('const { f } = { f: () => typeof URL };\nexport { f as default };', { name: 'wrong' }));
  await serverless.fetch('acme', 'right', get());
  expect(await serverless.invoke('acme', 'wrong')).toBe('undefined');
  expect(loads).toEqual(['right', 'wrong', 'wrong', 'right', 'wrong']);
});
