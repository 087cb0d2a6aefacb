import { functionKey } from 'isolet';
import { expect, test } from 'vitest';
import { until } from '../runtime/support.ts';
import { fn, gate, record, usePools } from './support.ts';

const makePool = usePools();
const named = (name: string, rest = {}) => fn('() => 1', { name, ...rest });

test('a full pool evicts the runtime that was idle longest', async () => {
  const pool = makePool({}, { maxRuntimes: 2 });
  const seen = record(pool, 'coldStart', 'evict');
  await pool.invoke(named('a'));
  await pool.invoke(named('b'));
  await pool.invoke(named('a'));
  await pool.invoke(named('c'));
  expect(seen).toEqual(['coldStart a', 'coldStart b', 'evict b capacity', 'coldStart c']);
  expect(pool.stats().runtimes).toBe(2);
});

test('a busy runtime is never evicted: who needs room waits', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait }, { maxRuntimes: 1 });
  const seen = record(pool, 'evict');
  const busy = pool.invoke(fn('async () => wait()', { name: 'busy' }));
  await until(() => waiting() === 1, 'the runtime is busy');
  const second = pool.invoke(named('second'));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(seen).toEqual([]);
  expect(pool.stats()).toMatchObject({ runtimes: 1, active: 1, queued: 1 });
  open();
  expect(await busy).toBe('open');
  expect(await second).toBe(1);
  expect(seen).toEqual(['evict busy capacity']);
});

test('the memory budget counts the limits of the live runtimes', async () => {
  const pool = makePool({}, { maxMemoryMb: 20 });
  const seen = record(pool, 'evict');
  await pool.invoke(named('a', { memoryMb: 8 }));
  await pool.invoke(named('b', { memoryMb: 8 }));
  expect(pool.stats().reservedMb).toBe(16);
  await pool.invoke(named('c', { memoryMb: 12 }));
  expect(pool.stats().reservedMb).toBe(20);
  expect(seen).toEqual(['evict a capacity']);
  await expect(pool.invoke(named('d', { memoryMb: 21 }))).rejects.toMatchObject({
    code: 'ERR_ISOLET_CAPACITY',
    limit: 20,
    actual: 21,
  });
});

test('idle runtimes go after idleTtl', async () => {
  const pool = makePool({}, { idleTtl: 60 });
  const seen = record(pool, 'evict');
  await pool.invoke(named('a'));
  expect(pool.stats().idle).toBe(1);
  await until(() => pool.stats().runtimes === 0, 'the idle runtime is closed');
  expect(seen).toEqual(['evict a idle']);
  expect(await pool.invoke(named('a'))).toBe(1);
});

test('a runtime is replaced after maxInvocations and after maxAge', async () => {
  const pool = makePool({}, { maxInvocations: 2 });
  for (let i = 0; i < 5; i++) await pool.invoke(named('a'));
  expect(pool.stats()).toMatchObject({ coldStarts: 3, evictions: { invocations: 2 } });

  const aging = makePool({}, { maxAge: 300 });
  await aging.invoke(named('a'));
  await new Promise((resolve) => setTimeout(resolve, 330));
  await aging.invoke(named('a'));
  expect(aging.stats()).toMatchObject({ coldStarts: 2, evictions: { age: 1 } });
});

test('evict closes the runtimes of one function, the busy ones when they are done', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait });
  await pool.invoke(named('other'));
  const spec = fn('async (event) => { if (event) await wait(); return 1; }', { name: 'a:b' });
  const busy = pool.invoke(spec, true);
  await until(() => waiting() === 1, 'the runtime is busy');
  const key = functionKey('acme', 'a:b');
  expect(pool.evict(key)).toBe(1);
  expect(pool.evict(functionKey('acme', 'nobody'))).toBe(0);
  // The one on its way out takes nobody new.
  expect(await pool.invoke(spec, false)).toBe(1);
  expect(pool.stats()).toMatchObject({ runtimes: 3 });
  open();
  expect(await busy).toBe(1);
  await until(() => pool.stats().runtimes === 2, 'the evicted one is gone');
  expect(pool.stats().evictions).toEqual({ evicted: 1 });
});

test('keys of different functions never meet', () => {
  expect(functionKey('a:b', 'c')).not.toBe(functionKey('a', 'b:c'));
  expect(functionKey('a', 'b', 'c')).not.toBe(functionKey('a', 'b@c'));
  expect(functionKey('a%3a', 'b')).not.toBe(functionKey('a:', 'b'));
});
