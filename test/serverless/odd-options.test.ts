import { ServerlessRuntime } from 'isolet';
import { expect, test } from 'vitest';
import { failure } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

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
  ['dryRun', { dryRun: { evnt: 1 } }],
  ['tier', { tier: 5 }],
  ['tier', { tier: '__proto__' }],
  ['maxRuntimes', { maxRuntimes: 1.5 }],
  ['concurrencyPerRuntime', { concurrencyPerRuntime: 1.5 }],
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
  ['tiers', { tiers: [{ memoryMb: 8 }] }],
  ['tiers', { tiers: new Map([['free', {}]]) }],
  ['tiers', { tiers: 'free' }],
  ['tiers', { tiers: { '': {} } }],
  ['free', { tiers: { free: undefined } }],
  ['free', { tiers: { free: null } }],
  ['defaultTier', { tiers: { free: {} }, defaultTier: 5 }],
  ['defaultTier', { tiers: { free: {} }, defaultTier: 'toString' }],
  ['concurrency', { tiers: { free: { concurrency: 1.5 } } }],
  ['functionConcurrency', { tiers: { free: { functionConcurrency: 1.5 } } }],
  ['maxHostCalls', { tiers: { free: { maxHostCalls: 0.5 } } }],
  ['codeSize', { tiers: { free: { codeSize: '1kB' } } }],
  ['apis[1]', { tiers: { free: { apis: ['kv', 'kv.gett'] } } }],
  ['apis[0]', { tiers: { free: { apis: ['constructor'] } } }],
  ['tenantTierTtl', { tenantTierTtl: -1 }],
  ['validation.rules[0]', { validation: { rules: [5] } }],
  ['validation.rules[1]', { validation: { rules: ['no-with', 'no-goto'] } }],
  ['validation.rules[0].name', { validation: { rules: [{ visit: {} }] } }],
  ['validation.rules[0].visit', { validation: { rules: [{ name: 'mine' }] } }],
  ['validation.rules[0].visit', { validation: { rules: [{ name: 'mine', visit: { callExpression() {} } }] } }],
  ['validation.rules[0].visit.Program', { validation: { rules: [{ name: 'mine', visit: { Program: 5 } }] } }],
  ['pool.maxRuntimes', { pool: { maxRuntimes: 0 } }],
  ['pool.maxRuntime', { pool: { maxRuntime: 5 } }],
  ['pool.runtime.maxTransferDepth', { pool: { runtime: { maxTransferDepth: -1 } } }],
  ['pool.runtime.streems', { pool: { runtime: { streems: true } } }],
  ['pool.tenantConcurrency', { pool: { tenantConcurrency: 'many' } }],
  ['tenantTier', { tenantTier: 'free' }],
  ['random', { random: 0.5 }],
])('a platform with a wrong %s is refused when it is made: %o', async (option, options) => {
  const refused = await failure(async () => new ServerlessRuntime({ kv: { get: () => 1 } }, options as never));
  expect(refused).toMatchObject({ code: 'ERR_ISOLET_INVALID_ARG' });
  expect(`.${refused['option']}`.endsWith(`.${option}`), String(refused['option'])).toBe(true);
  expect(refused.message).toMatch(/Received |not a known option/);
});

test('an unknown option of an invocation is told with the names that this layer knows', async () => {
  const serverless = make();
  await serverless.deploy(spec('() => 1'));
  const invoke = (options: object) => failure(() => serverless.invoke('acme', 'f', null, options as never));
  const error = await invoke({ verison: 'x' });
  expect(error).toMatchObject({ code: 'ERR_ISOLET_INVALID_ARG', option: 'verison' });
  expect(error.message).toContain("Did you mean 'version'?");
  expect((await invoke([])).message).toBe("'options' must be an object or undefined. Received [].");
});
