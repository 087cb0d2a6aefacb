import { type InvocationReport, invocationOf } from 'isolet';
import { expect, test } from 'vitest';
import { failure } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

const make = useServerless();

const busy = (ms: number) => `const end = Date.now() + ${ms}; while (Date.now() < end);`;
const loads = (code: string) => `(() => { ${code} return () => 1; })()`;

test('loading that computes for too long is ended by the limits that the tier sets for it', async () => {
  const tiers = { t: { timeout: 4000, loadTimeout: 80 }, c: { cpuTimeout: 4000, loadCpuTimeout: 30 } };
  const serverless = make({}, { tiers });
  const wall = await failure(() => serverless.deploy(spec(loads('for (;;);'), { tier: 't' })));
  expect(wall.message).toContain("after 80 ms: it was still running. Raise 'loadTimeout'");
  expect(wall['cause']).toMatchObject({ kind: 'wall', limit: 80 });
  const cpu = await failure(() => serverless.deploy(spec(loads('for (;;);'), { tier: 'c' })));
  expect(cpu.message).toContain("'loadCpuTimeout'");
  expect(cpu['cause']).toMatchObject({ kind: 'cpu', limit: 30 });
});

test('a function may ask for less time to load than its tier has, not for more', async () => {
  const serverless = make({}, { tiers: { t: { loadTimeout: 500, loadCpuTimeout: 200 } }, defaultTier: 't' });
  const { limits } = await serverless.deploy(spec('() => 1', { loadTimeout: 300, loadCpuTimeout: 0 }));
  expect(limits).toMatchObject({ loadTimeout: 300, loadCpuTimeout: 200 });
  const error = await failure(() => serverless.deploy(spec('() => 1', { loadTimeout: 501, loadCpuTimeout: 201 })));
  expect((error['issues'] as { message: string }[]).map(({ message }) => message)).toEqual([
    "loadTimeout 501 exceeds the 500 of tier 't'",
    "loadCpuTimeout 201 exceeds the 200 of tier 't'",
  ]);
});

test('a module that never gets past its first await is ended like any other load', async () => {
  const serverless = make({}, { tiers: { t: { loadTimeout: 250 } }, defaultTier: 't' });
  await serverless.deploy(spec('export default () => 1;'));
  const error = await failure(() =>
    serverless.deploy(spec('await new Promise(() => {}); export default () => 1;', { prewarm: true })),
  );
  const report = invocationOf(error['cause']);
  expect(report).toMatchObject({ outcome: 'timeout', limit: { name: 'loadTimeout', value: 250 } });
});

test('platform calls of a load count against maxHostCalls and maxCalls', async () => {
  let calls = 0;
  const api = { plain: () => ++calls, few: { maxCalls: 2, handler: () => ++calls } };
  const serverless = make(api, { tiers: { t: { maxHostCalls: 3 } }, defaultTier: 't' });
  const all = await failure(() => serverless.deploy(spec(loads('for (;;) plain();'))));
  expect(all.message).toContain('plain: limit of 3 platform calls per load reached (maxHostCalls)');
  expect(calls).toBe(3);
  const own = await failure(() => serverless.deploy(spec(loads('for (;;) few();'))));
  expect(own.message).toContain('few: limit of 2 calls per load reached');
  expect(calls).toBe(5);
});

test('every load has a report: what it used, called and wrote', async () => {
  const serverless = make({ db: () => 1 });
  const reports: InvocationReport[] = [];
  const lines: unknown[] = [];
  serverless.on('load', (report) => reports.push(report));
  serverless.on('log', (line) => lines.push([line.message, line.invocationId]));
  await serverless.deploy(spec(loads(`db(); console.log('loading'); ${busy(30)}`), { reuse: 'fresh' }));
  const { coldStart } = await serverless.invoke('acme', 'f', 0, { detailed: true });
  expect(coldStart).toBe(true);
  expect(reports).toMatchObject([
    { work: 'load', outcome: 'ok', hostCalls: 1, logs: [{ message: 'loading' }] },
    { work: 'load', outcome: 'ok', hostCalls: 1, logs: [{ message: 'loading' }] },
  ]);
  for (const { cpuMs, durationMs } of reports) {
    expect(cpuMs).toBeGreaterThan(0);
    expect(durationMs).toBeGreaterThanOrEqual(29);
  }
  expect(lines).toEqual([
    ['loading', undefined],
    ['loading', undefined],
  ]);
});

test('a load that fails is paid for, and its error knows its report', async () => {
  let failing = false;
  const other = make({ failing: () => failing });
  await other.deploy(
    spec(`(() => { if (failing()) { ${busy(20)} throw new Error('no'); } return () => 1; })()`, { reuse: 'fresh' }),
  );
  failing = true;
  const error = await failure(() => other.invoke('acme', 'f'));
  expect(error.message).toBe('no');
  expect(invocationOf(error)).toMatchObject({ work: 'load', outcome: 'error', hostCalls: 1, functionName: 'f' });
  const usage = other.usage('acme');
  expect(usage).toMatchObject({ invocations: 0, refused: 1, hostCalls: 2, work: { load: { count: 2 } } });
  expect(usage.cpuMs).toBeGreaterThan(2);
});

test('a load that outgrows its memory has a report and is paid for', async () => {
  const serverless = make();
  const code = loads('const keep = []; for (;;) keep.push(new Array(1000).fill(1.5));');
  const error = await failure(() => serverless.deploy(spec(code)));
  expect(invocationOf(error['cause'])).toMatchObject({
    work: 'load',
    outcome: 'heapLimit',
    limit: { name: 'memoryMb' },
  });
  const { cpuMs, durationMs, gbMs, egress, work } = serverless.usage('acme');
  expect(cpuMs).toBeGreaterThan(0);
  expect(work.load).toEqual({ count: 1, cpuMs, durationMs, gbMs, egress, hostCalls: 0 });
});

test('what a load has begun may go on calling the platform, counted with the load until its time is over', async () => {
  const asked: string[] = [];
  const get = async (key: string) => {
    asked.push(key);
    await new Promise((resolve) => setTimeout(resolve, 10));
    return key;
  };
  const serverless = make({ get });
  const code = (calls: number) =>
    `const ready = (async () => { let all = ''; for (let i = 0; i < ${calls}; i++) all += await get('k' + i); return all; })();
    ready.catch(() => {});
    export default () => ready;`;
  await serverless.deploy(spec(code(3)));
  await serverless.undeploy('acme', 'f');
  serverless.takeUsage();
  asked.length = 0;
  await serverless.deploy(spec(code(3)));
  expect(await serverless.invoke('acme', 'f')).toBe('k0k1k2');
  await serverless.undeploy('acme', 'f');
  const { hostCalls, work } = serverless.usage('acme');
  expect(hostCalls).toBe(asked.length);
  expect(work.load.hostCalls + work.late.hostCalls).toBe(hostCalls);

  await serverless.deploy(spec(code(5), { maxHostCalls: 3 }));
  const few = await failure(() => serverless.invoke('acme', 'f'));
  expect(few.message).toContain('get: limit of 3 platform calls per load reached (maxHostCalls)');
  await serverless.deploy(spec(code(1000), { loadTimeout: 200 }));
  const late = await failure(() => serverless.invoke('acme', 'f'));
  expect(late.message).toContain('get: the load has ended');
});
