import { AsyncLocalStorage } from 'node:async_hooks';
import { IsoletError, PlatformError } from 'isolet';
import { afterEach, expect, test, vi } from 'vitest';
import { failure } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();
const tiers = { free: { maxHostCalls: 1 }, pro: { maxHostCalls: 5 } };

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test('an answer that comes at once is asked for once per invocation and deployment', async () => {
  const asked: string[] = [];
  const tenantTier = (id: string) => {
    asked.push(id);
    return 'free';
  };
  const serverless = make({}, { tiers, tenantTier });
  await serverless.deploy(spec('() => 1'));
  await Promise.all(Array.from({ length: 10 }, () => serverless.invoke('acme', 'f')));
  expect(asked).toEqual(Array.from({ length: 11 }, () => 'acme'));
});

test('a promised answer is kept, and many who ask together ask once', async () => {
  const asked: string[] = [];
  const tenantTier = async (id: string) => {
    asked.push(id);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return id === 'payer' ? 'pro' : null;
  };
  const serverless = make({}, { tiers, tenantTier, defaultTier: 'free', tenantTierTtl: 600_000 });
  const deployed = await Promise.all(
    ['payer', 'acme'].flatMap((tenantId) =>
      ['f', 'g'].map((name) => serverless.deploy(spec('() => 1', { tenantId, name }))),
    ),
  );
  expect(deployed.map(({ tier }) => tier)).toEqual(['pro', 'pro', 'free', 'free']);
  for (let i = 0; i < 20; i++) await serverless.invoke('payer', 'f');
  expect(asked).toEqual(['payer', 'acme']);
});

test('a promised answer is asked for again in time, and refreshTier does not wait for that', async () => {
  let tier = 'pro';
  let asked = 0;
  const tenantTier = async () => {
    asked++;
    return tier;
  };
  const serverless = make({ ping: () => 1 }, { tiers, tenantTier, tenantTierTtl: 60_000 });
  await serverless.deploy(spec('() => ping() + ping()'));
  const calls = () => serverless.invoke('acme', 'f').catch((error: Error) => error.message);
  tier = 'free';
  expect(await calls()).toBe(2);
  serverless.refreshTier('acme');
  expect(await calls()).toContain('limit of 1 platform calls');
  tier = 'pro';
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + 60_000);
  expect(await calls()).toBe(2);
  expect(asked).toBe(3);
  // Early, for the sake of those who come later.
  vi.spyOn(performance, 'now').mockImplementation(() => now() + 95_000);
  tier = 'free';
  expect(await calls()).toBe(2);
  expect(asked).toBe(4);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await calls()).toContain('limit of 1 platform calls');
});

test('with a tenantTierTtl of 0 it is asked every time', async () => {
  let asked = 0;
  const serverless = make({}, { tiers, tenantTier: async () => (++asked > 0 ? 'pro' : 'free'), tenantTierTtl: 0 });
  await serverless.deploy(spec('() => 1'));
  for (let i = 0; i < 3; i++) await serverless.invoke('acme', 'f');
  expect(asked).toBe(4);
});

test.each([
  [
    'throws',
    () => {
      throw new Error('store is down');
    },
  ],
  ['rejects', () => Promise.reject(new Error('store is down'))],
])(
  'a tenantTier that %s is a failure of the platform: no issue of the tenant’s, on no account, tried again',
  async (_, fail) => {
    let down = false;
    const serverless = make({}, { tiers, tenantTier: () => (down ? fail() : 'pro') });
    const events: string[] = [];
    for (const name of ['refused', 'rateLimited', 'invoke'] as const) serverless.on(name, () => events.push(name));
    await serverless.deploy(spec('() => 1'));
    down = true;
    for (const attempt of [() => serverless.invoke('acme', 'f'), () => serverless.deploy(spec('() => 2'))]) {
      const error = await failure(attempt);
      expect(error).toBeInstanceOf(PlatformError);
      expect(error).toBeInstanceOf(IsoletError);
      expect(error).toMatchObject({ code: 'ERR_ISOLET_PLATFORM', option: 'tenantTier', retryable: true });
      expect(error.message).toBe("'tenantTier' failed for tenant 'acme': store is down");
      expect(error.cause).toMatchObject({ message: 'store is down' });
    }
    expect(events).toEqual([]);
    expect(serverless.usage('acme')).toMatchObject({ invocations: 0, refused: 0, rateLimited: 0 });
    down = false;
    expect(await serverless.invoke('acme', 'f')).toBe(1);
  },
);

