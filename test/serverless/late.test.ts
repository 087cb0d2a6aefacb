import type { InvocationReport, LateReport } from 'isolet';
import { expect, test } from 'vitest';
import { spec, useServerless } from './support.ts';

const make = useServerless();

test('work after the answer is paid for by its tenant, under the limits of its tier, to the microsecond', async () => {
  const serverless = make(
    { tick: async () => {} },
    { tiers: { free: { lateTimeout: 20_000, lateCpuTimeout: 10_000 } }, defaultTier: 'free' },
  );
  const reports: InvocationReport[] = [];
  for (const name of ['invoke', 'load', 'dryRun', 'late'] as const) {
    serverless.on(name, (report: InvocationReport) => reports.push(report));
  }
  const code = `(event, { waitUntil }) => {
    waitUntil((async () => {
      await tick();
      const end = Date.now() + 20;
      while (Date.now() < end);
      await tick();
    })());
    return event;
  }`;
  const { limits } = await serverless.deploy(spec(code, { dryRun: { event: 1 } }));
  expect(limits).toMatchObject({ lateTimeout: 20_000, lateCpuTimeout: 10_000 });
  const answers = await Promise.all(
    [1, 2, 3].map((n) => serverless.invoke<number>('acme', 'f', n, { detailed: true })),
  );
  const late = (await Promise.all(answers.map((answer) => answer.late))) as LateReport[];
  expect(late.map(({ outcome, work, hostCalls }) => [outcome, work, hostCalls])).toEqual(
    Array(3).fill(['ok', 'late', expect.any(Number)]),
  );
  await serverless.cleanup();
  const usage = serverless.usage('acme');
  const sum = (of: 'cpuMs' | 'durationMs') => reports.reduce((total, each) => total + Math.round(each[of] * 1000), 0);
  expect(Math.round(usage.cpuMs * 1000)).toBe(sum('cpuMs'));
  expect(Math.round(usage.durationMs * 1000)).toBe(sum('durationMs'));
  // Two calls of each of the four that ran.
  expect(usage.hostCalls).toBe(8);
  expect(usage.work.late.cpuMs).toBeGreaterThan(0);
  expect(usage.work.late.count).toBeGreaterThanOrEqual(4);
});
