import {
  getProcessLimits,
  type PlatformApi,
  Runtime,
  RuntimePool,
  runSandboxed,
  ServerlessRuntime,
  SnapshotBuilder,
  setProcessLimits,
} from 'isolet';
import { describe, expect, it } from 'vitest';
import { useRuntimes } from '../runtime/support.ts';

const { make } = useRuntimes();
const huge = 2 ** 60;
const spec = { tenantId: 't', name: 'f', code: '() => 1' };

/** What `run` throws or rejects with. */
async function refusal(run: () => unknown): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    return error;
  }
  throw new Error('was accepted');
}

async function withPool(options: object, use: (pool: RuntimePool) => unknown): Promise<void> {
  const pool = new RuntimePool({}, { stock: 0, ...options });
  try {
    await use(pool);
  } finally {
    await pool.close();
  }
}

async function withPlatform(options: object, use: (platform: ServerlessRuntime) => unknown): Promise<void> {
  const platform = new ServerlessRuntime({}, { pool: { stock: 0 }, ...options });
  try {
    await use(platform);
  } finally {
    await platform.cleanup();
  }
}

const runtime = (name: string) => (value: unknown) => new Runtime({ [name]: value });
const called = (name: string) => (value: unknown) => make().eval('1', { [name]: value });
const calledAsync = (name: string) => (value: unknown) => make().evalAsync('1', { [name]: value });
const pool = (name: string) => (value: unknown) => withPool({ [name]: value }, () => undefined);
const ofPool = (name: string) => (value: unknown) => withPool({}, (made) => made.invoke({ ...spec, [name]: value }));
const invoked = (name: string) => (value: unknown) =>
  withPool({}, (made) => made.invoke(spec, 0, { [name]: value } as object));
const platform = (options: (value: unknown) => object) => (value: unknown) =>
  withPlatform(options(value), () => undefined);
const tier = (name: string) => platform((value) => ({ tiers: { a: { [name]: value } } }));
const api = (name: string) => (value: unknown) =>
  new RuntimePool({ a: { handler: () => 1, [name]: value } } as PlatformApi);

