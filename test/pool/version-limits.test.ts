import { expect, test } from 'vitest';
import { until } from '../runtime/support.ts';
import { fn, gate, usePools } from './support.ts';

const makePool = usePools();
const version = (n: number, rest = {}) =>
  fn(`async () => { await wait(); return ${n}; }`, { version: `v${n}`, ...rest });

/** Serving runtimes of all versions. */
const runtimes = (pool: ReturnType<typeof makePool>) =>
  Object.values(pool.stats().functions).reduce((sum, { runtimes }) => sum + runtimes, 0);

test('concurrency holds over all versions of a function', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait });
  const limits = { concurrency: 2 };
  const all = [1, 2, 3, 4, 5, 6].map((n) => pool.invoke(version(n, limits)));
  const other = pool.invoke(version(7, { ...limits, name: 'g' }));
  for (let served = 0; served < 6; served += 2) {
    await until(() => waiting() === (served === 0 ? 3 : 2), 'two run, and one of another function');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(waiting()).toBe(served === 0 ? 3 : 2);
    open();
  }
  expect(await Promise.all([...all, other])).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('maxRuntimes holds over all versions: idle runtimes of others go', async () => {
  const pool = makePool();
  const seen: number[] = [];
  pool.on('ready', () => seen.push(runtimes(pool)));
  const quick = (n: number) => fn(`() => ${n}`, { version: `v${n}`, maxRuntimes: 1 });
  for (let round = 0; round < 3; round++) {
    for (const n of [1, 2, 3]) expect(await pool.invoke(quick(n))).toBe(n);
  }
  expect(await Promise.all([1, 2, 3, 1, 2, 3].map((n) => pool.invoke(quick(n))))).toEqual([1, 2, 3, 1, 2, 3]);
  expect(Math.max(...seen)).toBe(1);
  expect(pool.stats().evictions).toMatchObject({ capacity: seen.length - 1 });
});

test('a busy runtime of another version goes when it has answered, and not before', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait });
  const limits = { maxRuntimes: 1 };
  const before = pool.invoke(version(1, limits));
  await until(() => waiting() === 1, 'the first version runs');
  const after = pool.invoke(version(2, limits));
  // The first version is in use all the time.
  const later = pool.invoke(version(1, limits));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect([waiting(), runtimes(pool)]).toEqual([1, 1]);
  open();
  expect(await before).toBe(1);
  await until(() => waiting() === 1, 'the second version runs');
  open();
  expect(await after).toBe(2);
  await until(() => waiting() === 1, 'the first version runs again');
  open();
  expect(await later).toBe(1);
});

test('a version that is made ahead takes the places of the one before', async () => {
  const pool = makePool();
  const quick = (n: number) => fn(`() => ${n}`, { version: `v${n}`, maxRuntimes: 2 });
  await pool.prewarm(quick(1), 2);
  await pool.prewarm(quick(2), 2);
  expect(Object.values(pool.stats().functions).map((f) => [f.version, f.runtimes])).toEqual([['v2', 2]]);
});

test('maxQueue holds over all versions', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait }, { maxQueue: 2 });
  const first = pool.invoke(version(1, { concurrency: 1 }));
  await until(() => waiting() === 1, 'one runs');
  const waits = [2, 3].map((n) => pool.invoke(version(n, { concurrency: 1 })));
  await expect(pool.invoke(version(4, { concurrency: 1 }))).rejects.toMatchObject({ limit: 2, actual: 2 });
  const opener = setInterval(open, 5);
  expect(await Promise.all([first, ...waits])).toEqual([1, 2, 3]);
  clearInterval(opener);
});
