import { invocationOf } from 'isolet';
import { expect, test } from 'vitest';
import { gate } from '../pool/support.ts';
import { failure, until } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();
/** Longer than any machine takes for these tests. */
const per = 600_000;

test('the rate and the concurrency of the tier that a function was deployed in apply to it', async () => {
  const { wait, open, waiting } = gate();
  const tiers = { free: { rate: { requests: 4, per }, concurrency: 1 }, pro: { concurrency: 3 } };
  const serverless = make({ wait }, { tiers, tenantTier: () => 'pro' });
  const { tier } = await serverless.deploy(spec('async () => wait()', { name: 'slow', tier: 'free' }));
  await serverless.deploy(spec('async () => wait()', { name: 'second', tier: 'free' }));
  await serverless.deploy(spec('async () => wait()', { name: 'fast' }));
  expect(tier).toBe('free');
  const all = ['slow', 'second', 'slow', 'fast', 'fast', 'fast', 'fast'].map((name) => serverless.invoke('acme', name));
  await until(() => waiting() === 4, 'one in the tier free and three in the tier pro run');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(waiting()).toBe(4);
  const opener = setInterval(open, 5);
  await Promise.all(all);
  expect(await serverless.invoke('acme', 'second')).toBe('open');
  const refused = await failure(() => serverless.invoke('acme', 'slow'));
  expect(refused).toMatchObject({ code: 'ERR_ISOLET_RATE_LIMIT', limit: 4, per });
  expect(refused.message).toContain("tier 'free'");
  // The other tier has no rate.
  for (let i = 0; i < 5; i++) expect(await serverless.invoke('acme', 'fast')).toBe('open');
  clearInterval(opener);
});

const tiers = {
  pro: { memoryMb: 64, timeout: 5000, maxHostCalls: 100, apis: ['ping', 'kv'], maxLogBytes: 1000 },
  free: { memoryMb: 8, timeout: 2000, cpuTimeout: 150, maxHostCalls: 2, apis: ['ping', 'kv.get'], maxLogBytes: 30 },
};
const api = { ping: () => 1, kv: { get: () => 'value', put: () => 'put' } };
const code = `async ({ task }, { log }) => {
  if (task === 'loop') for (;;);
  if (task === 'wait') await new Promise(() => {});
  if (task === 'memory') { const kept = []; for (let i = 0; i < 24; i++) kept.push(new Array(131072).fill(i)); return kept.length; }
  if (task === 'calls') { for (let i = 0; i < 5; i++) ping(); return 'called'; }
  if (task === 'apis') return [typeof kv['get'], typeof kv['put']];
  if (task === 'log') { for (let i = 0; i < 5; i++) log('0123456789'); }
}`;

test('a changed tier reaches time, memory, APIs, host calls and logs of what is deployed', async () => {
  let tier: keyof typeof tiers = 'pro';
  const serverless = make(api, { tiers, tenantTier: () => tier });
  const { version } = await serverless.deploy(spec(code));
  const run = (task: string) => serverless.invoke('acme', 'f', { task }, { detailed: true });
  const asPro = async () => {
    expect((await run('memory')).value).toBe(24);
    expect((await run('calls')).value).toBe('called');
    expect((await run('apis')).value).toEqual(['function', 'function']);
    expect((await run('log')).logsDropped).toBe(0);
  };
  const asFree = async () => {
    expect(await failure(() => run('loop'))).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT', limit: 150, kind: 'cpu' });
    expect(await failure(() => run('wait'))).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT', limit: 2000, kind: 'wall' });
    const memory = await failure(() => run('memory'));
    expect(memory).toMatchObject({ code: 'ERR_ISOLET_HEAP_LIMIT', limit: 8 * 1024 * 1024 });
    expect(invocationOf(memory)).toMatchObject({ version, limit: { name: 'memoryMb', value: 8 * 1024 * 1024 } });
    expect((await failure(() => run('calls'))).message).toContain('limit of 2 platform calls');
    expect((await run('apis')).value).toEqual(['function', 'undefined']);
    expect((await run('log')).logsDropped).toBeGreaterThan(0);
  };
  await asPro();
  tier = 'free';
  await asFree();
  tier = 'pro';
  await asPro();
  // It is the same version all along, and what it was deployed with is still told.
  expect(serverless.list('acme')).toMatchObject([{ version, tier: 'pro', limits: { memoryMb: 64, timeout: 5000 } }]);
});

