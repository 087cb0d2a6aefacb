import { expect, test } from 'vitest';
import { gate } from '../pool/support.ts';
import { failure, until } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();

test('cleanup waits for what runs and refuses what comes', async () => {
  const { wait, open, waiting } = gate();
  const serverless = make({ wait });
  await serverless.deploy(spec('async () => wait()'));
  const running = serverless.invoke('acme', 'f');
  await until(() => waiting() === 1, 'it runs');
  const cleaned = serverless.cleanup();
  expect(await failure(() => serverless.invoke('acme', 'f'))).toMatchObject({ code: 'ERR_ISOLET_CLOSED' });
  expect(await failure(() => serverless.deploy(spec('() => 1', { name: 'g' })))).toMatchObject({
    code: 'ERR_ISOLET_CLOSED',
  });
  open();
  expect(await running).toBe('open');
  await cleaned;
  await serverless.cleanup();
});

test('cleanup with a timeout stops the rest', async () => {
  const serverless = make({ wait: () => new Promise(() => {}) });
  await serverless.deploy(spec('async () => wait()'));
  const running = failure(() => serverless.invoke('acme', 'f'));
  await until(() => serverless.stats().pool.active === 1, 'it runs');
  await serverless.cleanup({ timeout: 30 });
  expect((await running)['code']).toBe('ERR_ISOLET_TERMINATED');
});

test('cleanup during load answers every accepted invocation exactly once', async () => {
  const serverless = make({ pause: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)) });
  for (let i = 0; i < 5; i++)
    await serverless.deploy(spec('async (n) => { await pause(n % 7); return n; }', { name: `f${i}` }));
  let answers = 0;
  serverless.on('invoke', () => answers++);
  const outcomes: string[] = [];
  const load = Array.from({ length: 100 }, async (_, n) => {
    await new Promise((resolve) => setTimeout(resolve, n % 20));
    outcomes.push(
      await serverless.invoke('acme', `f${n % 5}`, n).then(
        () => 'ok',
        (error) => String(error.code),
      ),
    );
  });
  await new Promise((resolve) => setTimeout(resolve, 8));
  await serverless.cleanup();
  await Promise.all(load);
  expect(outcomes).toHaveLength(100);
  expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(answers);
  expect(new Set(outcomes)).toEqual(new Set(['ok', 'ERR_ISOLET_CLOSED']));
});

test('deployments in progress end with cleanup', async () => {
  const serverless = make();
  const deploying = Promise.allSettled(
    Array.from({ length: 5 }, (_, n) => serverless.deploy(spec('(() => () => 1)()', { name: `f${n}`, prewarm: true }))),
  );
  await serverless.cleanup();
  await deploying;
  expect(serverless.stats().pool.runtimes).toBe(0);
});

test('await using cleans up', async () => {
  let inner: ReturnType<typeof make>;
  {
    await using serverless = make();
    inner = serverless;
    await serverless.deploy(spec('() => 1'));
    await serverless.invoke('acme', 'f');
  }
  expect(inner.stats().pool.runtimes).toBe(0);
});

test('what waits for an answer of the platform that never comes ends with undeploy and cleanup', async () => {
  let hangs = false;
  const never = () => (hangs ? new Promise<never>(() => {}) : Promise.resolve());
  const tiers = { t: { rate: { requests: 10 }, deployRate: { requests: 10 } } };
  const limited = make({}, { tiers, defaultTier: 't', rateLimiter: () => ({ consume: never }) });
  const asked = make({}, { tiers: { t: {} }, tenantTier: () => (hangs ? new Promise<never>(() => {}) : 't') });
  for (const serverless of [limited, asked]) {
    hangs = false;
    await serverless.deploy(spec('() => 1'));
    hangs = true;
    const waiting = failure(() => serverless.invoke('acme', 'f'));
    const deploying = failure(() => serverless.deploy(spec('() => 1', { name: 'g' })));
    await serverless.undeploy('acme', 'g');
    expect(await deploying).toMatchObject({ code: 'ERR_ISOLET_SUPERSEDED' });
    await serverless.cleanup();
    expect(await waiting).toMatchObject({ code: 'ERR_ISOLET_CLOSED' });
  }
});
