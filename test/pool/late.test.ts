import { DeadlockError, JavaScriptError, type LateReport, type LogEntry, type RuntimePool, TimeoutError } from 'isolet';
import { expect, test } from 'vitest';
import { failure } from '../runtime/support.ts';
import { fn, gate, record, usePools } from './support.ts';

const makePool = usePools();

/** How long a busy machine may take. */
const soon = { timeout: 20_000 };

type Line = LogEntry & { invocationId: string | undefined; late?: boolean | undefined };

function watch(pool: RuntimePool): { reports: LateReport[]; lines: Line[] } {
  const reports: LateReport[] = [];
  const lines: Line[] = [];
  // A runtime that is gone has a report as well, of what no invocation was charged for.
  const ids = new Set<string>();
  pool.on('invoke', ({ invocationId }) => ids.add(invocationId));
  pool.on('late', (report) => ids.has(report.invocationId) && reports.push(report));
  pool.on('log', (line) => lines.push(line));
  return { reports, lines };
}

test('the answer does not wait for what is given to waitUntil; its lines and calls are in a report of its own', async () => {
  const { wait, open, waiting } = gate();
  const seen: unknown[] = [];
  const pool = makePool({
    wait,
    note: { handler: ({ invocationId, deadline }, what) => void seen.push([invocationId, Number(deadline) > 0, what]) },
  });
  const { reports, lines } = watch(pool);
  const code = `async (event, { waitUntil, log }) => {
    log('early');
    note('early');
    waitUntil((async () => {
      await wait();
      note('late');
      log.warn('late');
      console.log('to the console');
    })());
    return event + 1;
  }`;
  const result = await pool.invoke(fn(code), 1, { detailed: true, invocationId: 'i' });
  expect(result.value).toBe(2);
  expect(result).toMatchObject({ outcome: 'ok', hostCalls: 2 });
  expect(result.logs.map(({ message }) => message)).toEqual(['early']);
  expect(reports).toEqual([]);
  await expect.poll(waiting, soon).toBe(1);
  open();
  const report = await result.late;
  expect(reports).toEqual([report]);
  expect(report).toMatchObject({ invocationId: 'i', outcome: 'ok', hostCalls: 1, tenantId: 'acme', functionName: 'f' });
  expect(report?.logs.map(({ level, message }) => [level, message])).toEqual([
    ['warn', 'late'],
    ['log', 'to the console'],
  ]);
  expect(report?.durationMs).toBeGreaterThan(0);
  // What the caller was given does not change.
  expect(result.logs).toHaveLength(1);
  expect(lines.map(({ invocationId, late, message }) => [invocationId, late, message])).toEqual([
    ['i', undefined, 'early'],
    ['i', true, 'late'],
    ['i', true, 'to the console'],
  ]);
  expect(seen).toEqual([
    ['i', true, 'early'],
    ['i', true, 'late'],
  ]);
});

test('who gives nothing to waitUntil has no late report', async () => {
  const pool = makePool();
  const { reports } = watch(pool);
  expect(await pool.invoke(fn('() => 1'), 1, { detailed: true })).not.toHaveProperty('late');
  expect(reports).toEqual([]);
});

test('its failures are in the report, the first as its error', async () => {
  const pool = makePool();
  const { reports, lines } = watch(pool);
  const code = `(event, context) => {
    context.waitUntil(Promise.reject(new TypeError('first of ' + context.env.KEY)));
    context.waitUntil((async () => { await null; throw 'second'; })());
    context.waitUntil('no promise');
    context.waitUntil({ get then() { throw new Error('third'); } });
    if (event === 'throw') throw new Error('the answer');
    return 1;
  }`;
  const spec = fn(code, { secrets: { KEY: 'hunter22' } });
  expect(await pool.invoke(spec)).toBe(1);
  await expect.poll(() => reports.length, soon).toBe(1);
  const [report] = reports;
  expect(report).toMatchObject({ outcome: 'error' });
  expect(report?.error).toBeInstanceOf(JavaScriptError);
  expect(report?.error).toMatchObject({ name: 'TypeError', message: 'first of [redacted]' });
  expect(report?.error).toMatchObject({ stack: expect.stringContaining('acme/f.js') });
  const text = lines.map(({ level, message }) => `${level} ${message.split('\n')[0]}`);
  expect(text.sort()).toEqual([
    'error waitUntil: Error: third',
    'error waitUntil: TypeError: first of [redacted]',
    'error waitUntil: second',
  ]);
  // Whether the function itself succeeded or not.
  expect((await failure(() => pool.invoke(spec, 'throw'))).message).toBe('the answer');
  await expect.poll(() => reports.length, soon).toBe(2);
  expect(pool.stats().coldStarts).toBe(1);
});

