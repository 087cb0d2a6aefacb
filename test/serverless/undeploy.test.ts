import { type RateLimiter, SupersededError } from 'isolet';
import { expect, test } from 'vitest';
import { gate } from '../pool/support.ts';
import { deferred, failure, until } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();
const loadsForEver = '(() => { started(); for (;;); })()';

/** An API function that counts its calls. */
function counter(): { started: () => void; count: () => number } {
  let calls = 0;
  return { started: () => void calls++, count: () => calls };
}

test('undeploy settles when all that is left of the function is an invocation that waits for room', async () => {
  const { wait, open, waiting } = gate();
  const serverless = make({ wait }, { drainTimeout: 20, pool: { maxRuntimes: 1, stock: 0 } });
  await serverless.deploy(spec('() => wait()', { tenantId: 'other' }));
  await serverless.deploy(spec('() => 1'));
  const busy = serverless.invoke('other', 'f');
  await until(() => waiting() === 1, 'the only runtime is busy');
  const waits = failure(() => serverless.invoke('acme', 'f'));
  await until(() => serverless.stats().pool.queued === 1, 'it waits');
  await serverless.undeploy('acme', 'f');
  expect(await waits).toMatchObject({ code: 'ERR_ISOLET_SUPERSEDED', reason: 'undeployed' });
  open();
  expect(await busy).toBe('open');
});

test('a running invocation of an undeployed function is told so', async () => {
  const { wait, waiting } = gate();
  const serverless = make({ wait }, { drainTimeout: 20 });
  await serverless.deploy(spec('() => wait()'));
  const running = failure(() => serverless.invoke('acme', 'f'));
  await until(() => waiting() === 1, 'it runs');
  await serverless.undeploy('acme', 'f');
  expect(await running).toMatchObject({ code: 'ERR_ISOLET_TERMINATED', reason: 'the function was undeployed' });
});

test('undeploy gives up a deployment that is under way', async () => {
  const { started, count } = counter();
  const serverless = make({ started }, { pool: { loadTimeout: 3_600_000 } });
  const deployed: string[] = [];
  serverless.on('deploy', (about) => deployed.push(about.functionName));
  await serverless.deploy(spec('() => 1'));
  const deploying = failure(() => serverless.deploy(spec(loadsForEver)));
  const behind = failure(() => serverless.deploy(spec('() => 3')));
  await until(() => count() === 1, 'it loads');
  await serverless.undeploy('acme', 'f');
  expect(await deploying).toBeInstanceOf(SupersededError);
  expect(await behind).toMatchObject({ code: 'ERR_ISOLET_SUPERSEDED', reason: 'undeployed' });
  expect(serverless.list('acme')).toEqual([]);
  expect(deployed).toEqual(['f']);
});

test('undeploy right after the first deploy undeploys it, and a later deploy counts', async () => {
  const serverless = make();
  const first = failure(() => serverless.deploy(spec('() => 1')));
  const gone = serverless.undeploy('acme', 'f');
  const second = serverless.deploy(spec('() => 2', { prewarm: true }));
  await gone;
  expect(await first).toMatchObject({ code: 'ERR_ISOLET_SUPERSEDED' });
  expect((await second).active).toBe(true);
  expect(await serverless.invoke('acme', 'f')).toBe(2);
  const third = failure(() => serverless.deploy(spec('() => 3', { prewarm: 2 })));
  await serverless.undeploy('acme', 'f');
  expect(await third).toMatchObject({ code: 'ERR_ISOLET_SUPERSEDED' });
  await until(() => serverless.stats().pool.runtimes === 0, 'nothing is left of it');
  expect(await failure(() => serverless.undeploy('acme', 'f'))).toMatchObject({
    code: 'ERR_ISOLET_FUNCTION_NOT_FOUND',
  });
});

test('undeploy stops the dry run of a deployment', async () => {
  const { wait, waiting } = gate();
  const serverless = make({ wait });
  const deploying = failure(() => serverless.deploy(spec('() => wait()', { dryRun: { event: 1 } })));
  await until(() => waiting() === 1, 'it runs');
  await serverless.undeploy('acme', 'f');
  expect(await deploying).toMatchObject({ code: 'ERR_ISOLET_SUPERSEDED' });
});

test('deployments of other functions are not touched by undeploy', async () => {
  const serverless = make();
  const others = [spec('() => 1', { name: 'g' }), spec('() => 2', { tenantId: 'other' })].map((s) =>
    serverless.deploy(s),
  );
  const mine = failure(() => serverless.deploy(spec('() => 3')));
  await serverless.undeploy('acme', 'f');
  expect((await Promise.all(others)).map((d) => d.active)).toEqual([true, true]);
  expect(await mine).toMatchObject({ code: 'ERR_ISOLET_SUPERSEDED' });
});

