import type { InvocationReport, JsFunction, ServerlessOptions, ServerlessRuntime } from 'isolet';
import { expect, test } from 'vitest';
import { failure, until } from '../runtime/support.ts';
import { spec, useServerless } from './support.ts';

const made = useServerless();
const make = (api = {}, options: ServerlessOptions = {}) =>
  made(api, { ...options, pool: { ...options.pool, runtime: { streams: true } } });

const busy = (ms: number) => `{ const end = Date.now() + ${ms}; while (Date.now() < end); }`;
const counting = (pull: string, chunks = 4) =>
  `() => { let n = 0; return new ReadableStream({ async pull(c) { ${pull}; c.enqueue('c' + n); if (++n === ${chunks}) c.close(); } }, { highWaterMark: 0 }); }`;

function reportsOf(serverless: ServerlessRuntime): (InvocationReport & { error?: unknown })[] {
  const reports: (InvocationReport & { error?: unknown })[] = [];
  serverless.on('handedOut', (report) => reports.push(report));
  return reports;
}

async function read(stream: unknown, between: () => unknown = () => undefined): Promise<string> {
  let text = '';
  for await (const chunk of stream as AsyncIterable<string>) {
    text += chunk;
    await between();
  }
  return text;
}

const pause = (ms: number) => () => new Promise((resolve) => setTimeout(resolve, ms));

test('reading a stream is under the limits of its invocation', async () => {
  const serverless = make({}, { tiers: { t: { timeout: 100 }, c: { cpuTimeout: 40 } } });
  const reports = reportsOf(serverless);
  await serverless.deploy(spec(counting('for (;;);'), { name: 'wall', tier: 't' }));
  await serverless.deploy(spec(counting('for (;;);'), { name: 'cpu', tier: 'c' }));
  const wall = await failure(async () => read(await serverless.invoke('acme', 'wall')));
  expect(wall).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT', kind: 'wall', limit: 100 });
  const cpu = await failure(async () => read(await serverless.invoke('acme', 'cpu')));
  expect(cpu).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT', kind: 'cpu', limit: 40 });
  expect(cpu.message).toContain("'streamCpuTimeout'");
  await until(() => reports.length === 2, 'both have been reported');
  expect(reports).toMatchObject([
    { work: 'handedOut', outcome: 'timeout', limit: { name: 'timeout', value: 100 } },
    { work: 'handedOut', outcome: 'timeout', limit: { name: 'streamCpuTimeout', value: 40 } },
  ]);
});

test('the processor time of all reads together has a limit', async () => {
  const serverless = make({}, { tiers: { t: { streamCpuTimeout: 60 } }, defaultTier: 't' });
  await serverless.deploy(spec(counting(busy(25), 1000)));
  const error = await failure(async () => read(await serverless.invoke('acme', 'f')));
  expect(error).toMatchObject({ kind: 'cpu', limit: 60 });
});

test('a stream is paid for until it ends, and its platform calls and lines are those of its invocation', async () => {
  const callers: unknown[] = [];
  const serverless = make({
    kv: {
      get: {
        handler: async (caller: { invocationId: string; signal: AbortSignal }) =>
          callers.push([caller.invocationId, caller.signal.aborted]),
      },
    },
  });
  const reports = reportsOf(serverless);
  await serverless.deploy(spec(counting(`await kv.get(); console.log('line ' + n); ${busy(10)}`, 3)));
  const { value, ...report } = await serverless.invoke<ReadableStream>('acme', 'f', 0, { detailed: true });
  expect(serverless.stats().tenants['acme']).toMatchObject({ active: 1 });
  expect(await read(value)).toBe('c0c1c2');
  await until(() => reports.length === 1, 'the end of the stream has been reported');
  expect(callers).toEqual(Array(3).fill([report.invocationId, false]));
  expect(report.logs).toEqual([]);
  const [over] = reports as [InvocationReport];
  expect(over).toMatchObject({ invocationId: report.invocationId, outcome: 'ok', hostCalls: 3 });
  expect(over.logs.map(({ message }) => message)).toEqual(['line 0', 'line 1', 'line 2']);
  expect(over.durationMs).toBeGreaterThanOrEqual(30);
  expect(over.cpuMs).toBeGreaterThan(0);
  const usage = serverless.usage('acme');
  expect(usage.work.handedOut).toMatchObject({
    count: 1,
    cpuMs: over.cpuMs,
    durationMs: over.durationMs,
    hostCalls: 3,
  });
  expect(serverless.stats().tenants['acme']).toMatchObject({ active: 0 });
});

test.each([
  ['an idle runtime', { pool: { idleTtl: 30 } }, {}],
  ['a runtime for one invocation', {}, { reuse: 'fresh' as const }],
])('%s stays for a stream that is read slowly', async (_name, options, more) => {
  const serverless = make({}, options);
  await serverless.deploy(spec(counting(''), more));
  expect(await read(await serverless.invoke('acme', 'f'), pause(60))).toBe('c0c1c2c3');
});

