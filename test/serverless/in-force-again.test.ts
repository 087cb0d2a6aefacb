import type { ServerlessRuntime } from 'isolet';
import { expect, test } from 'vitest';
import { gate } from '../pool/support.ts';
import { failure, until } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();
/** Counts the invocations of one runtime. */
const counting = (rest = {}) =>
  spec('(() => { let n = 0; return async (w) => { n++; if (w) await wait(); return n; }; })()', rest);
const drainTimeout = 150;
const afterDrain = () => new Promise((resolve) => setTimeout(resolve, 2 * drainTimeout));

type Way = (serverless: ServerlessRuntime, version: string) => unknown;
const ways: Record<string, Way> = {
  'by rollback': (s) => s.rollback('acme', 'f'),
  'by its id': (s, version) => s.rollback('acme', 'f', version),
  'by an alias': (s, version) => s.setAlias('acme', 'f', 'stable', version),
  'by the weight of an alias': (s, version) => s.setAlias('acme', 'f', 'some', { [version]: 1 }),
  'by deploying it again': (s) => s.deploy(counting()),
  'by deploying it again with a runtime': (s) => s.deploy(counting({ prewarm: true })),
};

test.each(Object.entries(ways))(
  'a version that is in force again %s is not ended by its replacement',
  async (_, again) => {
    const { wait, open, waiting } = gate();
    const serverless = make({ wait }, { drainTimeout });
    const { version } = await serverless.deploy(counting());
    const running = serverless.invoke('acme', 'f', true);
    await until(() => waiting() === 1, 'it runs');
    await serverless.deploy(spec('() => 0'));
    await again(serverless, version);
    await afterDrain();
    expect(waiting()).toBe(1);
    open();
    expect(await running).toBe(1);
    // Nor is its runtime.
    expect(await serverless.invoke('acme', 'f', false, { version })).toBe(2);
  },
);

test('a version that is invoked by its id after it was replaced is not in force: what ran before ends', async () => {
  const { wait, waiting } = gate();
  const serverless = make({ wait }, { drainTimeout: 50 });
  const { version } = await serverless.deploy(counting());
  const running = failure(() => serverless.invoke('acme', 'f', true));
  await until(() => waiting() === 1, 'it runs');
  await serverless.deploy(spec('() => 0'));
  expect(await serverless.invoke('acme', 'f', false, { version })).toBe(1);
  expect(await running).toMatchObject({ code: 'ERR_ISOLET_TERMINATED', reason: 'the version was replaced' });
});

test('a version that is in force again serves those that waited for it', async () => {
  const { wait, open, waiting } = gate();
  const serverless = make({ wait }, { drainTimeout });
  await serverless.deploy(counting({ maxRuntimes: 1, concurrencyPerRuntime: 2 }));
  const running = [serverless.invoke('acme', 'f', true), serverless.invoke('acme', 'f', true)];
  await until(() => waiting() === 2, 'both run');
  const waits = serverless.invoke('acme', 'f', false);
  await serverless.deploy(spec('() => 0'));
  serverless.rollback('acme', 'f');
  await afterDrain();
  open();
  await Promise.all(running);
  expect(await waits).toBe(3);
  expect(serverless.stats().pool).toMatchObject({ coldStarts: 1, evictions: {} });
});

test('who waited for a version that was replaced is told so', async () => {
  const { wait, waiting } = gate();
  const serverless = make({ wait }, { drainTimeout: 50 });
  const { version } = await serverless.deploy(counting({ maxRuntimes: 1, concurrencyPerRuntime: 1 }));
  const running = failure(() => serverless.invoke('acme', 'f', true));
  await until(() => waiting() === 1, 'it runs');
  const waits = failure(() => serverless.invoke('acme', 'f', false));
  const refused: unknown[] = [];
  serverless.on('refused', ({ error }) => refused.push(error));
  await serverless.deploy(spec('() => 0'));
  const error = await waits;
  expect(error).toMatchObject({ code: 'ERR_ISOLET_SUPERSEDED', reason: 'replaced' });
  expect(error.message).toContain(`Version '${version}' of acme:f was replaced`);
  expect(refused).toEqual([error]);
  expect(await running).toMatchObject({ code: 'ERR_ISOLET_TERMINATED', reason: 'the version was replaced' });
  expect(await serverless.invoke('acme', 'f')).toBe(0);
});

test('a rollback does not end a deployment of the same content that is under way', async () => {
  let slow = false;
  let loads = 0;
  const slowly = () => {
    if (slow) loads++;
    return slow;
  };
  const serverless = make({ slowly });
  const code = '(() => { if (slowly()) for (const end = Date.now() + 150; Date.now() < end; ); return () => 2; })()';
  await serverless.deploy(spec('() => 1'));
  await serverless.deploy(spec(code));
  slow = true;
  const deploying = serverless.deploy(spec(code, { prewarm: true }));
  // The first is the check of the deployment.
  await until(() => loads === 2, 'its runtime loads');
  serverless.rollback('acme', 'f');
  expect(await serverless.invoke('acme', 'f')).toBe(1);
  expect((await deploying).active).toBe(true);
  expect(serverless.stats().pool).toMatchObject({ idle: 1 });
  expect(await serverless.invoke('acme', 'f')).toBe(2);
});
