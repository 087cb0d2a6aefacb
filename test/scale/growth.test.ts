import type { PoolFunction, RuntimePool, ServerlessRuntime } from 'isolet';
import { afterEach, expect, test } from 'vitest';
import { WorkCounter } from './work.ts';

const work = await WorkCounter.start();
const isolet = await import('isolet');

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

function makePool(options: ConstructorParameters<typeof RuntimePool>[1]): RuntimePool {
  const pool = new isolet.RuntimePool({ wait: () => gate }, { stock: 0, ...options });
  open.push(pool);
  return pool;
}

function makeServerless(options: ConstructorParameters<typeof ServerlessRuntime>[1]): ServerlessRuntime {
  const serverless = new isolet.ServerlessRuntime({}, { ...options, pool: { stock: 0, ...options?.pool } });
  open.push({ close: () => serverless.cleanup() });
  return serverless;
}

/** What guests wait for that call `wait()`. */
let gate = Promise.resolve();
function shutGate(): () => void {
  let openIt = (): void => {};
  gate = new Promise((resolve) => {
    openIt = resolve;
  });
  return openIt;
}

const one = (name: string, rest: Partial<PoolFunction> = {}): PoolFunction => ({
  tenantId: 'acme',
  name,
  code: '() => 1',
  ...rest,
});
const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

/** Work for each of many is what it is for each of few, and less than twice that. */
async function expectLinear(few: number, many: number, workOf: (n: number) => Promise<number>): Promise<void> {
  // What happens once, and code that V8 has not met.
  await workOf(few);
  const [ofFew, ofMany] = [(await workOf(few)) / few, (await workOf(many)) / many];
  expect(ofFew).toBeGreaterThan(0);
  expect(ofMany / ofFew).toBeLessThan(2);
}

test('the work for an invocation that waits does not grow with the number of those that wait', async () => {
  const pool = makePool({ maxQueue: 10_000 });
  const fn = one('queue', { code: '() => wait()', maxRuntimes: 1, concurrencyPerRuntime: 1 });
  await expectLinear(100, 1600, async (n) => {
    const openGate = shutGate();
    const waiting = times(n, () => pool.invoke(fn));
    return work.of(async () => {
      openGate();
      await Promise.all(waiting);
    });
  });
});

test('the work for an invocation does not grow with the number of tenants that wait', async () => {
  const pool = makePool({ maxRuntimes: 1 });
  await expectLinear(8, 96, async (n) => {
    const openGate = shutGate();
    const first = pool.invoke(one('first', { code: '() => wait()' }));
    const waiting = times(n, (i) => pool.invoke(one('f', { tenantId: `tenant ${i}` })));
    return work.of(async () => {
      openGate();
      await Promise.all([first, ...waiting]);
    });
  });
});

test('the work for a cold start that takes the place of another function does not grow with the number of places', async () => {
  const counts: number[] = [];
  for (const max of [4, 48]) {
    const pool = makePool({ maxRuntimes: max });
    let next = 0;
    const fresh = () => pool.invoke(one(`f${next++}`));
    for (let i = 0; i < max * 2; i++) await fresh();
    counts.push(
      await work.of(async () => {
        for (let i = 0; i < 40; i++) await fresh();
      }),
    );
    await pool.close();
  }
  const [ofFew, ofMany] = counts as [number, number];
  expect(ofMany / ofFew).toBeLessThan(1.5);
});
test('the work for a warm invocation does not grow with the number of functions that are there', async () => {
  const pool = makePool({});
  const counts: number[] = [];
  const some: PoolFunction[] = [];
  for (const n of [4, 64]) {
    while (some.length < n) some.push(one(`f${some.length}`, { tenantId: `tenant ${some.length % 8}` }));
    for (let round = 0; round < 3; round++) for (const fn of some) await pool.invoke(fn);
    counts.push(
      await work.of(async () => {
        for (let i = 0; i < 256; i++) await pool.invoke(some[i % n] as PoolFunction);
      }),
    );
  }
  const [ofFew, ofMany] = counts as [number, number];
  expect(ofMany / ofFew).toBeLessThan(1.5);
});

test('the work for a deployment does not grow with the number of functions that a tenant has', async () => {
  const tier = { maxFunctions: 10_000 };
  const serverless = makeServerless({ tiers: { only: tier }, defaultTier: 'only' });
  await expectLinear(8, 96, (n) =>
    work.of(async () => {
      for (let i = 0; i < n; i++) await serverless.deploy({ tenantId: `tenant ${n}`, name: `f${i}`, code: '() => 1' });
    }),
  );
});

test('the work for numbers, lists and bills grows with what is in them and no faster', async () => {
  const serverless = makeServerless({});
  const reads: Record<string, () => unknown> = {
    stats: () => serverless.stats(),
    list: () => serverless.list(),
    usage: () => serverless.usage(),
  };
  const counts = new Map<string, number[]>();
  let n = 0;
  for (const upTo of [8, 64]) {
    for (; n < upTo; n++) {
      await serverless.deploy({ tenantId: `tenant ${n}`, name: 'f', code: '() => 1' });
      await serverless.invoke(`tenant ${n}`, 'f');
    }
    for (const [name, read] of Object.entries(reads)) {
      read();
      counts.set(name, [...(counts.get(name) ?? []), (await work.of(read)) / upTo]);
    }
  }
  for (const [ofFew = 0, ofMany = 0] of counts.values()) expect(ofMany / ofFew).toBeLessThan(1.5);
});