test('a stream of a replaced version is read to its end, or is told why not after drainTimeout', async () => {
  const serverless = make({}, { drainTimeout: 150 });
  await serverless.deploy(spec(counting('')));
  const stream = (await serverless.invoke('acme', 'f')) as ReadableStream;
  const slow = (await serverless.invoke('acme', 'f')) as ReadableStream;
  await serverless.deploy(spec('() => 2'));
  expect(await read(stream)).toBe('c0c1c2c3');
  const error = await failure(() => read(slow, pause(100)));
  expect(error.code).toMatch(/TERMINATED|CLOSED/);
  expect(error.message).toContain('replaced');
});

test('what is handed out for longer than streamTimeout is ended and says so', async () => {
  const serverless = make({}, { tiers: { t: { streamTimeout: 100 } }, defaultTier: 't' });
  const reports = reportsOf(serverless);
  await serverless.deploy(spec(counting('', 1000)));
  const error = await failure(async () => read(await serverless.invoke('acme', 'f'), pause(20)));
  expect(error).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT', limit: 100 });
  expect(error.message).toContain("'streamTimeout'");
  expect(reports).toMatchObject([{ outcome: 'timeout', limit: { name: 'streamTimeout', value: 100 } }]);
  expect(serverless.stats().tenants['acme']).toMatchObject({ active: 0 });
});

test('a stream that nobody reads any more does not keep its place', async () => {
  const serverless = make();
  const reports = reportsOf(serverless);
  await serverless.deploy(spec(counting('')));
  const stream = (await serverless.invoke('acme', 'f')) as ReadableStream;
  await stream.cancel();
  await until(() => reports.length === 1, 'the end of the stream has been reported');
  await serverless.invoke('acme', 'f');
  await until(() => {
    globalThis.gc?.();
    return reports.length === 2;
  }, 'a stream that was forgotten is collected');
});

test('a promise in an answer belongs to its invocation until it settles', async () => {
  const serverless = make({ wait: pause(80) });
  const reports = reportsOf(serverless);
  const code = `async () => ({ later: [(async () => { await wait(); ${busy(10)} return 'later'; })()] })`;
  await serverless.deploy(spec(code, { reuse: 'fresh' }));
  const { later } = (await serverless.invoke('acme', 'f')) as { later: [Promise<string>] };
  expect(await later[0]).toBe('later');
  await until(() => reports.length === 1, 'it has been reported');
  expect(reports).toMatchObject([{ work: 'handedOut', outcome: 'ok', hostCalls: 0 }]);
  // What it waits for began before the answer was there, by as much as the machine is busy.
  expect(reports[0]?.durationMs).toBeGreaterThanOrEqual(9);
});

test('a call of a function that was handed out is limited and paid for like an invocation', async () => {
  const serverless = make({ kv: () => 1 }, { tiers: { t: { timeout: 100, maxHostCalls: 2 } }, defaultTier: 't' });
  const reports = reportsOf(serverless);
  const code = `() => ({ next: (n) => { ${busy(10)} return kv() + n; }, loop: () => { for (;;); }, many: () => { for (;;) kv(); } })`;
  await serverless.deploy(spec(code));
  const { value, invocationId } = await serverless.invoke<Record<'next' | 'loop' | 'many', JsFunction>>(
    'acme',
    'f',
    0,
    { detailed: true },
  );
  expect(await value.next.callAsync([4])).toBe(5);
  expect(value.next(5)).toBe(6);
  expect((await failure(() => value.many.callAsync())).message).toContain('maxHostCalls');
  expect(await failure(() => value.loop.callAsync())).toMatchObject({ kind: 'wall', limit: 100 });
  expect(reports).toMatchObject([
    { work: 'handedOut', invocationId, outcome: 'ok', hostCalls: 1 },
    { work: 'handedOut', invocationId, outcome: 'ok', hostCalls: 1 },
    { work: 'handedOut', invocationId, outcome: 'error', hostCalls: 2 },
    { work: 'handedOut', invocationId, outcome: 'timeout', limit: { name: 'timeout', value: 100 } },
  ]);
  const usage = serverless.usage('acme');
  expect(usage.work.handedOut.count).toBe(4);
  expect(usage.work.handedOut.cpuMs).toBeGreaterThan(0);
  expect(usage.invocations).toBe(1);
});

test.each([
  ['an idle runtime', { pool: { idleTtl: 30 } }, {}],
  ['a runtime for one invocation', {}, { reuse: 'fresh' as const }],
])('%s stays for a function that the host holds, and goes when it lets go', async (_name, options, more) => {
  const serverless = make({}, options);
  const evicted: string[] = [];
  serverless.on('evict', ({ reason }) => evicted.push(reason));
  await serverless.deploy(spec('() => { let n = 0; return () => ++n; }', more));
  const next = (await serverless.invoke('acme', 'f')) as JsFunction;
  await pause(120)();
  expect(await next.callAsync()).toBe(1);
  expect(evicted).toEqual([]);
  next.release();
  await until(() => evicted.length === 1, 'the runtime goes');
});

