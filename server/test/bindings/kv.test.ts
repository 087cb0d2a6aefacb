import { afterAll, beforeAll, expect, it } from 'vitest';
import { Tenants } from './tenant.ts';

let tenants: Tenants;
beforeAll(async () => {
  const kv = { keys: 20, bytes: 4000, valueBytes: 2000, calls: 40 };
  tenants = await Tenants.start({ kv });
});
afterAll(() => tenants[Symbol.asyncDispose]());

it('values come back as what they were: texts, JSON, bytes, and keys that look like parts of objects', async () => {
  const answer = await tenants.run(`
    await env.KV.put('text', 'äöü 🎉');
    await env.KV.put('json', JSON.parse('{"__proto__":{"polluted":1},"constructor":[1,null,true]}'));
    await env.KV.put('bytes', new Uint8Array([0, 1, 255]));
    await env.KV.put('__proto__', 0);
    const json = await env.KV.get('json');
    const bytes = await env.KV.get('bytes');
    return [await env.KV.get('text'), Object.keys(json), json.polluted, {}.polluted, bytes instanceof Uint8Array, [...bytes],
      await env.KV.get('__proto__'), await env.KV.get('nothing')];
  `);
  expect(answer).toEqual(['äöü 🎉', ['__proto__', 'constructor'], null, null, true, [0, 1, 255], 0, null]);
});

it('a put with ifVersion takes effect only on the version it names', async () => {
  const answer = await tenants.run(`
    const first = await env.KV.put('cas', 1, { ifVersion: null });
    const again = await env.KV.put('cas', 2, { ifVersion: null });
    const second = await env.KV.put('cas', 3, { ifVersion: first.version });
    const stale = await env.KV.delete('cas', { ifVersion: first.version });
    const entry = await env.KV.getEntry('cas');
    const gone = await env.KV.delete('cas', { ifVersion: second.version });
    return [first.ok, again.ok, again.version === first.version, second.ok, stale, entry.value, entry.version === second.version, gone, await env.KV.get('cas')];
  `);
  expect(answer).toEqual([true, false, true, true, false, 3, true, true, null]);
});

it('of many that count up one key together none is lost', async () => {
  await tenants.deploy(
    'count',
    `for (;;) {
      const entry = await env.KV.getEntry('sum');
      const { ok } = await env.KV.put('sum', (entry?.value ?? 0) + 1, { ifVersion: entry?.version ?? null });
      if (ok) return true;
    }`,
  );
  await Promise.all(Array.from({ length: 8 }, () => tenants.invoke('count')));
  expect(await tenants.run(`return env.KV.get('sum')`)).toBe(8);
});

it('lists keys by prefix and in pages, in the order of their bytes', async () => {
  const answer = await tenants.run(`
    for (const key of ['list/b', 'list/a', 'list/ü', 'list/ÿ', 'lisz', 'list']) await env.KV.put(key, '');
    const first = await env.KV.list({ prefix: 'list/', limit: 3 });
    const second = await env.KV.list({ prefix: 'list/', limit: 3, cursor: first.cursor });
    for (const key of ['list/b', 'list/a', 'list/ü', 'list/ÿ', 'lisz', 'list']) await env.KV.delete(key);
    return [first.keys.map(({ key }) => key), second.keys.map(({ key }) => key), second.cursor];
  `);
  expect(answer).toEqual([['list/a', 'list/b', 'list/ü'], ['list/ÿ'], null]);
});

it('what has expired is gone, and makes room', async () => {
  const answer = await tenants.run(`
    await env.KV.put('short', 'x'.repeat(1900), { ttl: 1 });
    await env.KV.put('long', 'x', { expiresAt: Date.now() + 1e9 });
    while (await env.KV.get('short') !== null);
    const listed = (await env.KV.list()).keys.some(({ key }) => key === 'short');
    const again = await env.KV.put('other', 'x'.repeat(1900));
    await env.KV.delete('other');
    return [listed, again.ok, (await env.KV.getEntry('long')).expiresAt > Date.now()];
  `);
  expect(answer).toEqual([false, true, true]);
});

