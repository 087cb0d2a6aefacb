import { functionKey, type PoolFunction, type PoolOptions, type RuntimePool } from 'isolet';
import { expect, test } from 'vitest';
import { usePools } from './support.ts';

const makePool = usePools();

/** The same numbers for the same seed. */
function numbers(seed: number) {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return state / 0x8000_0000;
  };
  return { chance: next, pick: <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T };
}

const bodies = {
  wait: 'enter(); await wait(3); leave();',
  quick: 'enter(); leave();',
  compute: 'enter(); const end = Date.now() + 4; while (Date.now() < end); leave();',
  forever: 'await wait(1e6);',
};

/** How many calls are in progress at most, by a key of the caller. */
class Peak {
  #now = 0;
  most = 0;
  change(by: number): void {
    this.#now += by;
    this.most = Math.max(this.most, this.#now);
  }
}

const of = (peaks: Map<string, Peak>, key: string): Peak => {
  const peak = peaks.get(key) ?? new Peak();
  peaks.set(key, peak);
  return peak;
};

/** Most runtimes of a function, over its versions. */
function runtimesOfFunctions(pool: RuntimePool): number {
  const sums = new Map<string, number>();
  for (const { tenantId, functionName, runtimes } of Object.values(pool.stats().functions)) {
    const key = functionKey(tenantId, functionName);
    sums.set(key, (sums.get(key) ?? 0) + runtimes);
  }
  return Math.max(0, ...sums.values());
}

test.each([1, 2, 3, 4])('whatever comes together is answered, and all limits hold (%i)', async (seed) => {
  const { chance, pick } = numbers(seed);
  const options = {
    maxRuntimes: pick([1, 2, 8]),
    maxConcurrency: pick([1, 2, Number.POSITIVE_INFINITY]),
    tenantConcurrency: pick([1, 2, Number.POSITIVE_INFINITY]),
    maxMemoryMb: pick([12, Number.POSITIVE_INFINITY]),
    maxInvocations: pick([2, Number.POSITIVE_INFINITY]),
    queueTimeout: pick([50, 60_000]),
    stock: pick([0, 1]),
  } satisfies PoolOptions;
  const limits = { concurrency: pick([1, 2, 100]), concurrencyPerRuntime: pick([1, 16]), maxRuntimes: pick([1, 2]) };
  const all = new Peak();
  const tenants = new Map<string, Peak>();
  const functions = new Map<string, Peak>();
  const count = (by: number) => ({
    handler: ({ tenantId, functionName }: { tenantId: string; functionName: string }) => {
      all.change(by);
      of(tenants, tenantId).change(by);
      of(functions, functionKey(tenantId, functionName)).change(by);
    },
  });
  const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms).unref());
  const pool = makePool({ enter: count(1), leave: count(-1), wait }, options);
  const seen = { ofFunction: 0, inAll: 0, memoryMb: 0 };
  for (const event of ['ready', 'evict', 'invoke'] as const) {
    pool.on(event, () => {
      const { runtimes, reservedMb } = pool.stats();
      seen.ofFunction = Math.max(seen.ofFunction, runtimesOfFunctions(pool));
      seen.inAll = Math.max(seen.inAll, runtimes);
      seen.memoryMb = Math.max(seen.memoryMb, reservedMb);
    });
  }

  const specs = new Map<string, PoolFunction>();
  const spec = (): PoolFunction => {
    const kind = pick(['wait', 'quick', 'compute', 'forever', 'broken'] as const);
    const [tenantId, name, version] = [pick(['a', 'b', 'c']), `${kind}${pick([1, 2])}`, pick(['v1', 'v2', 'v3'])];
    const key = functionKey(tenantId, name, version);
    const code = kind === 'broken' ? '(() => { throw new Error("broken"); })()' : `async () => { ${bodies[kind]} }`;
    const timeout = kind === 'forever' ? 20 : 60_000;
    const known = specs.get(key) ?? { tenantId, name, version, code, timeout, memoryMb: pick([5, 9]), ...limits };
    specs.set(key, known);
    return known;
  };
  const answers: Promise<unknown>[] = [];
  const ask = (answer: Promise<unknown>) => answers.push(answer.catch((error) => error.code));
  for (let i = 0; i < 80; i++) {
    const { tenantId, name, version = '' } = spec();
    const asked = specs.get(functionKey(tenantId, name, version)) as PoolFunction;
    const what = chance();
    if (what < 0.75) ask(pool.invoke(asked));
    else if (what < 0.83) ask(pool.prewarm(asked, 2));
    else if (what < 0.9) pool.evict(functionKey(tenantId, name));
    else ask(pool.drain(functionKey(tenantId, name, version)));
    if (chance() < 0.3) await wait(chance() * 5);
  }
  await Promise.all(answers);
  await pool.close();

  expect(all.most).toBeLessThanOrEqual(options.maxConcurrency);
  for (const peak of tenants.values()) expect(peak.most).toBeLessThanOrEqual(options.tenantConcurrency);
  for (const peak of functions.values()) expect(peak.most).toBeLessThanOrEqual(limits.concurrency);
  expect(seen.ofFunction).toBeLessThanOrEqual(limits.maxRuntimes);
  expect(seen.inAll).toBeLessThanOrEqual(options.maxRuntimes);
  expect(seen.memoryMb).toBeLessThanOrEqual(options.maxMemoryMb);
});
