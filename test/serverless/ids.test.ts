import { expect, test } from 'vitest';
import { spec, useServerless } from './support.ts';

const make = useServerless();

const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
const separators = ['a', 'a:b', 'b:c', 'c', 'a@b', 'a%3ab', 'a%', '%', 'a/b', '..', ' '];
const odd = ['\ud800', '\udfff', 'x\ud800', '😀', 'é'];
const long = 'x'.repeat(10_000);

test('every book keeps the tenants apart, and what all objects inherit is no tenant', async () => {
  const before = Object.getOwnPropertyNames(Object.prototype);
  const ids = [...inherited, ...separators, ...odd];
  const serverless = make();
  for (const [n, tenantId] of ids.entries()) {
    await serverless.deploy(spec('(event) => event', { tenantId, name: tenantId, memoryMb: 5 }));
    for (let i = 0; i <= n; i++) expect(await serverless.invoke(tenantId, tenantId, i)).toBe(i);
  }
  const { tenants, pool } = serverless.stats();
  const usage = serverless.usage();
  for (const [n, id] of ids.entries()) {
    expect(Object.hasOwn(tenants, id) && Object.hasOwn(usage, id)).toBe(true);
    expect(tenants[id]).toMatchObject({ functions: 1, active: 0, usage: { invocations: n + 1 } });
    expect(usage[id]?.functions[id]?.invocations).toBe(n + 1);
    expect(serverless.usage(id).invocations).toBe(n + 1);
    expect(serverless.list(id)).toMatchObject([{ tenantId: id, functionName: id }]);
    expect(Object.values(pool.functions).filter(({ tenantId }) => tenantId === id)).toHaveLength(1);
  }
  expect(Object.keys(tenants)).toHaveLength(ids.length);
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  expect(Object.getOwnPropertyNames(Object)).not.toContain('functions');
});

test('a tenant that is not there is not there, whatever its name', () => {
  const serverless = make();
  for (const id of inherited) {
    const found: unknown[] = [
      serverless.stats().tenants[id],
      serverless.usage()[id],
      serverless.usage(id).functions[id],
    ];
    found.push(serverless.stats().pool.lost[id], serverless.stats().pool.functions[id]);
    expect(found).toEqual([undefined, undefined, undefined, undefined, undefined]);
    expect(serverless.list(id)).toEqual([]);
  }
});

test('counters of rates are kept apart in a store that is shared', async () => {
  const seen = new Map<string, number>();
  const rate = { requests: 1, per: 60_000 };
  const tiers = { a: { rate }, 'a:b': { rate } };
  const serverless = make(
    {},
    {
      tiers,
      tenantTier: (tenantId) => (tenantId === 'c' ? 'a:b' : 'a'),
      rateLimiter: ({ keyPrefix }) => ({
        consume: async (key) => {
          // As a store does that knows UTF-8 only.
          const name = Buffer.from(`${keyPrefix}:${key}`).toString();
          seen.set(name, (seen.get(name) ?? 0) + 1);
          if ((seen.get(name) ?? 0) > 1) throw { msBeforeNext: 60_000 };
        },
      }),
    },
  );
  const ids = ['c', 'b:c', '\ud800', '\udbff', '__proto__', '%3a', ':'];
  for (const tenantId of ids) {
    await serverless.deploy(spec('() => 1', { tenantId }));
    expect(await serverless.invoke(tenantId, 'f')).toBe(1);
  }
  expect(seen.size).toBe(ids.length);
});

test('messages show the beginning of a long id', async () => {
  const serverless = make();
  await serverless.deploy(spec('() => 1'));
  const errors = await Promise.all([
    serverless.invoke(long, long).catch((error: Error) => error),
    serverless.deploy(spec('() => 1', { tenantId: long, name: long })).catch((error: Error) => error),
    serverless.invoke('acme', 'f', null, { version: long }).catch((error: Error) => error),
    serverless.invoke('acme', 'f', null, { alias: long }).catch((error: Error) => error),
  ]);
  for (const error of errors as Error[]) {
    expect(error.message).toContain('xxxx');
    expect(error.message.length).toBeLessThan(700);
  }
});

test('names of env are data too', async () => {
  const serverless = make();
  const env = JSON.parse('{"__proto__": "p", "constructor": "c"}') as Record<string, string>;
  const code =
    '(event, { env }) => [Object.keys(env), env.constructor, Object.getOwnPropertyDescriptor(env, "__proto__").value]';
  await serverless.deploy(spec(code, { env, secrets: JSON.parse('{"toString": "secret"}') }));
  expect(await serverless.invoke('acme', 'f')).toEqual([['__proto__', 'constructor', 'toString'], 'c', 'p']);
});