test('late work may give more to waitUntil; when all is over nothing more', async () => {
  const pool = makePool({ tick: async () => {} });
  const { reports } = watch(pool);
  const code = `(event, context) => {
    if (event === 'again') return globalThis.kept.waitUntil(tick());
    globalThis.kept = context;
    context.waitUntil((async () => {
      await tick();
      context.waitUntil(tick().then(() => context.log('nested')));
    })());
  }`;
  await pool.invoke(fn(code));
  await expect.poll(() => reports.length, soon).toBe(1);
  expect(reports[0]?.logs.map(({ message }) => message)).toEqual(['nested']);
  const refused = await failure(() => pool.invoke(fn(code), 'again'));
  expect(refused.message).toBe('waitUntil: the invocation has ended');
});

test('it has limits of its own, and a runtime that reached one is replaced', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait });
  const { reports } = watch(pool);
  const seen = record(pool, 'evict');
  const limits = { lateTimeout: 80, lateCpuTimeout: 60 };
  const hang = fn('(event, { waitUntil }) => { waitUntil(new Promise(() => {})); return 1; }', limits);
  expect(await pool.invoke(hang)).toBe(1);
  await expect.poll(() => reports.length, soon).toBe(1);
  expect(reports[0]).toMatchObject({ outcome: 'timeout', limit: { name: 'lateTimeout', value: 80, phase: 'pending' } });
  expect(reports[0]?.error).toBeInstanceOf(TimeoutError);
  const loop = fn('(event, { waitUntil }) => { waitUntil(wait().then(() => { for (;;); })); return 1; }', {
    ...limits,
    lateTimeout: 20_000,
  });
  expect(await pool.invoke(loop)).toBe(1);
  await expect.poll(waiting, soon).toBe(1);
  open();
  await expect.poll(() => reports.length, soon).toBe(2);
  expect(reports[1]).toMatchObject({ outcome: 'timeout', limit: { name: 'lateCpuTimeout', value: 60 } });
  // The processor time of late work is somebody's.
  expect(reports[1]?.cpuMs).toBeGreaterThan(40);
  await expect.poll(() => seen, soon).toEqual(['evict f timeout', 'evict f timeout']);
});

test('what is stopped at once, still under the limits of the invocation, is a failure of the late work', async () => {
  const pool = makePool({ tick: async () => {} });
  const { reports } = watch(pool);
  const code = '(event, { waitUntil }) => { waitUntil(tick().then(() => { for (;;); })); return 1; }';
  await pool.invoke(fn(code, { timeout: 100, cpuTimeout: 80, lateTimeout: 60_000, lateCpuTimeout: 100 }));
  await expect.poll(() => reports.length, soon).toBe(1);
  expect(reports[0]).toMatchObject({ outcome: 'timeout', error: expect.any(TimeoutError) });
});

test('late work counts as running: for concurrency, for closing, for calls and lines', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait, note: () => undefined });
  const { reports } = watch(pool);
  const code = `(event, { waitUntil, log }) => {
    note();
    log('0123456789');
    waitUntil((async () => {
      await wait();
      for (let i = 0; i < 9; i++) log('0123456789');
      note();
    })());
    return event;
  }`;
  const spec = fn(code, { concurrency: 1, maxHostCalls: 2, maxLogBytes: 60 });
  expect(await pool.invoke(spec, 1)).toBe(1);
  await expect.poll(waiting, soon).toBe(1);
  expect(pool.stats()).toMatchObject({ active: 1, idle: 0 });
  const second = pool.invoke(spec, 2);
  await expect.poll(() => pool.stats().queued, soon).toBe(1);
  open();
  expect(await second).toBe(2);
  expect(reports[0]?.error).toMatchObject({ message: expect.stringContaining('maxHostCalls') });
  expect(reports[0]?.logs).toHaveLength(1);
  expect(reports[0]?.logsDropped).toBeGreaterThan(0);
  let closed = false;
  const closing = pool.close().then(() => {
    closed = true;
  });
  await expect.poll(waiting, soon).toBe(1);
  expect(closed).toBe(false);
  open();
  await closing;
  expect(reports).toHaveLength(2);
});

test('an isolate used once goes when its late work is over', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait });
  const { reports } = watch(pool);
  const spec = fn('(event, { waitUntil }) => { waitUntil(wait()); return 1; }', { reuse: 'fresh' });
  expect(await pool.invoke(spec)).toBe(1);
  await expect.poll(waiting, soon).toBe(1);
  expect(pool.stats().functions).not.toEqual({});
  open();
  await expect.poll(() => pool.stats().functions, soon).toEqual({});
  expect(reports).toMatchObject([{ outcome: 'ok' }]);
});

