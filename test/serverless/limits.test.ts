import { expect, test } from 'vitest';
import { gate } from '../pool/support.ts';
import { failure, until } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();

/** Longer than any machine takes for four invocations. */
const per = 600_000;
const tiers = {
  free: {
    memoryMb: 8,
    timeout: 200,
    codeSize: 200,
    maxHostCalls: 2,
    maxLogBytes: 64,
    concurrency: 2,
    apis: ['a', 'wait'],
  },
  pro: { memoryMb: 32, timeout: 2000, cpuTimeout: 500, rate: { requests: 3, per } },
};
const options = { tiers, defaultTier: 'free', tenantTier: (id: string) => (id === 'payer' ? 'pro' : undefined) };
const api = { a: () => 1, b: () => 2, wait: () => 1 };

test('a tier sets the limits, a function may ask for less, and both hold at run time', async () => {
  const serverless = make(api, options);
  const { limits, tier, apis } = await serverless.deploy(spec('() => 1'));
  expect([tier, apis]).toEqual(['free', ['a', 'wait']]);
  expect(limits).toEqual({
    memoryMb: 8,
    timeout: 200,
    cpuTimeout: 0,
    loadTimeout: 5000,
    loadCpuTimeout: 0,
    streamTimeout: 60_000,
    streamCpuTimeout: 0,
    lateTimeout: 5000,
    lateCpuTimeout: 0,
    maxHostCalls: 2,
    maxLogBytes: 64,
  });
  const less = await serverless.deploy(spec('() => { for (;;); }', { name: 'g', timeout: 50, memoryMb: 6 }));
  expect(less.limits).toMatchObject({ timeout: 50, memoryMb: 6 });
  expect(await failure(() => serverless.invoke('acme', 'g'))).toMatchObject({ limit: 50 });
  await serverless.deploy(spec('() => { for (;;); }', { name: 'h' }));
  expect(await failure(() => serverless.invoke('acme', 'h'))).toMatchObject({ limit: 200 });
  await serverless.deploy(spec('() => { a(); a(); a(); }', { name: 'calls' }));
  expect((await failure(() => serverless.invoke('acme', 'calls'))).message).toContain('maxHostCalls');
});

test('asking for more than the tier is refused, each with its number', async () => {
  const serverless = make(api, options);
  const greedy = spec(`() => "${'x'.repeat(300)}"`, { memoryMb: 64, timeout: 1000, maxHostCalls: 3, apis: ['a', 'b'] });
  const error = await failure(() => serverless.deploy(greedy));
  expect((error['issues'] as { message: string }[]).map(({ message }) => message)).toEqual([
    "memoryMb 64 exceeds the 8 of tier 'free'",
    "timeout 1000 exceeds the 200 of tier 'free'",
    "maxHostCalls 3 exceeds the 2 of tier 'free'",
    "platform API 'b' is not part of tier 'free'",
    'the code has 308 bytes, the limit is 200 (codeSize)',
  ]);
  const pro = await serverless.deploy(spec('() => b()', { tenantId: 'payer', cpuTimeout: 0 }));
  expect(pro).toMatchObject({ tier: 'pro', limits: { memoryMb: 32, cpuTimeout: 500 } });
});

test('a tenant’s concurrency covers all its functions, and no other tenant', async () => {
  const { wait, open, waiting } = gate();
  // Longer than any machine takes to start four.
  const patient = { ...tiers, free: { ...tiers.free, timeout: 60_000 } };
  const serverless = make({ ...api, wait }, { ...options, tiers: patient });
  for (const tenantId of ['acme', 'other']) {
    for (const name of ['f', 'g']) await serverless.deploy(spec('async () => wait()', { tenantId, name }));
  }
  const results = ['acme', 'other'].flatMap((tenant) =>
    ['f', 'g', 'f', 'g'].map((name) => serverless.invoke(tenant, name).catch(() => 'late')),
  );
  await until(() => waiting() === 4, 'two of each tenant run');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(waiting()).toBe(4);
  expect(serverless.stats().tenants['acme']).toMatchObject({ active: 2, queued: 2 });
  const opener = setInterval(open, 5);
  await Promise.all(results);
  clearInterval(opener);
});

