import type { ServerlessRuntime } from 'isolet';
import { expect, test } from 'vitest';
import { gate } from '../pool/support.ts';
import { until } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();
const counting = (n: number) => spec(`(() => { let calls = 0; return () => [${n}, ++calls]; })()`);

/** Versions that have runtimes. */
const warm = (serverless: ServerlessRuntime) =>
  Object.values(serverless.stats().pool.functions)
    .filter(({ runtimes }) => runtimes > 0)
    .map(({ version }) => version);

async function two(serverless: ServerlessRuntime) {
  const { version: old } = await serverless.deploy(counting(1));
  serverless.setAlias('acme', 'f', 'beta', old);
  const { version: active } = await serverless.deploy(counting(2));
  await serverless.invoke('acme', 'f');
  expect(await serverless.invoke('acme', 'f', null, { alias: 'beta' })).toEqual([1, 1]);
  expect(warm(serverless).sort()).toEqual([old, active].sort());
  return { old, active };
}

test('a version whose last alias goes or moves away does not stay warm', async () => {
  for (const take of ['delete', 'move', 'weight'] as const) {
    const serverless = make();
    const { old, active } = await two(serverless);
    serverless.setAlias('acme', 'f', 'also', old);
    serverless.deleteAlias('acme', 'f', 'also');
    expect(await serverless.invoke('acme', 'f', null, { alias: 'beta' })).toEqual([1, 2]);
    if (take === 'delete') expect(serverless.deleteAlias('acme', 'f', 'beta')).toBe(true);
    else serverless.setAlias('acme', 'f', 'beta', take === 'move' ? active : { [old]: 0, [active]: 1 });
    expect(warm(serverless)).toEqual([active]);
    expect(await serverless.invoke('acme', 'f')).toEqual([2, 2]);
    expect(serverless.stats().pool.evictions).toEqual({ replaced: 1 });
  }
});

test('what runs in a version whose alias goes is answered', async () => {
  const { wait, open, waiting } = gate();
  const serverless = make({ wait });
  const { version: old } = await serverless.deploy(spec('async () => wait()'));
  serverless.setAlias('acme', 'f', 'beta', old);
  await serverless.deploy(counting(2));
  const running = serverless.invoke('acme', 'f', null, { alias: 'beta' });
  await until(() => waiting() === 1, 'it runs');
  serverless.deleteAlias('acme', 'f', 'beta');
  expect(warm(serverless)).toEqual([old]);
  open();
  expect(await running).toBe('open');
  await until(() => warm(serverless).length === 0, 'its runtime is gone');
});

test('a version that is invoked by its id alone is made for it and goes with its last invocation', async () => {
  const { wait, open, waiting } = gate();
  const serverless = make({ wait });
  const { version: old } = await serverless.deploy(spec('async (event) => { if (event) await wait(); return event; }'));
  const { version: active } = await serverless.deploy(counting(2));
  await serverless.invoke('acme', 'f');
  const byId = (event: number) => serverless.invoke('acme', 'f', event, { version: old });
  expect(await byId(0)).toBe(0);
  await until(() => warm(serverless).length === 1, 'only one version is warm');
  expect(warm(serverless)).toEqual([active]);
  const both = [byId(1), byId(2)];
  await until(() => waiting() === 2, 'both run');
  expect(await byId(0)).toBe(0);
  open();
  expect(await Promise.all(both)).toEqual([1, 2]);
  await until(() => warm(serverless).length === 1, 'only one version is warm again');
  expect(await serverless.invoke('acme', 'f', null, { version: active })).toEqual([2, 2]);
  expect(warm(serverless)).toEqual([active]);
});

test('a version that comes into force while it is invoked by its id stays warm', async () => {
  const { wait, open, waiting } = gate();
  const serverless = make({ wait });
  const { version: old } = await serverless.deploy(spec('async () => wait()'));
  await serverless.deploy(counting(2));
  const running = serverless.invoke('acme', 'f', null, { version: old });
  await until(() => waiting() === 1, 'it runs');
  serverless.rollback('acme', 'f', old);
  open();
  expect(await running).toBe('open');
  expect(warm(serverless)).toEqual([old]);
});