test('late work goes on when its caller hangs up, and ends with its runtime', async () => {
  const { wait, open, waiting } = gate();
  const asked: string[] = [];
  const pool = makePool({ wait, ask: (what: string) => void asked.push(what) });
  const { reports } = watch(pool);
  const code = `async (event, { waitUntil }) => {
    if (event === 'ping') return;
    waitUntil(wait().then(() => ask('late')));
    await wait();
  }`;
  const hangUp = new AbortController();
  const aborted = failure(() => pool.invoke(fn(code), 1, { signal: hangUp.signal }));
  await expect.poll(waiting, soon).toBe(2);
  // Its code has got to where it waits.
  await pool.invoke(fn(code), 'ping');
  hangUp.abort();
  await aborted;
  open();
  await expect.poll(() => reports.length, soon).toBe(1);
  expect(asked).toEqual(['late']);
  expect(reports[0]).toMatchObject({ outcome: 'ok', hostCalls: 1 });
  const spec = fn('(event, { waitUntil }) => { waitUntil(wait()); return 1; }', { name: 'g' });
  expect(await pool.invoke(spec)).toBe(1);
  await pool.close({ drain: false });
  expect(reports[1]).toMatchObject({ functionName: 'g', outcome: 'terminated' });
});

test('a platform function that late work calls can’t wait for that work', async () => {
  const seen: unknown[] = [];
  const pool: RuntimePool = makePool({
    tick: async () => {},
    close: async () => {
      seen.push(await failure(() => pool.close()));
    },
  });
  const { reports } = watch(pool);
  await pool.invoke(fn('(event, { waitUntil }) => { waitUntil(tick().then(() => close())); }'));
  await expect.poll(() => reports.length, soon).toBe(1);
  expect(seen).toMatchObject([expect.any(DeadlockError)]);
});

test('without waitUntil late lines and rejections are events with the invocation’s id', async () => {
  const { wait, open, waiting } = gate();
  const asked: unknown[] = [];
  const pool = makePool({ wait, ask: () => void asked.push(1) });
  const { reports, lines } = watch(pool);
  const code = `(event, { log }) => {
    wait().then(() => {
      console.log('late line');
      log('late context line');
      try { ask(); } catch (error) { log(error.message); }
      throw new Error('late failure');
    });
    return 1;
  }`;
  const result = await pool.invoke(fn(code), 1, { detailed: true, invocationId: 'i' });
  await expect.poll(waiting, soon).toBe(1);
  open();
  await expect.poll(() => lines.length, soon).toBe(4);
  expect(
    lines.map(({ invocationId, late, level, message }) => [invocationId, late, level, message.split('\n')[0]]),
  ).toEqual([
    ['i', true, 'log', 'late line'],
    ['i', true, 'log', 'late context line'],
    ['i', true, 'log', 'ask: the invocation has ended'],
    ['i', true, 'error', 'Unhandled rejection: Error: late failure'],
  ]);
  expect(result.logs).toEqual([]);
  expect([asked, reports]).toEqual([[], []]);
});

test('lines that nobody remembers are bounded, and so are those of each late invocation', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait });
  const { lines } = watch(pool);
  const code = `(event) => {
    if (event === 'leave') {
      const done = wait();
      (async () => {
        for (let i = 0; i < 500; i++) { await done; console.log('0123456789'); }
      })();
    }
  }`;
  const spec = fn(code, { maxLogBytes: 260 });
  await pool.invoke(spec, 'leave');
  for (let i = 0; i < 40; i++) await pool.invoke(spec, i);
  await expect.poll(waiting, soon).toBe(1);
  open();
  await expect.poll(() => lines.length, soon).toBeGreaterThan(0);
  await pool.invoke(spec, 'end');
  expect(lines.length).toBeLessThanOrEqual(11);
});

test('a limit that stops what an invocation left behind costs the runtime', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait });
  const { lines } = watch(pool);
  const seen = record(pool, 'evict');
  await pool.invoke(fn('() => { wait().then(() => { for (;;); }); }', { timeout: 100 }));
  await expect.poll(waiting, soon).toBe(1);
  open();
  await expect.poll(() => seen, soon).toEqual(['evict f timeout']);
  expect(lines.map(({ message }) => message)).toEqual([expect.stringMatching(/left behind was stopped/)]);
});

test('waitUntil relies on nothing that the function could have replaced', async () => {
  const pool = makePool({ tick: async () => {} });
  const { reports, lines } = watch(pool);
  const code = `(event, context) => {
    const lost = () => { throw new Error('replaced'); };
    for (const name of ['then', 'catch', 'finally']) Promise.prototype[name] = lost;
    for (const name of ['get', 'set', 'delete', 'has']) Map.prototype[name] = lost;
    globalThis.Promise = Map;
    context.waitUntil((async () => { await tick(); context.log('done'); })());
    for (let i = 0; i < 1000; i++) context.waitUntil(i);
    return Object.getOwnPropertyNames(globalThis).filter((name) => /late|wait/i.test(name));
  }`;
  expect(await pool.invoke(fn(code, { memoryMb: 16 }))).toEqual([]);
  await expect.poll(() => reports.length, soon).toBe(1);
  expect(reports[0]).toMatchObject({ outcome: 'ok' });
  expect(lines.map(({ message }) => message)).toEqual(['done']);
});