/** Every number and every choice: how it is given, and values of the right type that it can't have. */
const table: [name: string, give: (value: unknown) => unknown, values: unknown[]][] = [
  ...['timeout', 'cpuTimeout'].flatMap((name): typeof table => [
    [`Runtime ${name}`, runtime(name), [-1, 0, Number.NaN, huge]],
    [`eval ${name}`, called(name), [-1, 0, Number.NaN, huge]],
    [`evalAsync ${name}`, calledAsync(name), [-1, 0, Number.NaN, huge]],
    [`invoke ${name}`, invoked(name), [-1, 0, Number.NaN, huge]],
  ]),
  ['Runtime maxHeapSize', runtime('maxHeapSize'), [-1, 0, 1.5, Number.NaN, huge]],
  ['Runtime initialHeapSize', runtime('initialHeapSize'), [-1, 0, 1.5, 1024]],
  ['Runtime maxTransferDepth', runtime('maxTransferDepth'), [0, 1001, 1.5]],
  ['Runtime maxTransferBytes', runtime('maxTransferBytes'), [0, 2 ** 31, Number.NaN]],
  ['Runtime maxTimers', runtime('maxTimers'), [-1, 1_000_001, 0.5]],
  ['Runtime syncCalls', runtime('syncCalls'), ['elsewhere', '']],
  ['Runtime isolation', runtime('isolation'), ['cell', '', 'process']],
  ['Runtime name', runtime('name'), ['']],
  ['Runtime bootstrap.filename', (value) => new Runtime({ bootstrap: { code: '', filename: value as '' } }), ['']],
  ['eval filename', called('filename'), ['']],
  ['bindFunction mode', (value) => make().bindFunction('f', () => 1, { mode: value as 'auto' }), ['later']],
  ['bindFunction name', (value) => make().bindFunction(value as string, () => 1), ['']],
  ['callAsync transfer', (value) => make().eval<never>('(a) => a', {}) && transfer(value), [[new ArrayBuffer(1)]]],
  ['addModule name', (value) => make().addModule(value as string, ''), ['', './a', 'a/../b', 'x'.repeat(9000)]],
  ['addModule type', (value) => make().addModule('m', { source: '', type: value as 'js' }), ['css']],
  ['closeAsync timeout', (value) => make().closeAsync({ timeout: value as number }), [-1, 0, Number.NaN]],
  ['SnapshotBuilder timeout', (value) => new SnapshotBuilder({ timeout: value as number }), [-1, 0, Number.NaN]],
  ['SnapshotBuilder maxHeapSize', (value) => new SnapshotBuilder({ maxHeapSize: value as number }), [1, Number.NaN]],
  [
    'SnapshotBuilder cache.key',
    (value) => new SnapshotBuilder({ cache: { folder: '/tmp', key: value as string } }),
    ['short'],
  ],
  ['runSandboxed timeout', (value) => runSandboxed('1', { timeout: value as number }), [-1, 0, Number.NaN]],
  ['runSandboxed maxHeapSize', (value) => runSandboxed('1', { maxHeapSize: value as number }), [1, Number.NaN]],
  ...Object.keys(getProcessLimits()).map((name): (typeof table)[number] => [
    `setProcessLimits ${name}`,
    (value) => setProcessLimits({ [name]: value }),
    [-1, 0.5, huge],
  ]),
  ...[
    ['maxRuntimes', 0],
    ['maxMemoryMb', 0],
    ['idleTtl', 0],
    ['maxAge', 0],
    ['maxInvocations', 0],
    ['maxConcurrency', 0],
    ['maxQueue', -1],
    ['queueTimeout', 0],
    ['maxLostPerTenant', 0],
    ['loadTimeout', 0],
    ['stock', -1],
    ['tenantConcurrency', 0],
  ].map(([name, value]): (typeof table)[number] => [`RuntimePool ${name}`, pool(name as string), [value, Number.NaN]]),
  ['RuntimePool runtime.maxTimers', (value) => withPool({ runtime: { maxTimers: value } }, () => undefined), [-1]],
  ...['memoryMb', 'timeout', 'cpuTimeout', 'concurrency', 'concurrencyPerRuntime', 'maxRuntimes', 'maxHostCalls'].map(
    (name): (typeof table)[number] => [`a pooled function's ${name}`, ofPool(name), [-1, Number.NaN]],
  ),
  ["a pooled function's maxLogBytes", ofPool('maxLogBytes'), [-1, huge]],
  ["a pooled function's reuse", ofPool('reuse'), ['sometimes']],
  ["a pooled function's name", ofPool('name'), ['']],
  ['invoke queueTimeout', invoked('queueTimeout'), [-1, Number.NaN]],
  ['invoke invocationId', invoked('invocationId'), ['']],
  ['close timeout', (value) => withPool({}, (made) => made.close({ timeout: value as number })), [-1, Number.NaN]],
  ["a platform API's timeout", api('timeout'), [0, Number.NaN]],
  ["a platform API's maxCalls", api('maxCalls'), [0, Number.NaN]],
  ['ServerlessRuntime drainTimeout', platform((value) => ({ drainTimeout: value })), [-1, 0]],
  ['ServerlessRuntime maxVersions', platform((value) => ({ maxVersions: value })), [0, 1.5]],
  ['ServerlessRuntime defaultTier', platform((value) => ({ defaultTier: value })), ['gold']],
  ['ServerlessRuntime pool', platform((value) => ({ pool: { maxQueue: value } })), [-1]],
  ['ServerlessRuntime pool.tenantConcurrency', platform((value) => ({ pool: { tenantConcurrency: value } })), [0]],
  ['ServerlessRuntime validation.maxCodeSize', platform((value) => ({ validation: { maxCodeSize: value } })), [-1, 0]],
  ['ServerlessRuntime validation.rules', platform((value) => ({ validation: { rules: [value] } })), ['no-fun']],
  ...['memoryMb', 'timeout', 'cpuTimeout', 'concurrency', 'functionConcurrency', 'maxRuntimes', 'codeSize'].map(
    (name): (typeof table)[number] => [`a tier's ${name}`, tier(name), [-1, Number.NaN]],
  ),
  ...['requests', 'per', 'burst'].map((name): (typeof table)[number] => [
    `a tier's rate.${name}`,
    platform((value) => ({ tiers: { a: { rate: { requests: 1, [name]: value } } } })),
    [-1, Number.NaN],
  ]),
  ["a tier's maxLogBytes", tier('maxLogBytes'), [-1]],
  ["a tier's maxHostCalls", tier('maxHostCalls'), [-1]],
  [
    'the weight of an alias',
    (value) =>
      withPlatform({}, async (made) => {
        const { version } = await made.deploy(spec);
        made.setAlias('t', 'f', 'live', { [version]: value as number });
      }),
    [-1, Number.NaN, Number.POSITIVE_INFINITY, 0],
  ],
];

function transfer(value: unknown): unknown {
  const [buffer] = value as ArrayBuffer[];
  return make()
    .eval<{ callAsync(args: unknown[], options: object): Promise<unknown> }>('(a) => a')
    .callAsync([], { transfer: [buffer, buffer] });
}

describe('a value of the right type and out of range', () => {
  it.each(table)('%s is refused with a RangeError', async (_name, give, values) => {
    for (const value of values) {
      const error = await refusal(() => give(value));
      expect(error, String(value)).toBeInstanceOf(RangeError);
      expect(error).toMatchObject({ name: 'RangeError', code: 'ERR_ISOLET_INVALID_ARG', option: expect.any(String) });
    }
  });

  it('is told from one of another type', async () => {
    for (const [name, give, values] of table) {
      if (typeof values[0] !== 'number') continue;
      const error = await refusal(() => give('7'));
      expect(error, name).toBeInstanceOf(TypeError);
      expect(error, name).toMatchObject({ name: 'TypeError', code: 'ERR_ISOLET_INVALID_ARG' });
    }
  });
});