test('functions that the host never lets go of keep nobody out', async () => {
  const serverless = make({}, { pool: { maxRuntimes: 3 } });
  const code = '() => { let n = 0; return () => ++n; }';
  await serverless.deploy(spec(code, { reuse: 'fresh', maxRuntimes: 2 }));
  await serverless.deploy(spec(code, { name: 'g', reuse: 'fresh' }));
  const kept: JsFunction[] = [];
  for (let i = 0; i < 8; i++) kept.push((await serverless.invoke('acme', i % 2 ? 'f' : 'g')) as JsFunction);
  expect(await kept.at(-1)?.callAsync()).toBe(1);
  const gone = await failure(() => kept[0]?.callAsync());
  expect(gone).toMatchObject({ code: 'ERR_ISOLET_CLOSED' });
});

test('what a dry run hands out ends with it', async () => {
  const serverless = make();
  const reports = reportsOf(serverless);
  await serverless.deploy(spec(counting(''), { dryRun: { event: 0 } }));
  expect(reports).toMatchObject([{ work: 'handedOut', outcome: 'terminated' }]);
});

test('a function that the guest gives to a platform function is limited in the call and after it', async () => {
  let kept: JsFunction | undefined;
  const api = {
    keep: (fn: JsFunction) => {
      kept = fn;
    },
    each: (fn: JsFunction) => [1, 2].map((n) => fn(n)),
  };
  const serverless = make(api, { tiers: { t: { timeout: 100 } }, defaultTier: 't' });
  const reports = reportsOf(serverless);
  await serverless.deploy(spec('() => { keep((n) => { if (n) for (;;); return n; }); return each((n) => n * 2); }'));
  expect(await serverless.invoke('acme', 'f')).toEqual([2, 4]);
  expect(reports).toEqual([]);
  expect(await kept?.callAsync([0])).toBe(0);
  expect(await failure(() => kept?.callAsync([1]))).toMatchObject({ limit: 100 });
  expect(reports.map(({ outcome }) => outcome)).toEqual(['ok', 'timeout']);
});

test('a stream that a platform function reads while the invocation runs is part of it', async () => {
  const upload = async (stream: AsyncIterable<string>) => {
    await pause(5)();
    return read(stream);
  };
  const serverless = make({ upload, kv: async () => 1 }, { tiers: { t: { maxHostCalls: 4 } }, defaultTier: 't' });
  const reports = reportsOf(serverless);
  await serverless.deploy(spec(`(n) => upload((${counting('await kv()', 3)})())`));
  const { value, hostCalls } = await serverless.invoke('acme', 'f', 0, { detailed: true });
  expect([value, hostCalls]).toEqual(['c0c1c2', 4]);
  await serverless.deploy(spec(`(n) => upload((${counting('await kv()', 9)})())`));
  expect((await failure(() => serverless.invoke('acme', 'f'))).message).toContain('maxHostCalls');
  expect(reports).toEqual([]);
});

test('usage is the sum of all reports with streams, promises, functions and late work, to the microsecond', async () => {
  const serverless = make({ wait: pause(5) });
  const reports: InvocationReport[] = [];
  for (const name of ['invoke', 'load', 'dryRun', 'handedOut', 'late'] as const) {
    serverless.on(name, (report: InvocationReport) => reports.push(report));
  }
  const code = `(() => { ${busy(5)} return async (n, context) => {
    context.waitUntil(wait().then(() => { ${busy(2)} }));
    const stream = (${counting(`await wait(); ${busy(2)}`, 3)})();
    return n % 2 ? { stream } : { fn: () => { ${busy(3)} return n; }, later: wait().then(() => { ${busy(2)} }) };
  }; })()`;
  await serverless.deploy(spec(code));
  await Promise.all(
    Array.from({ length: 12 }, async (_, n) => {
      const { stream, fn, later } = (await serverless.invoke('acme', 'f', n)) as {
        stream?: unknown;
        fn?: JsFunction;
        later?: Promise<void>;
      };
      if (stream) await read(stream);
      await fn?.callAsync();
      await later;
    }),
  );
  await serverless.cleanup();
  const usage = serverless.usage('acme');
  const sum = (of: 'cpuMs' | 'durationMs') =>
    reports.reduce((total, report) => total + Math.round(report[of] * 1000), 0);
  expect(Math.round(usage.cpuMs * 1000)).toBe(sum('cpuMs'));
  expect(Math.round(usage.durationMs * 1000)).toBe(sum('durationMs'));
  expect(usage.work.handedOut.count).toBe(18);
  expect(usage.work.invocation.count).toBe(12);
  expect(usage.work.late.count).toBeGreaterThanOrEqual(12);
  expect(usage.work.late.cpuMs).toBeGreaterThan(0);
});
