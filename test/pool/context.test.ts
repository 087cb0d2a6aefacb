import { expect, test } from 'vitest';
import { fn, usePools } from './support.ts';

const makePool = usePools();

test('the second argument says who, which version, with what and until when', async () => {
  const pool = makePool();
  const spec = fn(
    '(event, context) => ({ ...context, log: typeof context.log, remainingTime: context.remainingTime() })',
    {
      version: 'v1',
      env: { CITY: 'Bern' },
      secrets: { KEY: 'hunter22' },
      timeout: 1000,
    },
  );
  const before = Date.now();
  const context = await pool.invoke<Record<string, unknown>>(spec, null, { invocationId: 'call-1' });
  expect(context).toMatchObject({
    tenantId: 'acme',
    functionName: 'f',
    version: 'v1',
    invocationId: 'call-1',
    env: { CITY: 'Bern', KEY: 'hunter22' },
    log: 'function',
  });
  expect(context['deadline']).toBeGreaterThanOrEqual(before + 1000);
  expect(context['remainingTime']).toBeGreaterThan(0);
  expect(context['remainingTime']).toBeLessThanOrEqual(1000);
});

test('a function can’t change its env for the next invocation', async () => {
  const pool = makePool();
  const spec = fn('(event, { env }) => { const seen = env.A; try { env.A = "changed"; } catch {} return seen; }', {
    env: { A: 'a' },
  });
  expect([await pool.invoke(spec), await pool.invoke(spec)]).toEqual(['a', 'a']);
});

test('logs belong to the invocation that wrote them, in order, with level and time', async () => {
  const pool = makePool({ pause: () => new Promise((resolve) => setTimeout(resolve, 5)) });
  const spec = fn(`async (event, { log }) => {
    log('first', event, { a: 1 }, [1n === 1n]);
    await pause();
    log.warn('second', event);
    log.error(new TypeError('bad').message);
    return event;
  }`);
  const results = await Promise.all([1, 2, 3].map((n) => pool.invoke(spec, n, { detailed: true })));
  for (const { value, logs } of results) {
    expect(logs.map(({ level, message }) => [level, message])).toEqual([
      ['log', `first ${value} {"a":1} [true]`],
      ['warn', `second ${value}`],
      ['error', 'bad'],
    ]);
    for (const { time } of logs) expect(Math.abs(Date.now() - time)).toBeLessThan(10_000);
  }
});

test('console feeds the same logs; without it the guest has V8’s mute one or none', async () => {
  const pool = makePool();
  const spec = fn('() => { console.log("a", 1); console.error("b"); }');
  const { logs } = await pool.invoke(spec, null, { detailed: true });
  expect(logs.map(({ level, message }) => `${level} ${message}`)).toEqual(['log a 1', 'error b']);
  const mute = makePool({}, { console: false });
  const result = await mute.invoke(fn('() => { globalThis.console?.log("a"); }'), null, { detailed: true });
  expect(result.logs).toEqual([]);
});

test('logs are bounded, in the guest and in the host', async () => {
  const pool = makePool();
  const spec = fn('(event, { log }) => { for (let i = 0; i < 1000; i++) log("0123456789"); }', { maxLogBytes: 260 });
  const { logs, logsDropped } = await pool.invoke(spec, null, { detailed: true });
  expect(logs).toHaveLength(10);
  expect(logsDropped).toBeGreaterThan(0);
  const long = fn('(event, { log }) => { log("é".repeat(1e6)); }', { maxLogBytes: 100 });
  const cut = await pool.invoke(long, null, { detailed: true });
  expect(cut.logs).toHaveLength(1);
  expect(Buffer.byteLength(cut.logs[0]?.message ?? '')).toBeLessThanOrEqual(84);
  expect(cut.logs[0]?.message).toMatch(/^é+$/);
});

test('log takes whatever it is given', async () => {
  const pool = makePool();
  const spec = fn(`(event, { log }) => {
    const loop = {}; loop.self = loop;
    log(loop, Symbol('s'), undefined, null, 10n, () => 1, { toJSON() { throw 1; } }, Object.create(null));
  }`);
  const { logs } = await pool.invoke(spec, null, { detailed: true });
  expect(logs).toHaveLength(1);
  expect(logs[0]?.message).toContain('Symbol(s) undefined null 10 () => 1 [not printable] {}');
});

test('secrets never appear in logs or errors', async () => {
  const pool = makePool({ fail: (text: string) => Promise.reject(new Error(`upstream said ${text}`)) });
  const secrets = { KEY: 'hunter22' };
  const spec = fn(
    `async (event, { env, log }) => {
      log('key is', env.KEY, { nested: env.KEY });
      console.log(env.KEY);
      if (event === 'throw') throw new Error('bad key ' + env.KEY);
      if (event === 'value') throw { key: env.KEY, list: [env.KEY] };
      if (event === 'host') await fail(env.KEY);
      return 'ok';
    }`,
    { secrets },
  );
  const shown: unknown[] = [];
  pool.on('log', (entry) => shown.push(entry.message));
  pool.on('invoke', (report) => shown.push(JSON.stringify(report)));
  for (const event of ['ok', 'throw', 'value', 'host']) {
    await pool.invoke(spec, event).catch((error: unknown) => {
      const { message, stack, cause, thrown } = error as Error & { thrown: unknown };
      shown.push(
        message,
        stack,
        String(cause),
        (cause as Error | undefined)?.stack,
        JSON.stringify(thrown),
        String(thrown),
      );
    });
  }
  const failing = fn('(() => { throw new Error("x") })()', { secrets, name: 'g' });
  await pool.invoke(failing).catch((error: Error) => shown.push(error.stack));
  shown.push(JSON.stringify(pool.stats()));
  expect(shown.length).toBeGreaterThan(20);
  for (const text of shown) expect(String(text)).not.toContain('hunter22');
  expect(shown.some((text) => String(text).includes('[redacted]'))).toBe(true);
});

test('a detailed result accounts for the invocation', async () => {
  const pool = makePool({ get: async () => 1 });
  const spec = fn(
    'async () => { await get(); await get(); const end = Date.now() + 30; while (Date.now() < end); return 7; }',
  );
  const first = await pool.invoke(spec, null, { detailed: true });
  expect(first).toMatchObject({
    value: 7,
    coldStart: true,
    outcome: 'ok',
    hostCalls: 2,
    tenantId: 'acme',
    functionName: 'f',
  });
  expect(first.queueMs).toBeGreaterThan(0);
  // Date.now() counts whole milliseconds; how much of them the thread got is the machine's business.
  expect(first.durationMs).toBeGreaterThanOrEqual(29);
  expect(first.cpuMs).toBeGreaterThan(0);
  expect(first.cpuMs).toBeLessThan(first.durationMs + 5);
  expect(first.heapUsed).toBeGreaterThan(100_000);
  expect(first.gbMs).toBeCloseTo((first.durationMs * 5) / 1024, 6);
  const second = await pool.invoke(spec, null, { detailed: true });
  expect(second).toMatchObject({ coldStart: false, queueMs: 0 });
  expect(second.invocationId).not.toBe(first.invocationId);
});

test('a rejection nobody handles appears in the logs', async () => {
  const pool = makePool({ pause: () => new Promise((resolve) => setTimeout(resolve, 20)) });
  const spec = fn('async () => { Promise.reject(new RangeError("forgotten")); await pause(); }');
  const { logs } = await pool.invoke(spec, null, { detailed: true });
  expect(logs).toMatchObject([{ level: 'error', message: expect.stringContaining('RangeError: forgotten') }]);
});
