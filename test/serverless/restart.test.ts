import { DeadlockError, FunctionNotFoundError, RuntimeTerminatedError, type ServerlessRuntime } from 'isolet';
import { expect, test } from 'vitest';
import { gate } from '../pool/support.ts';
import { failure } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();

/** How long a busy machine may take. */
const soon = { timeout: 20_000 };

const counting =
  '(() => { let n = 0; return async (event) => { if (event === "wait") await wait(); return ++n; }; })()';

test('the same version gets new runtimes, at once for who comes and later for who runs', async () => {
  const { wait, open, waiting } = gate();
  const serverless = make({ wait });
  const events: string[] = [];
  serverless.on('restart', ({ functionName }) => events.push(`restart ${functionName}`));
  serverless.on('evict', ({ functionName, reason }) => events.push(`evict ${functionName} ${reason}`));
  const { version } = await serverless.deploy(spec(counting));
  expect([await serverless.invoke('acme', 'f'), await serverless.invoke('acme', 'f')]).toEqual([1, 2]);
  const running = serverless.invoke('acme', 'f', 'wait');
  await expect.poll(waiting, soon).toBe(1);
  const restarted = serverless.restart('acme', 'f');
  expect(await serverless.invoke('acme', 'f', 0, { detailed: true })).toMatchObject({ value: 1, version });
  open();
  expect(await running).toBe(3);
  expect(await restarted).toBe(1);
  expect(events).toEqual(['restart f', 'evict f restarted']);
  expect(await serverless.invoke('acme', 'f')).toBe(2);
  // Nothing is left of it: other functions were not asked.
  await serverless.deploy(spec(counting, { name: 'g' }));
  await serverless.invoke('acme', 'g');
  await serverless.restart('acme', 'f');
  expect(await serverless.invoke('acme', 'g')).toBe(2);
});

test('what is being loaded while it is restarted serves nobody', async () => {
  const { wait, open, waiting } = gate();
  let loads = 0;
  const serverless = make({
    begin: async () => {
      const load = ++loads;
      if (load === 2) await wait();
      return load;
    },
  });
  await serverless.deploy(spec('const load = await begin(); export default () => load;'));
  const invoked = serverless.invoke('acme', 'f');
  await expect.poll(waiting, soon).toBe(1);
  const restarted = serverless.restart('acme', 'f');
  open();
  expect(await invoked).toBe(3);
  expect(await restarted).toBe(0);
});

test('what runs for longer than drainTimeout is stopped, and may be called again', async () => {
  const { wait, waiting } = gate();
  const serverless = make({ wait }, { drainTimeout: 50 });
  await serverless.deploy(spec(counting));
  const stopped = failure(() => serverless.invoke('acme', 'f', 'wait'));
  await expect.poll(waiting, soon).toBe(1);
  expect(await serverless.restart('acme', 'f')).toBe(1);
  const error = await stopped;
  expect(error).toBeInstanceOf(RuntimeTerminatedError);
  expect(error).toMatchObject({ reason: 'the function was restarted', retryable: true });
});

test('an unknown function can’t be restarted, nor a function by what it waits for', async () => {
  const seen: unknown[] = [];
  const serverless: ServerlessRuntime = make({
    again: async () => {
      seen.push(await failure(() => serverless.restart('acme', 'f')));
    },
  });
  expect(await failure(() => serverless.restart('acme', 'f'))).toBeInstanceOf(FunctionNotFoundError);
  await serverless.deploy(spec('() => again()'));
  await serverless.invoke('acme', 'f');
  expect(seen).toMatchObject([expect.any(DeadlockError)]);
  expect(await serverless.restart('acme', 'f')).toBe(1);
  expect(await serverless.restart('acme', 'f')).toBe(0);
});
