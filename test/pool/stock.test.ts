import type { CallerContext } from 'isolet';
import { expect, test } from 'vitest';
import { until } from '../runtime/support.ts';
import { fn, usePools } from './support.ts';

const makePool = usePools();
const named = (name: string, rest = {}) => fn('() => 1', { name, ...rest });

test('a cold start takes a virgin runtime, and another is made in its place', async () => {
  const pool = makePool({}, { stock: 2, runtime: { bootstrap: 'globalThis.bornAt = Date.now();' } });
  const bornAt = (name: string) => fn('() => bornAt', { name });
  expect(pool.stats().stock).toBe(0);
  await pool.invoke(bornAt('a'));
  for (const name of ['b', 'c', 'd']) {
    await until(() => pool.stats().stock === 2, 'the stock is full');
    await new Promise((resolve) => setTimeout(resolve, 5));
    const asked = Date.now();
    expect(await pool.invoke(bornAt(name))).toBeLessThan(asked);
  }
  await until(() => pool.stats().stock === 2, 'the stock is full again');
  expect(pool.stats()).toMatchObject({ runtimes: 4, coldStarts: 4 });
});

test('what one function does to its runtime is not in those that come after it', async () => {
  const pool = makePool({}, { stock: 1 });
  const spoil = '() => { globalThis.left = 1; Array.prototype.join = () => "spoilt"; return [1, 2].join(); }';
  const look = '() => [typeof left, [1, 2].join()]';
  for (let i = 0; i < 4; i++) {
    expect(await pool.invoke(fn(spoil, { name: `spoil${i}` }))).toBe('spoilt');
    await until(() => pool.stats().stock === 1, 'the stock is full');
    expect(await pool.invoke(fn(look, { name: `look${i}` }))).toEqual(['undefined', '1,2']);
    await until(() => pool.stats().stock === 1, 'the stock is full');
  }
});

test('a virgin runtime has the globals and the context that any other runtime has', async () => {
  const look = `(event, context) => {
    const seen = [Object.getOwnPropertyNames(globalThis), Object.keys(context), context.tenantId, { ...context.env, kv: typeof context.env.kv.get }, typeof api];
    context.log('said');
    console.log('said too');
    return seen;
  }`;
  const spec = (name: string) => fn(look, { name, env: { KEY: 'value' } });
  const seenIn = async (stock: number, console: boolean) => {
    const pool = makePool({ kv: { get: () => 1 } }, { stock, console });
    const seen = [];
    for (const name of ['a', 'b']) {
      const code = console ? look : look.replace('console.log', 'context.log');
      const { value, logs } = await pool.invoke({ ...spec(name), code }, undefined, { detailed: true });
      seen.push([value, logs.map(({ message }) => message)]);
      await until(() => pool.stats().stock === stock, 'the stock is full');
    }
    return seen;
  };
  for (const console of [true, false]) {
    const seen = await seenIn(1, console);
    expect(seen).toEqual(await seenIn(0, console));
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[0]?.[1]).toEqual(['said', 'said too']);
  }
});

test('a virgin runtime has the heap limit of the function that takes it, and its name', async () => {
  const pool = makePool({}, { stock: 1 });
  const grow = fn('() => { const all = []; for (;;) all.push(new Array(1000).fill({})); }', {
    name: 'grow',
    memoryMb: 8,
  });
  await pool.invoke(named('small', { memoryMb: 8 }));
  await until(() => pool.stats().stock === 1, 'the stock is full');
  await expect(pool.invoke(grow)).rejects.toMatchObject({ name: 'HeapLimitError', limit: 8 * 2 ** 20 });
  await pool.invoke(named('large', { memoryMb: 32 }));
  await until(() => pool.stats().stock === 1, 'the stock is full');
  const size = await pool.invoke(
    fn('() => { const a = new Array(2e6).fill(1.5); return a.length; }', { memoryMb: 32 }),
  );
  expect(size).toBe(2e6);
});

test('it keeps to the limits of the pool and gives way', async () => {
  const pool = makePool({}, { stock: 3, maxRuntimes: 3, maxMemoryMb: 40 });
  await pool.invoke(named('a', { memoryMb: 10 }));
  await until(() => pool.stats().stock === 2, 'what fits is there');
  await pool.invoke(named('b', { memoryMb: 20 }));
  await until(() => pool.stats().stock === 0, 'it gave way');
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(pool.stats()).toMatchObject({ stock: 0, runtimes: 2, reservedMb: 30 });
});

test('it is given up when nothing was started for the idle time', async () => {
  const pool = makePool({}, { stock: 2, idleTtl: 40 });
  await pool.invoke(named('a'));
  await until(() => pool.stats().stock === 2, 'the stock is full');
  await until(() => pool.stats().stock === 0, 'it was given up');
});

test('stock: 0 makes none', async () => {
  const pool = makePool({}, { stock: 0 });
  await pool.invoke(named('a'));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(pool.stats()).toMatchObject({ stock: 0, runtimes: 1 });
  expect(() => makePool({}, { stock: -1 })).toThrow(/stock/);
});

test('what the platform gives to a virgin runtime is that of the function which gets it', async () => {
  const api = {
    who: {
      handler: ({ tenantId, functionName, invocationId }: CallerContext) => [tenantId, functionName, invocationId],
    },
    kv: { get: () => 'kept', put: () => 'put' },
  };
  const pool = makePool(api, { stock: 1 });
  const lines: unknown[] = [];
  pool.on('log', ({ tenantId, functionName, message }) => lines.push([tenantId, functionName, message]));
  const code = `(event, context) => {
    console.log('line of', context.functionName);
    const own = Object.keys({ ...(typeof kv === 'object' ? kv : {}) });
    return [typeof who === 'function' ? who() : typeof who, own, who.name ?? null];
  }`;
  const restricted = `() => [typeof who, Object.keys(kv), kv.get(), Object.getOwnPropertyNames(globalThis).includes('who'), kv.put?.name ?? 'none']`;
  for (const [tenantId, name] of [
    ['one', 'a'],
    ['two', 'b'],
    ['two', 'c'],
  ] as const) {
    const asked = pool.invoke({ tenantId, name, code }, undefined, { invocationId: `of ${name}` });
    expect(await asked).toEqual([[tenantId, name, `of ${name}`], ['get', 'put'], 'who']);
    await until(() => pool.stats().stock === 1, 'the stock is full');
    const few = await pool.invoke({ tenantId, name: `${name} with less`, code: restricted, apis: ['kv.get'] });
    expect(few).toEqual(['undefined', ['get'], 'kept', false, 'none']);
    await until(() => pool.stats().stock === 1, 'the stock is full');
  }
  expect(lines).toEqual([
    ['one', 'a', 'line of a'],
    ['two', 'b', 'line of b'],
    ['two', 'c', 'line of c'],
  ]);
});
