import { RuntimePool } from 'isolet';
import { expect, test } from 'vitest';
import { fn, usePools } from './support.ts';

const makePool = usePools();

test('a tenantConcurrency that throws or answers wrongly is a warning and means one at a time', async () => {
  const answers: (() => unknown)[] = [
    () => 10,
    () => {
      throw new Error('database down');
    },
    () => Number.NaN,
    () => 'many',
  ];
  let asked = 0;
  const tenantConcurrency = () => answers[asked++ % answers.length]?.() as number;
  const warnings: string[] = [];
  const note = (warning: Error): number => warnings.push(warning.message);
  process.on('warning', note);
  const pool = makePool({}, { tenantConcurrency, queueTimeout: 10_000 });
  const spec = fn('async (event) => event', { maxRuntimes: 1, concurrencyPerRuntime: 1 });
  const results = await Promise.all(Array.from({ length: 20 }, (_, i) => pool.invoke(spec, i)));
  expect(results).toEqual(Array.from({ length: 20 }, (_, i) => i));
  expect(pool.stats().active).toBe(0);
  process.off('warning', note);
  expect(warnings.filter((text) => text.includes('tenantConcurrency'))).toHaveLength(1);
});

test.each([0, -0, -1, Number.NaN, '5', {}, []])('tenantConcurrency %o is refused', (value) => {
  expect(() => new RuntimePool({}, { tenantConcurrency: value as never })).toThrow(
    expect.objectContaining({ code: 'ERR_ISOLET_INVALID_ARG', option: 'tenantConcurrency' }),
  );
});

test('concurrencyPerRuntime may be Infinity', async () => {
  const pool = makePool({}, { queueTimeout: 10_000 });
  const spec = fn('async (event) => event', { concurrencyPerRuntime: Number.POSITIVE_INFINITY });
  expect(await Promise.all([1, 2, 3].map((event) => pool.invoke(spec, event)))).toEqual([1, 2, 3]);
});

test.each([Number.POSITIVE_INFINITY, 2 ** 31, 2 ** 40])('a platform API with timeout %d waits', async (timeout) => {
  const handler = () => new Promise((resolve) => setTimeout(() => resolve('there'), 20));
  const pool = makePool({ get: { timeout, handler } });
  expect(await pool.invoke(fn('async () => await get()'), 0)).toBe('there');
});

test('a platform API that holds itself is refused', () => {
  const api: Record<string, unknown> = {};
  api['again'] = api;
  expect(() => new RuntimePool(api as never)).toThrow(expect.objectContaining({ code: 'ERR_ISOLET_INVALID_ARG' }));
});

test.each([
  ['version', { version: 5 }],
  ['version', { version: '' }],
  ['memoryMb', { memoryMb: 5n }],
  ['timeout', { timeout: 5n }],
  ['memoryMB', { memoryMB: 64 }],
  ['prewarm', { prewarm: true }],
  ['reuse', { reuse: 'hot' }],
  ['env', { env: 'CITY=Bern' }],
  ['env', { env: ['Bern'] }],
  ['env.PORT', { env: { PORT: 80 } }],
  ['secrets', { secrets: 5 }],
  ['apis', { apis: 'kv' }],
  ['apis[1]', { apis: ['kv', 5] }],
  ['code', { code: 5 }],
  ['name', { name: '' }],
])('a specification with a wrong %s is refused with a code: %o', async (field, more) => {
  const pool = makePool();
  const refused = pool.invoke(fn('async () => 1', more as never), 0);
  await expect(refused).rejects.toMatchObject({
    code: 'ERR_ISOLET_INVALID_ARG',
    option: expect.stringMatching(new RegExp(`(^|\\.)${field.replaceAll(/[[\]]/g, '\\$&')}$`)),
  });
});

test('the refusal of a secret shows its type and not its value', async () => {
  const pool = makePool();
  const refused = pool.invoke(fn('async () => 1', { secrets: { PIN: 987654 } as never }), 0);
  await expect(refused).rejects.toMatchObject({
    message: "'secrets.PIN' must be a string. Received a value of type number.",
    value: undefined,
  });
});

test.each([
  ['console', { console: 'inherit' }],
  ['runtime', { runtime: 5 }],
  ['runtime.maxHeapSize', { runtime: { maxHeapSize: 2 ** 26 } }],
  ['runtime.timeout', { runtime: { timeout: 5 } }],
  ['runtime.maxTimer', { runtime: { maxTimer: 5 } }],
  ['runtime.maxTimers', { runtime: { maxTimers: -5 } }],
  ['runtime.bootstrap', { runtime: { bootstrap: 5 } }],
])('a pool with a wrong %s is refused when it is made: %o', (option, options) => {
  expect(() => new RuntimePool({}, options as never)).toThrow(
    expect.objectContaining({ code: 'ERR_ISOLET_INVALID_ARG', option }),
  );
});

test("a pool's runtimes may have an initial heap size", async () => {
  const pool = makePool({}, { runtime: { initialHeapSize: 2 ** 20 } });
  expect(await pool.invoke(fn('async () => 1'), 0)).toBe(1);
});