test('what a function asks for itself holds where it is less than the tier it has come into', async () => {
  let tier: keyof typeof tiers | undefined = 'pro';
  const serverless = make(api, { tiers, tenantTier: () => tier });
  await serverless.deploy(spec(code, { maxHostCalls: 50, memoryMb: 6, apis: ['kv', 'ping'] }));
  await serverless.deploy(spec(code, { name: 'modest', maxHostCalls: 1, apis: ['kv.put', 'ping'] }));
  tier = 'free';
  const run = (name: string, task: string) => serverless.invoke('acme', name, { task });
  expect((await failure(() => run('f', 'calls'))).message).toContain('limit of 2 platform calls');
  expect(await failure(() => run('f', 'memory'))).toMatchObject({ limit: 6 * 1024 * 1024 });
  expect(await run('f', 'apis')).toEqual(['function', 'undefined']);
  expect((await failure(() => run('modest', 'calls'))).message).toContain('limit of 1 platform calls');
  expect((await failure(() => run('modest', 'apis'))).message).toContain('kv is not defined');
  tier = undefined;
  expect((await failure(() => run('f', 'calls')).catch(() => 'none')).toString()).toContain('none');
});

test('runtimes made under the limits of the old tier go, what runs in them is answered', async () => {
  const { wait, open, waiting } = gate();
  let tier = 'pro';
  const serverless = make({ ...api, wait }, { tiers: { pro: {}, free: {} }, tenantTier: () => tier });
  const { version } = await serverless.deploy(spec('async (event) => event ?? wait()', { prewarm: 2 }));
  const evicted: unknown[] = [];
  serverless.on('evict', ({ reason, version: of }) => evicted.push([reason, of]));
  const early = serverless.invoke('acme', 'f');
  await until(() => waiting() === 1, 'it runs');
  tier = 'free';
  expect(await serverless.invoke('acme', 'f', 'late')).toBe('late');
  await until(() => evicted.length === 1, 'the idle one goes');
  open();
  expect(await early).toBe('open');
  await until(() => evicted.length === 2, 'the busy one goes');
  expect(evicted).toEqual([
    ['replaced', version],
    ['replaced', version],
  ]);
  expect(serverless.stats().tenants['acme']).toMatchObject({ runtimes: 1, active: 0 });
  // Undeploying takes the runtimes of every tier.
  await serverless.undeploy('acme', 'f');
  expect(serverless.stats().pool.runtimes).toBe(0);
});

test('a tier of 0 ms of processor time is one without that limit', async () => {
  const serverless = make({}, { tiers: { t: { cpuTimeout: 0 } }, defaultTier: 't' });
  expect((await serverless.deploy(spec('() => 1', { cpuTimeout: 50 }))).limits.cpuTimeout).toBe(50);
});

test('what is deployed again in another tier is the same version, in that tier', async () => {
  const same = { a: { concurrency: 1, rate: { requests: 1, per } }, b: { concurrency: 5 } };
  const serverless = make({}, { tiers: same });
  const first = await serverless.deploy(spec('() => 1', { tier: 'a' }));
  expect(await serverless.invoke('acme', 'f')).toBe(1);
  expect(await failure(() => serverless.invoke('acme', 'f'))).toMatchObject({ code: 'ERR_ISOLET_RATE_LIMIT' });
  const second = await serverless.deploy(spec('() => 1', { tier: 'b' }));
  expect(second).toMatchObject({ version: first.version, tier: 'b' });
  for (let i = 0; i < 3; i++) expect(await serverless.invoke('acme', 'f')).toBe(1);
  await serverless.deploy(spec('() => 1', { tier: 'a' }));
  expect(await failure(() => serverless.invoke('acme', 'f'))).toMatchObject({ code: 'ERR_ISOLET_RATE_LIMIT' });
});

test('what the platform does to its tiers afterwards does not matter', async () => {
  const free = { memoryMb: 8, apis: ['ping'], rate: { requests: 1, per } };
  const serverless = make({ ping: () => 1, pong: () => 2 }, { tiers: { free }, defaultTier: 'free' });
  free.memoryMb = 64;
  free.apis.push('pong');
  free.rate.requests = 100;
  const { limits, apis } = await serverless.deploy(spec('() => ping()'));
  expect([limits.memoryMb, apis]).toEqual([8, ['ping']]);
  expect(await serverless.invoke('acme', 'f')).toBe(1);
  expect(await failure(() => serverless.invoke('acme', 'f'))).toMatchObject({
    code: 'ERR_ISOLET_RATE_LIMIT',
    limit: 1,
  });
});