test.each([
  ['a tier that does not exist', 'gold'],
  ['a name that all objects have', 'constructor'],
  ['a number', 5],
  ['an object', { tier: 'pro' }],
])('%s is an answer without sense: nothing runs without limits', async (_, answer) => {
  for (const tenantTier of [() => answer, async () => answer]) {
    const serverless = make({}, { tiers, tenantTier: tenantTier as never });
    const error = await failure(() => serverless.deploy(spec('() => 1')));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_PLATFORM', option: 'tenantTier', retryable: false });
    expect(error.message).toMatch(/must answer the name of a tier \(free, pro\).* it answered /);
    expect(serverless.list()).toEqual([]);
  }
});

test('a store that is down does not stop tenants whose tier is known', async () => {
  const warnings: string[] = [];
  const warn = (warning: Error) => warnings.push(warning.message);
  process.on('warning', warn);
  let down = false;
  const tenantTier = async () => {
    if (down) throw new Error('store is down');
    return 'free';
  };
  const serverless = make({ ping: () => 1 }, { tiers, tenantTier, tenantTierTtl: 1 });
  await serverless.deploy(spec('() => ping() + ping()'));
  down = true;
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await failure(() => serverless.invoke('acme', 'f'))).message).toContain('limit of 1 platform calls');
  }
  expect((await failure(() => serverless.deploy(spec('() => 1', { tenantId: 'new' })))).message).toContain('is down');
  process.off('warning', warn);
  expect(warnings.filter((text) => text.includes('tenantTier'))).toHaveLength(1);
});

test('it is asked in the context of who invokes', async () => {
  const storage = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const tenantTier = async () => {
    seen.push(storage.getStore());
    return 'pro';
  };
  const serverless = make({}, { tiers, tenantTier });
  await storage.run('deployer', () => serverless.deploy(spec('() => 1')));
  serverless.refreshTier('acme');
  await storage.run('caller', () => serverless.invoke('acme', 'f'));
  expect(seen).toEqual(['deployer', 'caller']);
});

test('what the tier is asked for ends with the signal of the invocation', async () => {
  let answer: (tier: string) => void = () => {};
  const serverless = make(
    {},
    { tiers, tenantTier: () => new Promise<string>((resolve) => (answer = resolve)), tenantTierTtl: 0 },
  );
  const deployed = serverless.deploy(spec('() => 1'));
  await new Promise((resolve) => setTimeout(resolve, 5));
  answer('pro');
  await deployed;
  const reason = new Error('enough');
  const controller = new AbortController();
  const invoked = serverless.invoke('acme', 'f', null, { signal: controller.signal });
  controller.abort(reason);
  await expect(invoked).rejects.toMatchObject({ message: 'enough', cause: reason });
  answer('pro');
});

test('a tenantTier that never answers is a failure of the platform, once its time is over', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const serverless = make({}, { tiers, tenantTier: () => new Promise<string>(() => {}) });
  const deployed = failure(() => serverless.deploy(spec('() => 1')));
  await vi.advanceTimersByTimeAsync(10_000);
  const error = await deployed;
  expect(error).toMatchObject({ code: 'ERR_ISOLET_PLATFORM', option: 'tenantTier', retryable: true });
  expect(error.message).toContain("gave no answer for tenant 'acme' in 10000 ms");
  expect(error.cause).toBeUndefined();
});

test('what is refused while the platform closes was not started, although its tier came late', async () => {
  let answer: (tier: string) => void = () => {};
  const tenantTier = () => new Promise<string>((resolve) => (answer = resolve));
  const serverless = make({}, { tiers, tenantTier, tenantTierTtl: 0 });
  const deployed = serverless.deploy(spec('() => 1'));
  await new Promise((resolve) => setTimeout(resolve, 5));
  answer('pro');
  await deployed;
  const invoked = failure(() => serverless.invoke('acme', 'f'));
  await serverless.cleanup();
  answer('pro');
  expect(await invoked).toMatchObject({ code: 'ERR_ISOLET_CLOSED' });
});
