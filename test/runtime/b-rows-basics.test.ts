import { JavaScriptError, type JsFunction } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, until, useRuntimes } from './support.ts';

const runtimes = useRuntimes();

describe('statistics', () => {
  it('B001: a fresh runtime has done nothing', () => {
    expect(runtimes.make().getStats()).toMatchObject({
      totalExecutionTimeMs: 0,
      lastExecutionTimeMs: 0,
      lastExecutionKind: null,
      counts: { eval: 0, evalAsync: 0, call: 0, callAsync: 0, hostCall: 0, timeouts: 0, errors: 0 },
    });
  });

  it('B002, B003: each eval counts once, and time only grows', () => {
    const runtime = runtimes.make();
    let total = 0;
    for (const count of [1, 2]) {
      expect(runtime.eval('Array.from({ length: 1000 }, (_, i) => i).reduce((a, b) => a + b)')).toBe(499_500);
      const stats = runtime.getStats();
      expect(stats.counts.eval).toBe(count);
      expect(stats.lastExecutionKind).toBe('eval');
      expect(stats.lastExecutionTimeMs).toBeGreaterThanOrEqual(0);
      expect(stats.totalExecutionTimeMs).toBeGreaterThan(total);
      total = stats.totalExecutionTimeMs;
    }
  });

  it('B004: an awaited evalAsync counts once', async () => {
    const runtime = runtimes.make();
    await runtime.evalAsync('Promise.resolve(1)');
    expect(runtime.getStats()).toMatchObject({ lastExecutionKind: 'evalAsync', counts: { eval: 0, evalAsync: 1 } });
  });

  it('B005, B006: calls of handles count by their kind', async () => {
    const runtime = runtimes.make();
    const add = runtime.eval<JsFunction>('(a, b) => a + b');
    const twice = runtime.eval<JsFunction>('async (n) => n * 2');
    expect(add(4, 6)).toBe(10);
    expect(runtime.getStats()).toMatchObject({ lastExecutionKind: 'call', counts: { call: 1, callAsync: 0 } });
    const before = runtime.getStats().totalExecutionTimeMs;
    expect(await twice.callAsync([5])).toBe(10);
    const stats = runtime.getStats();
    expect(stats).toMatchObject({ lastExecutionKind: 'callAsync', counts: { call: 1, callAsync: 1 } });
    expect(stats.totalExecutionTimeMs).toBeGreaterThanOrEqual(before);
  });

  it('errors and timeouts are counted, and nothing stays pending after them', async () => {
    const runtime = runtimes.make();
    await failure(() => runtime.eval('throw 1'));
    await failure(() => runtime.evalAsync('for (;;);', { timeout: 20 }));
    expect(runtime.getStats()).toMatchObject({ counts: { errors: 1, timeouts: 1 }, pendingCalls: 0 });
  });
});

describe('basics', () => {
  // Not `gc`: V8 puts it into every context of a process that was started with --expose-gc, as the tests are.
  it('B010: nothing of the host or the engine is visible', () => {
    const names = ['Deno', 'process', 'require', 'module', 'global', 'Buffer', 'd8', 'internalBinding', 'fetch'];
    expect(runtimes.make().eval(`${JSON.stringify(names)}.filter((name) => name in globalThis)`)).toEqual([]);
  });

  it('B230: no helper of isolet is a global, hidden or not', () => {
    const runtime = runtimes.make();
    runtime.bindFunction('mine', () => 1);
    const before = runtime.eval<string[]>('Reflect.ownKeys(globalThis).map(String)');
    expect(before.filter((name) => /isolet|host|op|bootstrap|bind|native|__/i.test(name))).toEqual([]);
    expect(before).toContain('mine');
  });

  it('B012, B013: a string, a number', () => {
    const runtime = runtimes.make();
    expect(runtime.eval('"text"')).toBe('text');
    expect(runtime.eval('Math.max(10, 20, 30)')).toBe(30);
  });

  it('B014: an uncaught error has name, message and stack', async () => {
    const error = await failure(() => runtimes.make().eval(`throw Object.assign(new TypeError('boom'), { extra: 1 })`));
    expect(error).toBeInstanceOf(JavaScriptError);
    expect(error).toMatchObject({ name: 'TypeError', message: 'boom', thrown: { extra: 1 } });
    expect(error.stack).toContain('<eval>');
    expect(String(error)).toContain('TypeError');
  });

  it('B015: frames say function, file and line', async () => {
    const error = await failure(() =>
      runtimes.make().eval(`\nfunction broken() { throw new TypeError('x'); }\nbroken();`),
    );
    expect(error['frames']).toMatchObject([
      { functionName: 'broken', fileName: '<eval>', lineNumber: 2 },
      { functionName: null, fileName: '<eval>', lineNumber: 3 },
    ]);
  });
});

