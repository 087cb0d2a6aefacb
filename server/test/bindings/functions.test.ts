import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Tenants } from './tenant.ts';

let tenants: Tenants;
beforeAll(async () => {
  tenants = await Tenants.start({ functions: { calls: 20, depth: 4 }, timeout: 60_000 });
  await tenants.server.ask('PUT', '/v1/tenants/other', {});
});
afterAll(() => tenants[Symbol.asyncDispose]());

it('a function calls another of its tenant, by name and by handler, and gets its value', async () => {
  await tenants.deploy('double', 'return event.n * 2');
  await tenants.server.ask('PUT', '/v1/tenants/acme/functions/shop', {
    code: 'export default { price: (item, env, ctx) => [item, ctx.functionName] }',
  });
  const answer = await tenants.run(
    `return [await env.FUNCTIONS.call('double', { n: 21 }), await env.FUNCTIONS.call('shop', 'tea', { method: 'price' })]`,
  );
  expect(answer).toEqual([42, ['tea', 'shop']]);
});

it('functions that call one another for ever are told so, by name', async () => {
  await tenants.deploy('ping', `return env.FUNCTIONS.call('pong', event)`);
  await tenants.deploy('pong', `return env.FUNCTIONS.call('ping', event)`);
  const { threw } = await tenants.invoke('ping');
  expect(threw).toMatchObject({
    name: 'FunctionCallError',
    code: 'FUNCTIONS_DEPTH',
    quota: 'functions.depth',
    limit: 4,
  });
  expect(threw.message).toContain('ping → pong → ping → pong → ping');
});

it('one call from outside sets off only so many', async () => {
  await tenants.deploy('leaf', 'return 1');
  await tenants.deploy(
    'branch',
    `return Promise.all(Array.from({ length: event }, () => env.FUNCTIONS.call('leaf'))).then((all) => all.length)`,
  );
  expect(await tenants.invoke('branch', 20)).toBe(20);
  expect(await tenants.invoke('branch', 21)).toMatchObject({ threw: { code: 'FUNCTIONS_LIMIT', limit: 20 } });
  // What is called shares the sum with whoever called it.
  const answer = await tenants.run(
    `return [await env.FUNCTIONS.call('branch', 15), await env.FUNCTIONS.call('branch', 15).then(({ threw }) => threw.code)]`,
  );
  expect(answer).toEqual([15, 'FUNCTIONS_LIMIT']);
});

it.each([
  [`env.FUNCTIONS.call('nobody')`, 'FUNCTIONS_FAILED'],
  [`env.FUNCTIONS.call('../other/secret')`, 'FUNCTIONS_FAILED'],
  [`env.FUNCTIONS.call('__proto__')`, 'FUNCTIONS_FAILED'],
  [`env.FUNCTIONS.call('secret')`, 'FUNCTIONS_FAILED'],
  [`env.FUNCTIONS.call(7)`, 'FUNCTIONS_ARGUMENT'],
  [`env.FUNCTIONS.call('double', () => 1)`, 'FUNCTIONS_ARGUMENT'],
  [`env.FUNCTIONS.call('double', { a: [new Map([[1, () => 1]])] })`, 'FUNCTIONS_ARGUMENT'],
  [`env.FUNCTIONS.call('double', {}, { tenant: 'other' })`, 'FUNCTIONS_ARGUMENT'],
])('%s fails with %s', async (call, code) => {
  await tenants.deploy('secret', 'return 42', 'other');
  expect(await tenants.run(`return ${call}`)).toMatchObject({ threw: { code } });
});

it('what a called function throws says whose it is, and nothing of the host', async () => {
  await tenants.server.ask('PUT', '/v1/tenants/acme/functions/thrower', {
    code: `() => { throw new RangeError('too much') }`,
  });
  const { threw } = await tenants.run(`return env.FUNCTIONS.call('thrower')`);
  expect(threw).toMatchObject({ code: 'FUNCTIONS_FAILED', reason: 'ERR_ISOLET_JAVASCRIPT', function: 'thrower' });
  expect(threw.message).toBe(`the function 'thrower' failed: RangeError: too much`);
});

it('a called function has no more time than its caller has left', async () => {
  await tenants.deploy('sleeper', 'await new Promise(() => {})');
  await tenants.server.ask('PUT', '/v1/tenants/acme/functions/hasty', {
    timeout: 700,
    code: `(event, { env }) => env.FUNCTIONS.call('sleeper')`,
  });
  const { status } = await tenants.server.ask('POST', '/v1/tenants/acme/functions/hasty/invoke', 'null');
  expect(status).toBe(504);
});

it('without rules nothing is fetched, with rules what they allow', async () => {
  const server = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const get = `return (await fetch('http://127.0.0.1:${port}/')).text()`;
  try {
    expect(await tenants.run(get)).toMatchObject({
      threw: { name: 'TypeError', message: expect.stringContaining('fetch was refused (allow)') },
    });
    expect(await tenants.run(`return (await fetch('http://169.254.169.254/')).text()`)).toMatchObject({
      threw: { name: 'TypeError' },
    });
    await using open = await Tenants.start({ fetch: { allow: ['127.0.0.0/8'], ports: [port] } });
    expect(await open.run(get)).toBe('hello');
    await using everywhere = await Tenants.start({ fetch: { allow: ['*'], ports: [port] } });
    expect(await everywhere.run(get)).toMatchObject({
      threw: { message: expect.stringContaining('fetch was refused (address)') },
    });
  } finally {
    server.close();
  }
});