test('the state of an undeployed function is gone also when the same content is deployed again at once', async () => {
  const { wait, open, waiting } = gate();
  const counting = '(() => { let n = 0; return async (w) => { if (w) await wait(); return ++n; }; })()';
  const serverless = make({ wait });
  await serverless.deploy(spec(counting));
  const running = serverless.invoke('acme', 'f', true);
  await until(() => waiting() === 1, 'it runs');
  const gone = serverless.undeploy('acme', 'f');
  await serverless.deploy(spec(counting));
  expect(await serverless.invoke('acme', 'f')).toBe(1);
  await gone;
  open();
  expect(await running).toBe(1);
  expect(await serverless.invoke('acme', 'f')).toBe(2);
});

/** A limiter whose answers wait until they are let go. */
function slowLimiter() {
  const asked = deferred();
  const answer = deferred();
  const limiter: RateLimiter = {
    consume: async () => {
      asked.resolve();
      await answer.promise;
    },
  };
  return { asked: asked.promise, answer: () => answer.resolve(), factory: () => limiter };
}

test('an invocation that waits in a rate limiter does not bring back an undeployed function', async () => {
  const { asked, answer, factory } = slowLimiter();
  const tiers = { free: { rate: { requests: 1 } } };
  const serverless = make({}, { tiers, defaultTier: 'free', rateLimiter: factory });
  await serverless.deploy(spec('() => 1'));
  const waits = failure(() => serverless.invoke('acme', 'f'));
  await asked;
  await serverless.undeploy('acme', 'f');
  answer();
  expect(await waits).toMatchObject({ code: 'ERR_ISOLET_FUNCTION_NOT_FOUND' });
  expect(serverless.stats().pool).toMatchObject({ runtimes: 0, functions: {} });
});

test('an invocation that waits in a rate limiter goes to the version that is in force then', async () => {
  const { asked, answer, factory } = slowLimiter();
  const tiers = { free: { rate: { requests: 1 } } };
  const serverless = make({}, { tiers, defaultTier: 'free', rateLimiter: factory });
  await serverless.deploy(spec('() => 1'));
  const waits = serverless.invoke('acme', 'f');
  await asked;
  await serverless.deploy(spec('() => 2'));
  answer();
  expect(await waits).toBe(2);
});

test('cleanup without patience does not wait for a deployment whose code computes while it loads', async () => {
  const { started, count } = counter();
  const serverless = make({ started }, { pool: { loadTimeout: 3_600_000 } });
  const evaluated = failure(() => serverless.deploy(spec(loadsForEver)));
  const prewarmed = failure(() => serverless.deploy(spec(loadsForEver, { name: 'g', prewarm: true })));
  await until(() => count() === 2, 'both load');
  await serverless.cleanup({ drain: false });
  for (const error of await Promise.all([evaluated, prewarmed])) {
    expect(error).toMatchObject({ code: 'ERR_ISOLET_CLOSED' });
  }
});

test('cleanup waits for a deployment no longer than its timeout', async () => {
  const { started, count } = counter();
  const serverless = make({ started }, { pool: { loadTimeout: 3_600_000 } });
  const deploying = failure(() => serverless.deploy(spec(loadsForEver)));
  await until(() => count() === 1, 'it loads');
  await serverless.cleanup({ timeout: 20 });
  expect(await deploying).toMatchObject({ code: 'ERR_ISOLET_CLOSED' });
});

test('a specification that can not be read is a rejection', async () => {
  const serverless = make();
  const throws = Object.defineProperty(spec('() => 1'), 'name', {
    enumerable: true,
    get: () => {
      throw new Error('no name');
    },
  });
  await expect(serverless.deploy(throws)).rejects.toThrow('no name');
});

test('a function that the host holds does not keep undeploy or restart waiting longer than drainTimeout', async () => {
  const serverless = make({}, { drainTimeout: 50 });
  for (const go of ['undeploy', 'restart'] as const) {
    await serverless.deploy(spec('() => () => 1', { streamTimeout: 3_600_000 }));
    const held = (await serverless.invoke('acme', 'f')) as () => number;
    expect(held()).toBe(1);
    await serverless[go]('acme', 'f');
    expect(await failure(async () => held())).toMatchObject({ code: 'ERR_ISOLET_CLOSED' });
    expect(serverless.stats().pool.runtimes).toBe(0);
  }
});
