import { functionKey, SupersededError } from 'isolet';
import { expect, test } from 'vitest';
import { failure, until } from '../runtime/support.ts';
import { fn, gate, record, usePools } from './support.ts';

const makePool = usePools();
const key = functionKey('acme', 'f');
const waiter = (rest = {}) => fn('async (event) => { await wait(); return event; }', rest);

test('a drain is over when what it ended was all there was: an invocation that waited for room', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait }, { maxRuntimes: 1, stock: 0 });
  const busy = pool.invoke(waiter({ name: 'busy' }), 1);
  await until(() => waiting() === 1, 'the only runtime is busy');
  const waits = failure(() => pool.invoke(waiter(), 2));
  expect(pool.stats().queued).toBe(1);
  await pool.drain(key, 20);
  expect(pool.stats().functions).not.toHaveProperty(
    Object.keys(pool.stats().functions).find((k) => k.includes(':f@')) ?? '-',
  );
  const error = await waits;
  expect(error).toBeInstanceOf(SupersededError);
  expect(error).toMatchObject({ code: 'ERR_ISOLET_SUPERSEDED', reason: 'replaced' });
  expect(error.message).not.toMatch(/pool/i);
  open();
  expect(await busy).toBe(1);
});

test('a drain without a limit is over when the waiting invocations have given up', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait }, { tenantConcurrency: 1, idleTtl: Number.POSITIVE_INFINITY });
  await pool.invoke(fn('() => 1', { name: 'g' }));
  const busy = pool.invoke(waiter({ name: 'busy' }), 1);
  await until(() => waiting() === 1, 'the tenant has its one invocation');
  // A runtime of its own is idle, but may not serve.
  const waits = failure(() => pool.invoke(fn('() => 1', { name: 'g' }), null, { queueTimeout: 40 }));
  const drained = pool.drain(functionKey('acme', 'g'));
  expect(await waits).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT', phase: 'queued' });
  await drained;
  open();
  await busy;
});

test('a later drain with less patience counts, also after one without a limit', async () => {
  const { wait, waiting } = gate();
  const pool = makePool({ wait });
  const running = failure(() => pool.invoke(waiter(), 1));
  await until(() => waiting() === 1, 'it runs');
  const patient = pool.drain(key, 60_000);
  const endless = pool.drain(key);
  await pool.drain(key, 20);
  await Promise.all([patient, endless]);
  expect(await running).toMatchObject({ code: 'ERR_ISOLET_TERMINATED', reason: 'the version was replaced' });
});

test('a drain ends what was there, not what was asked for later', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait });
  const seen = record(pool, 'coldStart', 'evict');
  const spec = waiter({ concurrencyPerRuntime: 1, maxRuntimes: 2 });
  const before = failure(() => pool.invoke(spec, 1));
  await until(() => waiting() === 1, 'it runs');
  const drained = pool.drain(key, 60);
  const after = pool.invoke(spec, 2);
  await until(() => waiting() === 2, 'the later one runs too');
  expect(await before).toMatchObject({ code: 'ERR_ISOLET_TERMINATED' });
  await drained;
  expect(pool.stats().active).toBe(1);
  open();
  expect(await after).toBe(2);
  expect(seen).toEqual(['coldStart f', 'coldStart f', 'evict f replaced']);
});

test('a drain stops a cold start that nobody waits for, and one that takes longer than the limit', async () => {
  const pool = makePool();
  const computes = fn('(() => { for (;;); })()', { name: 'f' });
  const prewarming = failure(() => pool.prewarm(computes));
  await until(() => pool.stats().runtimes === 1, 'it loads');
  await pool.drain(key);
  expect(await prewarming).toMatchObject({ code: 'ERR_ISOLET_SUPERSEDED' });
  const waits = failure(() => pool.invoke(computes));
  await until(() => pool.stats().runtimes === 1, 'it loads');
  await pool.drain(key, 20);
  expect(await waits).toMatchObject({ code: 'ERR_ISOLET_SUPERSEDED' });
  expect(pool.stats()).toMatchObject({ runtimes: 0, queued: 0, reservedMb: 0, functions: {} });
});

test('who comes after a cold start was stopped gets another', async () => {
  let calls = 0;
  const pool = makePool({ first: () => ++calls === 1 });
  const spec = fn('(() => { if (first()) for (;;); return () => 7; })()');
  const waits = failure(() => pool.invoke(spec));
  await until(() => calls === 1, 'it loads');
  const drained = pool.drain(key, 1);
  await expect.poll(() => pool.stats().queued).toBe(0);
  expect(await pool.invoke(spec)).toBe(7);
  expect(await waits).toMatchObject({ code: 'ERR_ISOLET_SUPERSEDED' });
  await drained;
});

test('close without patience does not wait for code that computes while it is loaded', async () => {
  const pool = makePool({}, { loadTimeout: 3_600_000 });
  const waits = failure(() => pool.invoke(fn('(() => { for (;;); })()')));
  await until(() => pool.stats().runtimes === 1, 'it loads');
  await pool.close({ drain: false });
  expect(await waits).toMatchObject({ code: 'ERR_ISOLET_CLOSED' });
  expect(pool.stats().runtimes).toBe(0);
});
