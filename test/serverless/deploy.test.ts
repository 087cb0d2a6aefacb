import { expect, test } from 'vitest';
import { gate } from '../pool/support.ts';
import { failure, until } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();

test('deploy, invoke, list, undeploy', async () => {
  const serverless = make({ add: (a: number, b: number) => a + b });
  const deployment = await serverless.deploy(spec('async (event) => add(event.a, 1);\n'));
  expect(deployment).toMatchObject({ tenantId: 'acme', functionName: 'f', active: true, aliases: [], secretNames: [] });
  expect(deployment.limits).toMatchObject({ memoryMb: 5, timeout: 5000 });
  expect(await serverless.invoke('acme', 'f', { a: 1 })).toBe(2);
  await serverless.deploy(spec('() => 1', { tenantId: 'other' }));
  expect(serverless.list().map((d) => d.tenantId)).toEqual(['acme', 'other']);
  expect(serverless.list('acme')).toEqual([deployment]);
  await serverless.undeploy('acme', 'f');
  expect(serverless.list('acme')).toEqual([]);
  expect(await failure(() => serverless.invoke('acme', 'f'))).toMatchObject({
    code: 'ERR_ISOLET_FUNCTION_NOT_FOUND',
    tenantId: 'acme',
    functionName: 'f',
  });
  expect(await failure(() => serverless.undeploy('acme', 'f'))).toMatchObject({
    code: 'ERR_ISOLET_FUNCTION_NOT_FOUND',
  });
  expect(serverless.stats().pool.runtimes).toBe(0);
});

test('a new version takes over at once; what runs finishes on the old one', async () => {
  const { wait, open, waiting } = gate();
  const serverless = make({ wait });
  const v1 = await serverless.deploy(spec('async () => { await wait(); return 1; }'));
  const running = serverless.invoke('acme', 'f', null, { detailed: true });
  await until(() => waiting() === 1, 'the old version runs');
  const v2 = await serverless.deploy(spec('async () => 2'));
  expect(v2.version).not.toBe(v1.version);
  expect(await serverless.invoke('acme', 'f')).toBe(2);
  open();
  expect(await running).toMatchObject({ value: 1, version: v1.version });
  await until(() => serverless.stats().pool.runtimes === 1, 'the old runtime is gone');
  expect(serverless.stats().pool.evictions).toEqual({ replaced: 1 });
});

test('an old version that does not finish is stopped after drainTimeout', async () => {
  const { wait, waiting } = gate();
  const serverless = make({ wait }, { drainTimeout: 60 });
  await serverless.deploy(spec('async () => wait()'));
  const running = failure(() => serverless.invoke('acme', 'f'));
  await until(() => waiting() === 1, 'it runs');
  await serverless.deploy(spec('async () => 2'));
  expect((await running)['code']).toBe('ERR_ISOLET_TERMINATED');
  expect(await serverless.invoke('acme', 'f')).toBe(2);
});

test('the same content is the same version and keeps its warm runtime', async () => {
  const serverless = make();
  const code = '(() => { let n = 0; return () => ++n; })()';
  const first = await serverless.deploy(spec(code, { env: { A: '1', B: '2' }, secrets: { S: 'secret' } }));
  expect(await serverless.invoke('acme', 'f')).toBe(1);
  const again = await serverless.deploy(spec(code, { env: { B: '2', A: '1' }, secrets: { S: 'secret' } }));
  expect(again.version).toBe(first.version);
  expect(await serverless.invoke('acme', 'f')).toBe(2);
  const other = await serverless.deploy(spec(code, { env: { A: '1', B: '2' }, secrets: { S: 'another' } }));
  expect(other.version).not.toBe(first.version);
  expect(await serverless.invoke('acme', 'f')).toBe(1);
});

test('a deployment that fails changes nothing', async () => {
  const serverless = make();
  const good = await serverless.deploy(spec('() => 1'));
  for (const bad of [
    spec('() => {'),
    spec('42'),
    spec('(() => { throw new Error("at load") })()'),
    spec('(() => 5)()'),
    spec('() => { throw new Error("in dry run") }', { dryRun: { event: 1 } }),
    spec('(() => { for (;;); })()'),
  ]) {
    const error = await failure(() => serverless.deploy(bad));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_VALIDATION' });
    expect(error['issues']).toHaveLength(1);
  }
  expect(serverless.list()).toEqual([good]);
  expect(serverless.versions('acme', 'f')).toHaveLength(1);
  expect(await serverless.invoke('acme', 'f')).toBe(1);
});

test('errors while loading or in the dry run say where', async () => {
  const serverless = make();
  const error = await failure(() =>
    serverless.deploy(
      spec('(event) => {\n  if (event.n > 1)\n    throw new RangeError("no");\n}', { dryRun: { event: { n: 2 } } }),
    ),
  );
  expect(error['issues']).toMatchObject([{ message: 'dry run failed: RangeError: no', line: 3 }]);
  await serverless.deploy(spec('(event) => { throw 1; }'));
});

test('what the caller does to its spec afterwards does not matter', async () => {
  const serverless = make();
  const mine = spec('() => 1', { env: { A: '1' } });
  const deploying = serverless.deploy(mine);
  mine.code = '() => 2';
  await deploying;
  mine.code = '() => 3';
  expect(await serverless.invoke('acme', 'f')).toBe(1);
});

test('deployments of one function take effect in the order of the calls', async () => {
  const serverless = make();
  const calls = [1, 2, 3, 4, 5].map((n) => serverless.deploy(spec(n % 2 ? `(() => () => ${n})()` : `() => ${n}`)));
  await Promise.all(calls);
  expect(await serverless.invoke('acme', 'f')).toBe(5);
});

test('prewarm makes the first invocation warm, and its failure a failed deployment', async () => {
  const serverless = make();
  await serverless.deploy(spec('() => 1', { prewarm: 2 }));
  expect(serverless.stats().pool).toMatchObject({ idle: 2, coldStarts: 2 });
  expect(await serverless.invoke('acme', 'f', null, { detailed: true })).toMatchObject({ coldStart: false });
});

test('secrets are in the guest and nowhere else', async () => {
  const serverless = make();
  const events: unknown[] = [];
  for (const name of ['deploy', 'coldStart', 'invoke'] as const)
    serverless.on(name, (about: unknown) => events.push(about));
  const deployment = await serverless.deploy(
    spec('(event, { env }) => env.KEY.length', { secrets: { KEY: 'hunter22' }, env: { A: 'a' } }),
  );
  expect(await serverless.invoke('acme', 'f')).toBe(8);
  expect(deployment.secretNames).toEqual(['KEY']);
  expect(deployment.env).toEqual({ A: 'a' });
  const shown = JSON.stringify([
    deployment,
    serverless.list(),
    serverless.versions('acme', 'f'),
    serverless.stats(),
    serverless.usage(),
    events,
  ]);
  expect(shown).not.toContain('hunter22');
});

test('undeploy and deploy of the same content in one breath', async () => {
  const { wait, open, waiting } = gate();
  const serverless = make({ wait });
  const same = spec('async (event) => (event ? wait() : 1)');
  await serverless.deploy(same);
  const running = serverless.invoke('acme', 'f', true);
  await until(() => waiting() === 1, 'it runs');
  const gone = serverless.undeploy('acme', 'f');
  await serverless.deploy(same);
  expect(await serverless.invoke('acme', 'f')).toBe(1);
  await gone;
  open();
  expect(await running).toBe('open');
});