test('a rate is a number of invocations per time, per tenant', async () => {
  const serverless = make(api, options);
  const limited: unknown[] = [];
  serverless.on('rateLimited', (about) => limited.push(about));
  await serverless.deploy(spec('() => 1', { tenantId: 'payer' }));
  for (let i = 0; i < 3; i++) expect(await serverless.invoke('payer', 'f')).toBe(1);
  const error = await failure(() => serverless.invoke('payer', 'f'));
  expect(error).toMatchObject({ code: 'ERR_ISOLET_RATE_LIMIT', limit: 3, per });
  expect(error['retryAfter']).toBeGreaterThan(0);
  expect(error['retryAfter']).toBeLessThanOrEqual(per);
  expect(error.message).toContain('3 invocations per 600000 ms');
  expect(limited).toMatchObject([{ tenantId: 'payer', functionName: 'f', retryAfter: error['retryAfter'] }]);
  expect(serverless.usage('payer')).toMatchObject({ invocations: 3, rateLimited: 1, refused: 0 });
});

test('after retryAfter there is room again', async () => {
  const serverless = make({}, { tiers: { t: { rate: { requests: 2, per: 300 } } }, defaultTier: 't' });
  await serverless.deploy(spec('() => 1'));
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => serverless.invoke('acme', 'f')));
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason);
  expect(refused).toHaveLength(6);
  const longest = Math.max(...refused.map(({ retryAfter }) => Number(retryAfter)));
  expect(longest).toBeLessThanOrEqual(300);
  await new Promise((resolve) => setTimeout(resolve, longest + 20));
  expect(await serverless.invoke('acme', 'f')).toBe(1);
});

test('a burst comes on top of the rate', async () => {
  const serverless = make({}, { tiers: { t: { rate: { requests: 2, per: 1000, burst: 3 } } }, defaultTier: 't' });
  await serverless.deploy(spec('() => 1'));
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => serverless.invoke('acme', 'f')));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
});

test('the store of the rates can be replaced, and its failure lets nobody in', async () => {
  const seen: unknown[] = [];
  const serverless = make(
    {},
    {
      tiers: { t: { rate: { requests: 2, per: 500 } } },
      defaultTier: 't',
      rateLimiter: (made) => {
        seen.push(made);
        return {
          consume: async (key) => {
            seen.push(key);
            if (seen.length > 3) throw new Error('store is down');
          },
        };
      },
    },
  );
  await serverless.deploy(spec('() => 1'));
  await serverless.invoke('acme', 'f');
  await serverless.invoke('acme', 'f');
  expect(seen).toEqual([{ points: 2, duration: 0.5, keyPrefix: 'isolet:rate:t' }, 'acme', 'acme']);
  const failed = await failure(() => serverless.invoke('acme', 'f'));
  expect(failed).toMatchObject({ code: 'ERR_ISOLET_PLATFORM', option: 'rateLimiter', retryable: true });
  expect(failed.message).toBe("'rateLimiter' failed: store is down");
  expect(failed.cause).toMatchObject({ message: 'store is down' });
  expect(serverless.usage('acme')).toMatchObject({ rateLimited: 0, refused: 0 });
});

test('tiers that make no sense are refused at once', () => {
  expect(() => make({}, { defaultTier: 'x' })).toThrow(
    /'defaultTier' must be one of the tiers, and there are none\. Received 'x'\./,
  );
  expect(() => make({}, { tiers: { a: { timeout: -1 } } })).toThrow(
    /'tiers\.a\.timeout' must be a number from 1 to \d+\. Received -1\./,
  );
});