it('quotas of keys and bytes hold, also for puts that race', async () => {
  await tenants.server.ask('PUT', '/v1/tenants/small', {});
  const answer = await tenants.run(
    `const puts = Array.from({ length: 30 }, (_, at) => env.KV.put('k' + at, '').then(() => 'kept', ({ code, quota, limit }) => [code, quota, limit].join()));
    const kinds = {};
    for (const one of await Promise.all(puts)) kinds[one] = (kinds[one] ?? 0) + 1;
    return kinds;`,
    null,
    'small',
  );
  expect(answer).toEqual({ kept: 20, 'KV_QUOTA,kv.keys,20': 10 });
  const bytes = await tenants.run(
    `const puts = ['k1', 'k2', 'k3'].map((key) => env.KV.put(key, 'x'.repeat(1900)).then(() => 'kept', ({ code, quota }) => code + ' ' + quota));
    return (await Promise.all(puts)).sort();`,
    null,
    'small',
  );
  expect(bytes).toEqual(['KV_QUOTA kv.bytes', 'kept', 'kept']);
});

it('another tenant has other keys', async () => {
  await tenants.server.ask('PUT', '/v1/tenants/other', {});
  await tenants.run(`await env.KV.put('mine', 'acme')`);
  const answer = await tenants.run(
    `return [await env.KV.get('mine'), await env.KV.get('acme/mine'), await env.KV.get('../acme/mine'), (await env.KV.list()).keys]`,
    null,
    'other',
  );
  expect(answer).toEqual([null, null, null, []]);
});

it.each([
  [`env.KV.get('')`, 'KV_KEY'],
  [`env.KV.get(7)`, 'KV_KEY'],
  [`env.KV.get('x'.repeat(513))`, 'KV_KEY'],
  [`env.KV.get('\\ud800')`, 'KV_KEY'],
  [`env.KV.put('a', 'x'.repeat(2001))`, 'KV_VALUE'],
  [`env.KV.put('a', new Uint8Array(2001))`, 'KV_VALUE'],
  [`env.KV.put('a', { deep: { n: 1n } })`, 'KV_VALUE'],
  [`env.KV.put('a', new Map())`, 'KV_VALUE'],
  [`env.KV.put('a')`, 'KV_VALUE'],
  [`env.KV.put('a', { toJSON() { for (;;); } })`, 'KV_VALUE'],
  [`env.KV.put('a', (() => { const a = {}; a.a = a; return a; })())`, 'KV_VALUE'],
  // A value that is in itself sixty times over.
  [`env.KV.put('a', (() => { let a = ['x']; for (let n = 0; n < 60; n++) a = [a, a]; return a; })())`, 'KV_VALUE'],
  [`env.KV.put('a', '', { ttl: -1 })`, 'KV_OPTION'],
  [`env.KV.put('a', '', { expiration: 1 })`, 'KV_OPTION'],
  [`env.KV.put('a', '', { ttl: 1, expiresAt: 1 })`, 'KV_OPTION'],
  [`env.KV.list({ limit: 1e6 })`, 'KV_OPTION'],
  [`env.KV.list({ cursor: 'not one' })`, 'KV_OPTION'],
])('%s is refused with %s', async (call, code) => {
  expect(await tenants.run(`return ${call}`)).toMatchObject({ threw: { name: 'KvError', code } });
});

it('an invocation makes only so many calls', async () => {
  const answer = await tenants.run(`for (let n = 0; ; n++) await env.KV.get('a');`);
  expect(answer).toMatchObject({ threw: { code: 'KV_LIMIT', quota: 'kv.calls', limit: 40 } });
});

it('what was put is there after a kill', async () => {
  await using before = await Tenants.start();
  const answer = await before.run(
    `await env.KV.put('kept', 'yes'); await env.SQL.query('create table t(a)'); await env.SQL.query('insert into t values(1)'); return 1`,
  );
  expect(answer).toBe(1);
  const again = await before.restart();
  expect(await again.run(`return [await env.KV.get('kept'), await env.SQL.first('select a from t')]`)).toEqual([
    'yes',
    { a: 1 },
  ]);
});
