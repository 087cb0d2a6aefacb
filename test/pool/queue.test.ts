import { expect, test } from 'vitest';
import { failure, until } from '../runtime/support.ts';
import { fn, gate, usePools } from './support.ts';

const makePool = usePools();
const waiter = (rest = {}) => fn('async (event) => { await wait(); return event; }', rest);

test('concurrency of a function, a tenant and the pool is kept', async () => {
  for (const limits of [{ spec: { concurrency: 2 } }, { tenantConcurrency: 2 }, { maxConcurrency: 2 }]) {
    const { wait, open, waiting } = gate();
    const { spec, ...options } = limits as { spec?: object };
    const pool = makePool({ wait }, options);
    const results = Promise.all([1, 2, 3].map((n) => pool.invoke(waiter(spec), n)));
    await until(() => waiting() === 2, 'two run');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(waiting()).toBe(2);
    expect(pool.stats()).toMatchObject({ active: 2, queued: 1 });
    open();
    await until(() => waiting() === 1, 'the third one runs');
    open();
    expect(await results).toEqual([1, 2, 3]);
  }
});

test('a full queue refuses, with the numbers', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait }, { maxQueue: 2 });
  const spec = waiter({ concurrency: 1 });
  const first = pool.invoke(spec, 0);
  await until(() => waiting() === 1, 'one runs');
  const queued = [pool.invoke(spec, 1), pool.invoke(spec, 2)];
  expect(await failure(() => pool.invoke(spec, 3))).toMatchObject({ code: 'ERR_ISOLET_CAPACITY', limit: 2, actual: 2 });
  const opener = setInterval(open, 5);
  expect(await Promise.all([first, ...queued])).toEqual([0, 1, 2]);
  clearInterval(opener);
  expect(pool.stats()).toMatchObject({ refused: 1, invocations: 3 });
});

test('waiting has a deadline', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait }, { queueTimeout: 50 });
  const spec = waiter({ concurrency: 1 });
  // A cold start may take longer.
  await pool.prewarm(spec);
  const first = pool.invoke(spec, 0);
  await until(() => waiting() === 1, 'one runs');
  const error = await failure(() => pool.invoke(spec, 1));
  expect(error).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT', phase: 'queued', limit: 50 });
  expect(error.message).toContain('queueTimeout');
  open();
  await first;
  expect(pool.stats()).toMatchObject({ queued: 0, active: 0, invocations: 1 });
});

test('a signal ends waiting and running invocations with its reason', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait });
  const spec = waiter({ concurrency: 1 });
  const running = new AbortController();
  const first = failure(() => pool.invoke(spec, 0, { signal: running.signal }));
  await until(() => waiting() === 1, 'one runs');
  const queued = new AbortController();
  const second = failure(() => pool.invoke(spec, 1, { signal: queued.signal }));
  queued.abort(new Error('changed my mind'));
  expect((await second).message).toBe('changed my mind');
  running.abort(new Error('enough'));
  expect((await first).message).toBe('enough');
  expect((await failure(() => pool.invoke(spec, 2, { signal: AbortSignal.abort(new Error('late')) }))).message).toBe(
    'late',
  );
  open();
  const next = pool.invoke(spec, 3);
  await until(() => waiting() === 1, 'the next one runs');
  open();
  expect(await next).toBe(3);
});

test('who waits is served tenant by tenant', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait }, { maxConcurrency: 1 });
  const order: string[] = [];
  const run = (tenantId: string, n: number) =>
    pool.invoke(waiter({ tenantId }), n).then(() => order.push(`${tenantId}${n}`));
  // Warm: while a runtime is being made the slot serves who has one.
  const warm = pool.invoke(waiter({ tenantId: 'quiet' }), 'warm');
  await until(() => waiting() === 1, 'the quiet one is warm');
  open();
  await warm;
  const flood = [0, 1, 2, 3, 4].map((n) => run('loud', n));
  await until(() => waiting() === 1, 'the flood has begun');
  const quiet = [run('quiet', 0), run('quiet', 1)];
  const opener = setInterval(open, 5);
  await Promise.all([...flood, ...quiet]);
  clearInterval(opener);
  expect(order.indexOf('quiet0')).toBeLessThanOrEqual(2);
  expect(order.indexOf('quiet1')).toBeLessThanOrEqual(4);
});

test('in a full pool a flood does not keep the others out', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait }, { maxRuntimes: 1 });
  const order: string[] = [];
  const run = (tenantId: string, n: number) =>
    pool.invoke(waiter({ tenantId, concurrencyPerRuntime: 1 }), n).then(() => order.push(`${tenantId}${n}`));
  const flood = [0, 1, 2, 3, 4].map((n) => run('loud', n));
  await until(() => waiting() === 1, 'the flood has begun');
  const quiet = run('quiet', 0);
  const opener = setInterval(open, 5);
  await Promise.all([...flood, quiet]);
  clearInterval(opener);
  expect(order.indexOf('quiet0')).toBeLessThanOrEqual(2);
});

test('queues are bounded per tenant and for the pool as well', async () => {
  for (const [option, what] of [
    ['maxQueuePerTenant', "tenant 'acme'"],
    ['maxQueueTotal', 'the pool'],
  ] as const) {
    const { wait, open, waiting } = gate();
    const pool = makePool({ wait }, { maxConcurrency: 1, [option]: 2 });
    const first = pool.invoke(waiter(), 0);
    await until(() => waiting() === 1, 'one runs');
    const queued = [1, 2].map((n) => pool.invoke(waiter({ name: `f${n}` }), n));
    const other = pool.invoke(waiter({ tenantId: 'other' }), 3).catch((error) => error.code);
    const error = await failure(() => pool.invoke(waiter({ name: 'f4' }), 4));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_CAPACITY', limit: 2, actual: 2 });
    expect(error.message).toContain(`queue of ${what} is full`);
    expect(error.message).toContain(option);
    const opener = setInterval(open, 5);
    expect(await Promise.all([first, ...queued])).toEqual([0, 1, 2]);
    expect(await other).toBe(option === 'maxQueueTotal' ? 'ERR_ISOLET_CAPACITY' : 3);
    clearInterval(opener);
  }
});

test('what an event costs does not grow with the number of functions that wait', async () => {
  /** How often the pool looks whether a tenant may run, for each of the invocations that are served. */
  const looks = async (tenants: number, functions: number, options: object) => {
    let asked = 0;
    const tenantConcurrency = () => {
      asked++;
      return 1000;
    };
    const pool = makePool({}, { ...options, tenantConcurrency, stock: 0, queueTimeout: 60_000 });
    const served = 20;
    const all = [];
    for (let t = 0; t < tenants; t++) {
      for (let f = 0; f < functions; f++) {
        all.push(pool.invoke(fn('() => 1', { tenantId: `t${t}`, name: `f${f}` })).catch(() => {}));
      }
    }
    asked = 0;
    await until(() => pool.stats().invocations >= served, 'some are served');
    const looksEach = asked / pool.stats().invocations;
    await pool.close({ drain: false });
    await Promise.all(all);
    return looksEach;
  };
  for (const options of [{ maxRuntimes: 2 }, { maxRuntimes: 2, maxConcurrency: 1 }]) {
    expect(await looks(300, 1, options)).toBeLessThan(40);
    expect(await looks(1, 300, options)).toBeLessThan(40);
  }
});
