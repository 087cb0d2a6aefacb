import type { InvocationReport, ServerlessRuntime } from 'isolet';
import { expect, test } from 'vitest';
import { failure } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();

const compute = 'for (let i = 0, x = 0; i < 3e5; i++) x += i;';

function listen(serverless: ServerlessRuntime): InvocationReport[] {
  const reports: InvocationReport[] = [];
  for (const name of ['invoke', 'load', 'dryRun', 'late'] as const)
    serverless.on(name, (report: InvocationReport) => reports.push(report));
  return reports;
}

const micros = (reports: InvocationReport[], of: 'cpuMs' | 'durationMs') =>
  reports.reduce((sum, report) => sum + Math.round(report[of] * 1000), 0);

test('usage is the sum of the reports of loads, dry runs, invocations and what they left behind, to the microsecond', async () => {
  const serverless = make({ db: () => 1 });
  const reports = listen(serverless);
  for (const [name, reuse] of [['f', 'warm'] as const, ['g', 'fresh'] as const]) {
    const code = `(() => { ${compute} db(); return async (n) => { ${compute} await 0; db(); Promise.resolve().then(() => { ${compute} }); if (n === 2) throw new Error('two'); return n; }; })()`;
    await serverless.deploy(spec(code, { name, reuse, dryRun: { event: 1 } }));
    await Promise.allSettled([1, 2, 3, 4].map((n) => serverless.invoke('acme', name, n)));
  }
  await serverless.cleanup();
  const usage = serverless.usage('acme');
  expect(Math.round(usage.cpuMs * 1000)).toBe(micros(reports, 'cpuMs'));
  expect(Math.round(usage.durationMs * 1000)).toBe(micros(reports, 'durationMs'));
  expect(usage.hostCalls).toBe(reports.reduce((sum, report) => sum + report.hostCalls, 0));
  expect(usage.invocations).toBe(8);
  for (const [work, part] of Object.entries(usage.work)) {
    const own = reports.filter((report) => report.work === work);
    expect(part.count).toBe(own.length);
    expect(Math.round(part.cpuMs * 1000)).toBe(micros(own, 'cpuMs'));
    expect(Math.round(part.durationMs * 1000)).toBe(micros(own, 'durationMs'));
  }
  expect(usage.work).toMatchObject({ invocation: { count: 8 }, dryRun: { count: 2 } });
  expect(usage.work.load.count).toBeGreaterThanOrEqual(6);
});

test('a dry run appears in usage, also one that fails, and is no invocation', async () => {
  const serverless = make({ db: () => 1 });
  await serverless.deploy(spec(`() => { db(); ${compute} }`, { dryRun: { event: 0 } }));
  await failure(() => serverless.deploy(spec('() => { db(); throw new Error("no"); }', { dryRun: { event: 0 } })));
  const usage = serverless.usage('acme');
  expect(usage).toMatchObject({ invocations: 0, outcomes: {}, coldStarts: 0, hostCalls: 2 });
  expect(usage.work.dryRun).toMatchObject({ count: 2, hostCalls: 2 });
  expect(usage.work.dryRun.cpuMs).toBeGreaterThan(0);
  expect(usage.functions['f']).toMatchObject({ work: usage.work });
});

test('usage that was taken is not there any more, and what comes later begins at nothing', async () => {
  const serverless = make();
  for (const tenantId of ['a', 'b', '__proto__']) {
    await serverless.deploy(spec('(n) => n', { tenantId }));
    await serverless.invoke(tenantId, 'f', 1);
  }
  const before = serverless.usage('a');
  expect(serverless.takeUsage('a')).toEqual(before);
  expect(serverless.usage('a').invocations).toBe(0);
  await serverless.invoke('a', 'f', 1);
  expect(serverless.usage('a')).toMatchObject({ invocations: 1, functions: { f: { invocations: 1 } } });
  const all = serverless.takeUsage();
  expect(Object.entries(all).map(([id, usage]) => [id, usage.invocations])).toEqual([
    ['b', 1],
    ['__proto__', 1],
    ['a', 1],
  ]);
  expect(Object.keys(serverless.usage())).toEqual([]);
  expect(serverless.takeUsage('nobody')).toMatchObject({ invocations: 0, functions: {} });
  expect(() => serverless.takeUsage(1 as never)).toThrow(/tenantId/);
  expect(() => serverless.usage({ tenantId: 'acme' } as never)).toThrow(/tenantId/);
  expect(() => serverless.list(null as never)).toThrow(/tenantId/);
});

test('a tenant that is forgotten leaves nothing in the books, and its functions go on', async () => {
  const serverless = make();
  await serverless.deploy(spec('(n) => n', { tenantId: 'gone' }));
  await serverless.invoke('gone', 'f', 1);
  await serverless.undeploy('gone', 'f');
  await serverless.deploy(spec('(n) => n', { tenantId: 'here' }));
  await serverless.invoke('here', 'f', 1);
  expect(serverless.forgetTenant('gone')).toMatchObject({ invocations: 1 });
  expect(Object.keys(serverless.stats().tenants)).toEqual(['here']);
  expect(Object.keys(serverless.usage())).toEqual(['here']);
  expect(serverless.forgetTenant('here')).toMatchObject({ invocations: 1 });
  expect(await serverless.invoke('here', 'f', 2)).toBe(2);
  expect(serverless.usage('here').invocations).toBe(1);
  expect(() => serverless.forgetTenant('')).toThrow(/tenantId/);
});
