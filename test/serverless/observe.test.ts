import { channel } from 'node:diagnostics_channel';
import { type InvocationReport, invocationOf } from 'isolet';
import { expect, test } from 'vitest';
import { failure } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();

test('events tell the story', async () => {
  const serverless = make();
  const seen: string[] = [];
  for (const name of [
    'deploy',
    'undeploy',
    'rollback',
    'coldStart',
    'ready',
    'reuse',
    'evict',
    'invoke',
    'timeout',
    'heapLimit',
    'lost',
    'log',
  ] as const) {
    serverless.on(name, (about: { tenantId: string; functionName: string }) => {
      expect(about).toMatchObject({ tenantId: 'acme', functionName: 'f' });
      seen.push(name);
    });
  }
  await serverless.deploy(spec('(event, { log }) => { if (event) for (;;); log("hi"); }', { timeout: 60 }));
  await serverless.invoke('acme', 'f');
  await serverless.invoke('acme', 'f');
  await failure(() => serverless.invoke('acme', 'f', true));
  await serverless.deploy(spec('() => 1'));
  serverless.rollback('acme', 'f');
  await serverless.undeploy('acme', 'f');
  expect(seen).toEqual([
    'deploy',
    'coldStart',
    'ready',
    'log',
    'invoke',
    'reuse',
    'log',
    'invoke',
    'reuse',
    'invoke',
    'timeout',
    'evict',
    'deploy',
    'rollback',
    'undeploy',
  ]);
});

test('usage of invocations equals the sum of their answers, to the last microsecond', async () => {
  const serverless = make();
  const heard: InvocationReport[] = [];
  serverless.on('invoke', (report) => heard.push(report));
  for (const tenantId of ['a', 'b']) {
    for (const name of ['f', 'g']) {
      await serverless.deploy(
        spec(
          'async (n) => { let x = 0; for (let i = 0; i < n * 1e4; i++) x += i; await 0; if (n % 5 === 0) throw new Error("five"); if (n === 7) for (;;); return x; }',
          {
            tenantId,
            name,
            timeout: 150,
          },
        ),
      );
    }
  }
  const answers: InvocationReport[] = [];
  await Promise.all(
    Array.from({ length: 60 }, async (_, n) => {
      try {
        answers.push(await serverless.invoke(n % 3 ? 'a' : 'b', n % 2 ? 'f' : 'g', n % 12, { detailed: true }));
      } catch (error) {
        answers.push(invocationOf(error) as InvocationReport);
      }
    }),
  );
  expect(answers).toHaveLength(60);
  expect(new Set(heard.map((report) => report.invocationId)).size).toBe(60);
  for (const tenantId of ['a', 'b']) {
    const own = answers.filter((report) => report.tenantId === tenantId);
    const sum = (pick: (report: InvocationReport) => number) =>
      own.reduce((total, report) => total + Math.round(pick(report) * 1000), 0) / 1000;
    const usage = serverless.usage(tenantId);
    expect(usage.invocations).toBe(own.length);
    const { invocation } = usage.work;
    expect(invocation.cpuMs).toBe(sum((report) => report.cpuMs));
    expect(invocation.durationMs).toBe(sum((report) => report.durationMs));
    expect(invocation.gbMs).toBeCloseTo((invocation.durationMs * 5) / 1024, 9);
    const count = (outcome: string) => own.filter((report) => report.outcome === outcome).length;
    for (const [outcome, n] of Object.entries(usage.outcomes)) expect(n).toBe(count(outcome));
    const parts = Object.values(usage.functions);
    expect(parts.reduce((total, part) => total + part.invocations, 0)).toBe(own.length);
  }
  expect(serverless.usage('nobody').invocations).toBe(0);
  expect(Object.keys(serverless.usage()).sort()).toEqual(['a', 'b']);
});

test('stats count runtimes, cold starts and queues', async () => {
  const serverless = make();
  await serverless.deploy(spec('() => 1'));
  await serverless.invoke('acme', 'f');
  await serverless.invoke('acme', 'f');
  const { pool, tenants } = serverless.stats();
  expect(pool).toMatchObject({ runtimes: 1, idle: 1, active: 0, queued: 0, coldStarts: 1, hits: 1, reservedMb: 5 });
  expect(pool.coldStartMs.p50).toBeGreaterThan(0);
  expect(pool.coldStartMs.max).toBeGreaterThanOrEqual(pool.coldStartMs.p50);
  expect(tenants['acme']).toMatchObject({ functions: 1, runtimes: 1, usage: { invocations: 2, coldStarts: 1 } });
  const [only] = Object.values(pool.functions);
  expect(only).toMatchObject({ tenantId: 'acme', functionName: 'f', runtimes: 1 });
  expect(only?.heapUsed).toBeGreaterThan(0);
});

test('everything is published on diagnostics_channel', async () => {
  const serverless = make();
  const seen: unknown[] = [];
  const listen = (message: unknown) => seen.push(message);
  const invoke = channel('isolet:serverless:invoke');
  invoke.subscribe(listen);
  try {
    await serverless.deploy(spec('() => 1'));
    await serverless.invoke('acme', 'f');
  } finally {
    invoke.unsubscribe(listen);
  }
  await serverless.invoke('acme', 'f');
  expect(seen).toMatchObject([{ tenantId: 'acme', functionName: 'f', outcome: 'ok' }]);
});
