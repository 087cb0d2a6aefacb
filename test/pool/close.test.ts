import { expect, test } from 'vitest';
import { failure, until } from '../runtime/support.ts';
import { fn, gate, usePools } from './support.ts';

const makePool = usePools();
const waiter = (rest = {}) => fn('async (event) => { await wait(); return event; }', rest);

test('close waits for what runs and waits, and refuses what comes', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait });
  const spec = waiter({ concurrency: 1 });
  const results = Promise.all([pool.invoke(spec, 1), pool.invoke(spec, 2)]);
  await until(() => waiting() === 1, 'one runs');
  const closed = pool.close();
  expect(await failure(() => pool.invoke(spec, 3))).toMatchObject({ code: 'ERR_ISOLET_CLOSED' });
  const opener = setInterval(open, 5);
  expect(await results).toEqual([1, 2]);
  clearInterval(opener);
  await closed;
  expect(pool.stats().runtimes).toBe(0);
});

test('close stops what is left after its timeout', async () => {
  const { wait, waiting } = gate();
  const pool = makePool({ wait });
  const spec = waiter({ concurrency: 1 });
  const running = failure(() => pool.invoke(spec, 1));
  const queued = failure(() => pool.invoke(spec, 2));
  const looping = failure(() => pool.invoke(fn('() => { for (;;); }', { name: 'loop', timeout: 60_000 })));
  await until(() => waiting() === 1 && pool.stats().active === 2, 'both run');
  const before = performance.now();
  await pool.close({ timeout: 50 });
  expect(performance.now() - before).toBeLessThan(5000);
  expect((await running)['code']).toBe('ERR_ISOLET_TERMINATED');
  expect((await looping)['code']).toBe('ERR_ISOLET_TERMINATED');
  expect((await queued)['code']).toBe('ERR_ISOLET_CLOSED');
});

test('close may be called again, also with less patience', async () => {
  const { wait, waiting } = gate();
  const pool = makePool({ wait });
  const running = failure(() => pool.invoke(waiter(), 1));
  await until(() => waiting() === 1, 'one runs');
  const patient = pool.close({ timeout: 60_000 });
  await pool.close({ drain: false });
  await patient;
  expect((await running)['code']).toBe('ERR_ISOLET_TERMINATED');
  await pool.close();
});

test('close during cold starts leaves nothing behind', async () => {
  const pool = makePool();
  const results = Promise.allSettled(
    Array.from({ length: 10 }, (_, n) => pool.invoke(fn('(e) => e', { name: `f${n}` }), n)),
  );
  await pool.close();
  for (const result of await results) expect(result.status).toBe('fulfilled');
  const impatient = makePool();
  const stopped = Promise.allSettled(
    Array.from({ length: 10 }, (_, n) => impatient.invoke(fn('(e) => e', { name: `f${n}` }), n)),
  );
  await impatient.close({ drain: false });
  for (const result of await stopped) {
    if (result.status === 'rejected') expect(result.reason.code).toMatch(/CLOSED|TERMINATED/);
  }
});

test('an empty pool closes at once', async () => {
  await makePool().close();
});