describe('state between calls', () => {
  it('B019: a var', () => {
    const runtime = runtimes.make();
    runtime.eval('var x = 10');
    expect(runtime.eval('x')).toBe(10);
    runtime.eval('x = 20');
    expect(runtime.eval('x')).toBe(20);
  });

  it('B020, B021: functions and objects', () => {
    const runtime = runtimes.make();
    runtime.eval('function add(a, b) { return a + b; } globalThis.o = { s: "text", n: 1 };');
    expect(runtime.eval('add(5, 7)')).toBe(12);
    expect(runtime.eval('o.n++; o')).toEqual({ s: 'text', n: 2 });
    expect(runtime.eval('o.n')).toBe(2);
  });

  it('B022, B085: a counter, also across evalAsync', async () => {
    const runtime = runtimes.make();
    runtime.eval('var n = 0');
    for (const n of [1, 2, 3, 4, 5]) expect(runtime.eval('++n')).toBe(n);
    expect(await runtime.evalAsync('++n')).toBe(6);
    expect(runtime.eval('n')).toBe(6);
  });
});

describe('heap limits', () => {
  const code = 'const kept = []; for (;;) kept.push(new Uint8Array(256 * 1024).fill(1));';
  const options = { maxHeapSize: 8 * 2 ** 20, initialHeapSize: 2 * 2 ** 20 };

  it.each(['eval', 'evalAsync'] as const)('B032, B033: memory of typed arrays counts, in %s', async (method) => {
    const runtime = runtimes.make(options);
    const error = await failure(() => runtime[method](code));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_HEAP_LIMIT', limit: options.maxHeapSize });
    expect(error.message).toMatch(/heap/i);
    expect(runtime.closed).toBe(true);
    expect(await failure(() => runtime.eval('1'))).toMatchObject({ reason: expect.stringMatching(/heap/i) });
    runtime.close();
    expect(runtimes.make().eval('1')).toBe(1);
  });

  it('R02: a string that doubles', async () => {
    const runtime = runtimes.make({ maxHeapSize: 8 * 2 ** 20 });
    const error = await failure(() =>
      runtime.eval(
        `let s = 'x'; const all = []; for (;;) { s = s + s.slice(1) + 'yy'; all.push([...s.slice(0, 1e5)]); }`,
      ),
    );
    expect(['ERR_ISOLET_HEAP_LIMIT', 'ERR_ISOLET_JAVASCRIPT']).toContain(error['code']);
    // A string has a longest length, and reaching that is the guest's error; every other way is the heap's.
    if (error['code'] === 'ERR_ISOLET_JAVASCRIPT') expect(error.name).toBe('RangeError');
  });
});

describe('the module-level names a runtime has', () => {
  it('B156, B157, B158: bound functions', () => {
    const runtime = runtimes.make();
    runtime.bindFunction('add', (a, b) => (a as number) + (b as number));
    runtime.bindFunction('multiply', (a, b) => (a as number) * (b as number));
    runtime.bindFunction('config', () => ({ debug: true }));
    expect(runtime.eval('[add(2, 3), multiply(4, 5), config()]')).toEqual([5, 20, { debug: true }]);
  });

  it('B159, B160: bound async functions', async () => {
    const runtime = runtimes.make();
    runtime.bindFunction('load', async (url) => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      return { url, status: 200 };
    });
    expect(await runtime.evalAsync('load("x").then((r) => ({ ...r, n: 42 }))')).toEqual({
      url: 'x',
      status: 200,
      n: 42,
    });
  });

  it('B161, B162, B163: members of a bound object', () => {
    const runtime = runtimes.make();
    runtime.bindObject('config', { name: 'app', debug: true, server: { ports: [80, 443], n: 1 } });
    expect(runtime.eval('[config.name, config.debug, config.server.ports[1], config.server.n]')).toEqual([
      'app',
      true,
      443,
      1,
    ]);
  });
});

describe('handles', () => {
  it('B066: a promise of a function is a function one can call', async () => {
    const runtime = runtimes.make();
    const add = await runtime.evalAsync<JsFunction>('Promise.resolve((n) => n + 5)');
    expect(add(37)).toBe(42);
    add.release();
    await until(() => runtime.getStats().liveFunctionHandles === 0, 'no handle');
  });
});
