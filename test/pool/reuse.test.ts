import { expect, test } from 'vitest';
import { until } from '../runtime/support.ts';
import { fn, gate, record, usePools } from './support.ts';

const makePool = usePools();

test('the first invocation makes a runtime, the next ones reuse it', async () => {
  const pool = makePool({ double: (n: number) => n * 2 });
  const seen = record(pool, 'coldStart', 'reuse', 'evict');
  const spec = fn('(event) => double(event.n)');
  expect(await pool.invoke(spec, { n: 1 })).toBe(2);
  expect(await pool.invoke(spec, { n: 2 })).toBe(4);
  expect(seen).toEqual(['coldStart f', 'reuse f']);
  expect(pool.stats()).toMatchObject({ runtimes: 1, idle: 1, coldStarts: 1, hits: 1, invocations: 2, refused: 0 });
});

test('state of a function stays in its runtime; another function has its own', async () => {
  const pool = makePool();
  const code = '(() => { let n = 0; return () => ++n; })()';
  const a = fn(code);
  const b = fn(code, { name: 'g' });
  const c = fn(code, { tenantId: 'other' });
  expect([await pool.invoke(a), await pool.invoke(a), await pool.invoke(b), await pool.invoke(c)]).toEqual([
    1, 2, 1, 1,
  ]);
  expect(pool.stats().runtimes).toBe(3);
});

test('the event is an argument and never a global, and no helper is reachable', async () => {
  const pool = makePool({ known: () => 1 }, { console: false });
  const spec = fn('(event) => ({ names: Object.getOwnPropertyNames(globalThis), event: typeof globalThis.event })');
  const { names, event } = await pool.invoke<{ names: string[]; event: string }>(spec, { secret: 1 });
  expect(event).toBe('undefined');
  const bare = makePool({}, { console: false });
  const { names: plain } = await bare.invoke<{ names: string[] }>(spec, 1);
  expect(names.filter((name) => !plain.includes(name))).toEqual(['known']);
  expect(plain.filter((name) => /isolet|handler|user|wrap/i.test(name))).toEqual([]);
});

test('concurrent first invocations share one cold start and interleave at their awaits', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait });
  const spec = fn('async (event) => { await wait(); return event; }');
  const results = Promise.all([1, 2, 3, 4, 5].map((n) => pool.invoke(spec, n)));
  await until(() => waiting() === 5, 'all five are at their await');
  open();
  expect(await results).toEqual([1, 2, 3, 4, 5]);
  expect(pool.stats()).toMatchObject({ coldStarts: 1, runtimes: 1 });
});

test('two specs with the same content share runtimes, a change of code does not', async () => {
  const pool = makePool();
  await pool.invoke(fn('() => 1'));
  await pool.invoke(fn('() => 1'));
  expect(pool.stats().coldStarts).toBe(1);
  const spec = fn('() => 1');
  expect(await pool.invoke(spec)).toBe(1);
  spec.code = '() => 2';
  expect(await pool.invoke(spec)).toBe(2);
  expect(pool.stats().coldStarts).toBe(2);
});

test('a saturated function gets more runtimes, up to its limit', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait });
  const spec = fn('async () => { await wait(); }', { concurrencyPerRuntime: 2, maxRuntimes: 3 });
  const results = Promise.all(Array.from({ length: 9 }, () => pool.invoke(spec)));
  await until(() => waiting() === 6, 'three runtimes with two invocations each');
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(waiting()).toBe(6);
  expect(pool.stats()).toMatchObject({ runtimes: 3, active: 6, queued: 3 });
  open();
  await until(() => waiting() === 3, 'the rest');
  open();
  await results;
  expect(pool.stats()).toMatchObject({ coldStarts: 3, invocations: 9 });
});

test("reuse: 'fresh' gives every invocation a virgin isolate and keeps none", async () => {
  const pool = makePool();
  const spec = fn(
    '(() => { let n = 0; return () => { globalThis.left = (globalThis.left ?? 0) + 1; return [++n, left]; }; })()',
    {
      reuse: 'fresh',
    },
  );
  expect([await pool.invoke(spec), await pool.invoke(spec)]).toEqual([
    [1, 1],
    [1, 1],
  ]);
  await until(() => pool.stats().runtimes === 0, 'both runtimes are gone');
  expect(pool.stats()).toMatchObject({ coldStarts: 2, hits: 0, evictions: { invocations: 2 } });
});

test('prewarm makes runtimes before anybody asks', async () => {
  const pool = makePool();
  const spec = fn('() => 1', { maxRuntimes: 3 });
  await pool.prewarm(spec, 2);
  expect(pool.stats()).toMatchObject({ runtimes: 2, idle: 2, coldStarts: 2 });
  await pool.prewarm(spec, 2);
  expect(pool.stats().coldStarts).toBe(2);
  expect(await pool.invoke(spec, undefined, { detailed: true })).toMatchObject({ value: 1, coldStart: false });
  await expect(pool.prewarm(fn('() => { throw 1'))).rejects.toMatchObject({
    code: 'ERR_ISOLET_JAVASCRIPT',
    name: 'SyntaxError',
  });
});
