import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type CallerContext, RuntimePool } from 'isolet';
import { expect, test } from 'vitest';
import { failure, until } from '../runtime/support.ts';
import { fn, gate, usePools } from './support.ts';

const makePool = usePools();

/** A schema as zod, valibot or arktype would make it. */
function schema<T>(check: (value: unknown) => T, options: { async?: boolean } = {}): StandardSchemaV1<unknown, T> {
  const validate = (value: unknown): StandardSchemaV1.Result<T> => {
    try {
      return { value: check(value) };
    } catch (error) {
      return { issues: [{ message: (error as Error).message, path: ['x', { key: 0 }] }] };
    }
  };
  return {
    '~standard': { version: 1, vendor: 'test', validate: options.async ? async (value) => validate(value) : validate },
  };
}

const number = schema((value) => {
  if (typeof value !== 'number') throw new Error('not a number');
  return value;
});
const trimmed = schema((value) => String(value).trim());

test('a plain function gets the guest’s arguments and nothing else', async () => {
  const seen: unknown[][] = [];
  const pool = makePool({ plain: (...args: unknown[]) => seen.push(args) });
  await pool.invoke(fn('() => plain(1, "two", { three: 3 })'));
  expect(seen).toEqual([[1, 'two', { three: 3 }]]);
});

test('a declared API gets the caller first', async () => {
  const callers: CallerContext[] = [];
  const pool = makePool({
    whoami: {
      handler: (caller, suffix: string) => {
        callers.push(caller);
        return `${caller.tenantId}/${caller.functionName}/${suffix}`;
      },
    },
  });
  const spec = fn('async (event) => { await 0; return whoami(event); }', { version: 'v7' });
  const { value, invocationId } = await pool.invoke(spec, 'a', { detailed: true });
  expect(value).toBe('acme/f/a');
  expect(callers[0]).toMatchObject({ tenantId: 'acme', functionName: 'f', version: 'v7', invocationId });
  expect(callers[0]?.deadline).toBeGreaterThan(Date.now());
});

test('callers are told apart, however their invocations interleave', async () => {
  const { wait, open, waiting } = gate();
  const seen: [unknown, string | undefined][] = [];
  const pool = makePool({ wait, note: { handler: ({ invocationId }, n) => void seen.push([n, invocationId]) } });
  const spec = fn('async (event) => { note(event); await wait(); note(event); await 0; note(event); }');
  const runs = Promise.all([1, 2, 3].map((n) => pool.invoke(spec, n, { invocationId: `call-${n}` })));
  await until(() => waiting() === 3, 'all wait');
  open();
  await runs;
  expect(seen).toHaveLength(9);
  for (const [n, id] of seen) expect(id).toBe(`call-${n}`);
});

test('namespaces', async () => {
  const store = new Map<string, unknown>();
  const pool = makePool({
    kv: {
      get: async (key: string) => store.get(key),
      put: { handler: ({ tenantId }, key: string, value) => void store.set(`${tenantId}/${key}`, value) },
      meta: { size: () => store.size },
    },
  });
  await pool.invoke(fn('(event) => kv.put("a", event)', { name: 'g' }), 1);
  const spec = fn('async () => [await kv.get("acme/a"), kv.meta.size()]');
  expect(await pool.invoke(spec)).toEqual([1, 1]);
});

test('an allow-list hides the other APIs', async () => {
  const pool = makePool({ a: () => 1, kv: { get: () => 2, put: () => 3 } });
  const code = '() => [typeof a, typeof kv, typeof globalThis.kv?.get, typeof globalThis.kv?.put]';
  expect(await pool.invoke(fn(code, { apis: ['kv.get'] }))).toEqual(['undefined', 'object', 'function', 'undefined']);
  expect(await pool.invoke(fn(code, { apis: ['kv'] }))).toEqual(['undefined', 'object', 'function', 'function']);
  expect(await pool.invoke(fn(code, { apis: [] }))).toEqual(['undefined', 'undefined', 'undefined', 'undefined']);
});

test('schemas check and convert what comes in and what goes out', async () => {
  const pool = makePool({
    double: { input: number, output: number, handler: (_caller, n: number) => n * 2 },
    greet: { input: [trimmed, number], handler: (_caller, name: string, n: number) => `${name}!`.repeat(n) },
    lie: { output: number, handler: () => 'garbage' },
    slow: { input: schema((v) => v, { async: true }), output: number, handler: async () => 5 },
  });
  const call = (code: string) => pool.invoke(fn(`async () => ${code}`, { name: code }));
  expect(await call('double(4)')).toBe(8);
  expect(await call('greet(" Bo ", 2)')).toBe('Bo!Bo!');
  expect(await call('slow(1)')).toBe(5);
  expect(await failure(() => call('double("4")'))).toMatchObject({
    name: 'TypeError',
    message: 'double: argument 1: x.0: not a number',
  });
  expect((await failure(() => call('double(1, 2)'))).message).toContain('at most 1 argument');
  expect((await failure(() => call('greet("a")'))).message).toContain('argument 2');
  expect((await failure(() => call('lie()'))).message).toContain('lie: answer');
});

