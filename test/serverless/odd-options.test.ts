import { ServerlessRuntime } from 'isolet';
import { expect, test } from 'vitest';
import { useServerless } from './support.ts';

const make = useServerless();

test.each([
  ['apis', { apis: 'kv' }],
  ['apis', { apis: 5 }],
  ['apis', { apis: [5] }],
  ['env', { env: 'CITY=Bern' }],
  ['env', { env: ['Bern'] }],
  ['secrets', { secrets: 5 }],
  ['prewarm', { prewarm: 'yes' }],
  ['dryRun', { dryRun: true }],
])('a specification with a wrong %s has an issue and changes nothing: %o', async (field, more) => {
  const serverless = make({ kv: { get: () => 1 } }, { tiers: { free: { apis: ['kv'] } }, defaultTier: 'free' });
  const refused = serverless.deploy({ tenantId: 'acme', name: 'f', code: 'async () => 1', ...more } as never);
  await expect(refused).rejects.toMatchObject({
    code: 'ERR_ISOLET_VALIDATION',
    issues: expect.arrayContaining([expect.objectContaining({ path: expect.arrayContaining([field]) })]),
  });
  expect(serverless.list('acme')).toEqual([]);
});

test.each([
  ['memoryMB', { tiers: { free: { memoryMB: 8 } } }],
  ['memoryMb', { tiers: { free: { memoryMb: 0 } } }],
  ['timeout', { tiers: { free: { timeout: Number.NaN } } }],
  ['apis', { tiers: { free: { apis: 'kv' } } }],
  ['concurrency', { tiers: { free: { concurrency: 0 } } }],
  ['rate.requests', { tiers: { free: { rate: {} } } }],
  ['rate.per', { tiers: { free: { rate: { requests: 1, per: 0 } } } }],
  ['rate.bursts', { tiers: { free: { rate: { requests: 1, bursts: 2 } } } }],
  ['rate', { tiers: { free: { rate: 5 } } }],
  ['free', { tiers: { free: 5 } }],
  ['pool.tenantConcurrency', { pool: { tenantConcurrency: 'many' } }],
  ['tenantTier', { tenantTier: 'free' }],
  ['random', { random: 0.5 }],
])('a platform with a wrong %s is refused when it is made: %o', (option, options) => {
  expect(() => new ServerlessRuntime({}, options as never)).toThrow(
    expect.objectContaining({
      code: 'ERR_ISOLET_INVALID_ARG',
      option: expect.stringMatching(new RegExp(`(^|\\.)${option.replace('.', '\\.')}$`)),
    }),
  );
});