test('limits on calls: of one API, and of all', async () => {
  const pool = makePool({ few: { handler: () => 1, maxCalls: 2 }, many: () => 2 });
  const tries =
    'async () => { const out = []; for (const f of [few, few, few, many, many]) { try { out.push(await f()); } catch (e) { out.push(e.message); } } return out; }';
  expect(await pool.invoke(fn(tries))).toEqual([1, 1, expect.stringContaining('limit of 2 calls'), 2, 2]);
  expect(await pool.invoke(fn(tries, { maxHostCalls: 3, name: 'g' }))).toEqual([
    1,
    1,
    expect.stringContaining('limit of 2 calls'),
    2,
    expect.stringContaining('maxHostCalls'),
  ]);
  // Counted per invocation.
  expect((await pool.invoke<unknown[]>(fn(tries))).slice(0, 2)).toEqual([1, 1]);
});

test('an API that hangs has a limit of its own and is told to stop', async () => {
  let stopped: unknown;
  const pool = makePool({
    hang: {
      timeout: 40,
      handler: ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            stopped = signal.reason;
            reject(signal.reason);
          });
        }),
    },
  });
  const spec = fn('async () => { try { await hang(); } catch (e) { return [e.name, e.message]; } }');
  expect(await pool.invoke(spec)).toEqual(['TimeoutError', 'hang: no answer within 40 ms']);
  expect(stopped).toMatchObject({ name: 'TimeoutError' });
});

test('the signal of an API call ends with its invocation', async () => {
  const signals: AbortSignal[] = [];
  const pool = makePool({
    hang: {
      handler: ({ signal }) => {
        signals.push(signal);
        return new Promise(() => {});
      },
    },
  });
  await failure(() => pool.invoke(fn('() => hang()', { timeout: 60 })));
  expect(signals[0]?.aborted).toBe(true);
});

test('an API that throws harms only its invocation, and its stack stays at home', async () => {
  const pool = makePool({
    bad: (kind: string) => {
      if (kind === 'value') throw 42;
      if (kind === 'getter')
        throw Object.defineProperty(new Error('x'), 'message', {
          get: () => {
            throw new Error('y');
          },
        });
      if (kind === 'function') return new WeakMap();
      throw new RangeError('host trouble');
    },
  });
  const spec = fn(
    'async (event) => { try { return await bad(event); } catch (e) { return [e?.name, e?.message ?? e, String(e?.stack)]; } }',
  );
  const [name, message, stack] = await pool.invoke<string[]>(spec, 'error');
  expect([name, message]).toEqual(['RangeError', 'host trouble']);
  expect(stack).not.toContain(import.meta.dirname);
  for (const kind of ['value', 'getter', 'function']) await pool.invoke(spec, kind);
  expect(pool.stats().coldStarts).toBe(1);
});

test('calls of an invocation that was answered are refused', async () => {
  const late: unknown[] = [];
  let release: () => void = () => {};
  const pool = makePool({
    wait: () =>
      new Promise<void>((resolve) => {
        release = resolve;
      }),
    late: { handler: ({ invocationId }) => void late.push(invocationId) },
    report: (message: string) => void late.push(message),
  });
  const spec = fn('() => { wait().then(() => late()).catch((e) => { globalThis.said = e.message; }); return 1; }');
  const peek = 'async () => 2';
  expect(await pool.invoke(spec)).toBe(1);
  release();
  await pool.invoke(fn(peek, { name: 'g' }));
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(late).toEqual([]);
});

test('functions and streams cross', async () => {
  const pool = makePool({
    subscribe: async (each: (n: number) => unknown) => {
      for (const n of [1, 2, 3]) await each(n);
    },
    make: () => (n: number) => n + 1,
  });
  const spec = fn(
    'async () => { const seen = []; await subscribe((n) => { seen.push(n); }); return [seen, make()(41)]; }',
  );
  expect(await pool.invoke(spec)).toEqual([[1, 2, 3], 42]);
});

test('options of an invocation and fields of a function are checked', async () => {
  const pool = makePool();
  for (const options of [
    { timeout: 0 },
    { cpuTimeout: -1 },
    { queueTimeout: Number.NaN },
    { signal: 1 },
    { tiemout: 5 },
  ]) {
    expect(await failure(() => pool.invoke(fn('() => 1'), 1, options as never))).toMatchObject({
      code: 'ERR_ISOLET_INVALID_ARG',
    });
  }
  for (const rest of [{ memoryMb: 1 }, { timeout: 2 ** 32 }, { maxRuntimes: 0 }, { name: '' }, { tenantId: 5 }]) {
    expect(await failure(() => pool.invoke(fn('() => 1', rest as never)))).toMatchObject({
      code: 'ERR_ISOLET_INVALID_ARG',
    });
  }
  expect(pool.stats()).toMatchObject({ coldStarts: 0, runtimes: 0 });
});

test('an API or option that makes no sense is refused at once', () => {
  const bad = (api: unknown, options?: object) => () => new RuntimePool(api as never, options);
  expect(bad({ 'not a name': () => 1 })).toThrow(/not a valid identifier/);
  expect(bad({ a: 1 })).toThrow(/must be a function, a declaration or a namespace/);
  expect(bad({ a: { b: null } })).toThrow(/a\.b/);
  expect(bad({ a: { handler: () => 1, timeout: 0 } })).toThrow(/'platformApi\.a\.timeout' must be a number/);
  expect(bad(null)).toThrow(/must be an object/);
  expect(bad({}, { maxRuntimes: 0 })).toThrow(/maxRuntimes/);
  expect(bad({}, { idleTtl: 'x' })).toThrow(/idleTtl/);
  expect(bad({}, { maxRuntime: 1 })).toThrow(/Did you mean 'maxRuntimes'/);
});
