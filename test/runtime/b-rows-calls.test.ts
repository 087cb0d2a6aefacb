import { getProcessStats } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from './support.ts';

const runtimes = useRuntimes();

describe('evalAsync', () => {
  it('B061 to B065: what it resolves to', async () => {
    const runtime = runtimes.make();
    const codes: [string, unknown][] = [
      ['10 + 20', 30],
      ['Promise.resolve(42)', 42],
      ['Promise.resolve("text")', 'text'],
      ['new Promise((resolve) => Promise.resolve().then(() => resolve("microtask")))', 'microtask'],
      ['Promise.resolve(10).then((n) => n * 2).then((n) => n + 5)', 25],
    ];
    for (const [code, value] of codes) expect(await runtime.evalAsync(code)).toBe(value);
  });

  it('B067, B068, B087: rejections', async () => {
    const runtime = runtimes.make();
    for (const code of [
      'Promise.reject(new Error("test error"))',
      'new Promise((_, no) => no(new Error("test error")))',
    ]) {
      const error = await failure(() => runtime.evalAsync(code));
      expect(error).toMatchObject({
        name: 'Error',
        message: 'test error',
        stack: expect.stringContaining('test error'),
      });
    }
    const text = await failure(() => runtime.evalAsync('Promise.reject("only text")'));
    expect(text).toMatchObject({ name: 'Error', thrown: 'only text', message: expect.stringContaining('only text') });
  });

  it('B086: a syntax error', async () => {
    const error = await failure(() => runtimes.make().evalAsync('let = ;'));
    expect(error).toMatchObject({ name: 'SyntaxError', code: 'ERR_ISOLET_JAVASCRIPT', stack: expect.any(String) });
  });

  it('B082, B084: one after another, mixed with eval', async () => {
    const runtime = runtimes.make();
    for (const n of [1, 2, 3]) expect(await runtime.evalAsync(`Promise.resolve(${n})`)).toBe(n);
    expect(runtime.eval('var x = 20; x')).toBe(20);
    expect(await runtime.evalAsync('Promise.resolve(x + 10)')).toBe(30);
    expect(runtime.eval('x + 5')).toBe(25);
  });

  it('B083, B172: on two runtimes at once', async () => {
    const [one, two] = [runtimes.make(), runtimes.make()];
    one.eval('var id = 1');
    two.eval('var id = 2');
    expect(await Promise.all([one.evalAsync('Promise.resolve(id)'), two.evalAsync('Promise.resolve(id)')])).toEqual([
      1, 2,
    ]);
  });

  it('many at once, none blocks another at an await', async () => {
    const runtime = runtimes.make();
    const open: ((n: number) => void)[] = [];
    runtime.bindFunction('wait', () => new Promise((resolve) => open.push(resolve)));
    const calls = Array.from({ length: 50 }, (_, i) => runtime.evalAsync(`wait().then((n) => n + ${i})`));
    while (open.length < 50) await new Promise((resolve) => setTimeout(resolve, 1));
    for (const [i, resolve] of [...open.entries()].reverse()) resolve(i);
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 50 }, (_, i) => 2 * i));
  });
});

describe('timeouts', () => {
  it("B069, B103: an endless loop, by the runtime's and by the call's limit", async () => {
    const runtime = runtimes.make({ timeout: 50 });
    const begin = performance.now();
    const sync = await failure(() => runtime.eval('for (;;);'));
    const async = await failure(() => runtime.evalAsync('for (;;);', { timeout: 100 }));
    expect(performance.now() - begin).toBeLessThan(2000);
    expect(sync).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT', kind: 'wall', limit: 50, phase: 'sync' });
    expect(async).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT', kind: 'wall', limit: 100, phase: 'sync' });
    expect(sync.message).toContain('timed out');
    expect(runtime.eval('"goes on"')).toBe('goes on');
  });

  it('ends a loop that V8 optimized around an allocation, without losing the isolate', async () => {
    const runtime = runtimes.make({ timeout: 300 });
    const lost = getProcessStats().lostIsolates;
    for (const source of ['let x; for (;;) x = new Array(1000);', 'for (;;) new Array(1000).fill({});']) {
      expect(await failure(() => runtime.evalAsync(`{ ${source} }`))).toMatchObject({ name: 'TimeoutError' });
      expect(await failure(() => runtime.eval(`{ ${source} }`))).toMatchObject({ name: 'TimeoutError' });
    }
    expect(runtime.state).toBe('open');
    expect(getProcessStats().lostIsolates).toBe(lost);
  });

  it('B070, B071, B073, B075, B076: what is quick is not disturbed', async () => {
    const runtime = runtimes.make({ timeout: 5000 });
    expect(runtime.eval('2 + 2')).toBe(4);
    const error = await failure(() => runtime.eval('throw new Error("mine")'));
    expect(error.message).toBe('mine');
    expect(await runtime.evalAsync('Promise.resolve(1)', { timeout: 1000 })).toBe(1);
    expect(await runtime.evalAsync('Promise.resolve(Promise.resolve(2).then((n) => n))', { timeout: 1000 })).toBe(2);
    expect(await runtimes.make().evalAsync('123')).toBe(123);
  });

  it('B072: one that times out does not disturb the others', async () => {
    const [quick, sum, loop] = [
      runtimes.make({ timeout: 5000 }),
      runtimes.make({ timeout: 20_000 }),
      runtimes.make({ timeout: 50 }),
    ];
    const ends = await Promise.allSettled([
      quick.evalAsync('42'),
      sum.evalAsync('let s = 0; for (let i = 0; i < 1e7; i++) s += i; s'),
      loop.evalAsync('for (;;);'),
    ]);
    expect(ends).toMatchObject([
      { value: 42 },
      { value: 49_999_995_000_000 },
      { reason: { code: 'ERR_ISOLET_TIMEOUT' } },
    ]);
  });

  it('B074, B102: a promise that never settles', async () => {
    const runtime = runtimes.make({ timeout: 100 });
    const begin = performance.now();
    for (const options of [undefined, { timeout: 50 }]) {
      const error = await failure(() => runtime.evalAsync('new Promise(() => {})', options));
      expect(error).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT', phase: 'pending', limit: options?.timeout ?? 100 });
    }
    expect(performance.now() - begin).toBeLessThan(2000);
    expect(await runtime.evalAsync('Promise.resolve("goes on")')).toBe('goes on');
  });
});

describe('host functions', () => {
  it('B050 to B054: bound by name, sync and async', async () => {
    const runtime = runtimes.make();
    const calls: unknown[][] = [];
    const add = (a: unknown, b: unknown): number => (a as number) + (b as number);
    runtime.bindFunction('add', add);
    runtime.bindFunction('plus', add);
    runtime.bindFunction('times', async (a, b) => {
      calls.push([a, b]);
      return 12;
    });
    expect(runtime.eval('[add(2, 3), plus(4, 6)]')).toEqual([5, 10]);
    expect(runtime.eval('add')).toBe(add);
    expect(await runtime.evalAsync('(async () => await times(5, 7))()')).toBe(12);
    expect(calls).toEqual([[5, 7]]);
  });

  it('B195, B196, B200, B203 to B206: handlers of any kind, as many as one likes', async () => {
    const runtime = runtimes.make();
    const log: unknown[][] = [];
    let n = 0;
    runtime.bindFunction('collect', (...args) => log.push(args));
    runtime.bindFunction('dictionary', () => ({ a: 1 }));
    runtime.bindFunction('closure', () => ++n);
    runtime.bindFunction('later', async () => 'later');
    runtime.bindFunction('method', [3, 1, 2].at.bind([3, 1, 2]) as never);
    expect(runtime.eval('[collect(1, 2), dictionary(), closure(), closure(), method(0)]')).toEqual([
      1,
      { a: 1 },
      1,
      2,
      3,
    ]);
    expect(await runtime.evalAsync('later()')).toBe('later');
    expect(log).toEqual([[1, 2]]);
  });

  it('B207, B208, B209: results of calls', async () => {
    const runtime = runtimes.make();
    runtime.bindFunction('join', (...parts) => ({ value: parts.join('') }));
    runtime.bindFunction('data', async () => ({ count: 3, data: [1, 2, 3] }));
    expect(JSON.parse(runtime.eval('JSON.stringify(join("a", "b", "c"))'))).toEqual({ value: 'abc' });
    expect(await runtime.evalAsync('data()')).toEqual({ count: 3, data: [1, 2, 3] });
    runtime.bindFunction('promised', () => Promise.resolve(1), { mode: 'sync' });
    expect(runtime.eval('try { promised(); } catch (e) { e.message; }')).toMatch(/promise|async|thenable/i);
  });

  it('B201, B202: an unknown mode, a closed runtime', async () => {
    const runtime = runtimes.make();
    const bad = await failure(() => runtime.bindFunction('f', () => 1, { mode: 'fast' as never }));
    expect(bad.message).toMatch(/mode.*fast/s);
    runtime.close();
    expect((await failure(() => runtime.bindFunction('f', () => 1))).message).toMatch(/closed/i);
  });

  it.each<[string, unknown, string]>([
    ['B210, B211: Date', new Date(1_704_067_200_000), 'x.getTime() === 1704067200000'],
    ['B212, B213: Set', new Set([1, 2, 3]), 'Array.from(x).join() === "1,2,3"'],
    ['B214, B215: bytes', new Uint8Array([1, 2, 3]), 'x instanceof Uint8Array && x.join() === "1,2,3"'],
    ['B216: BigInt 2^64', 2n ** 64n, 'x === 2n ** 64n'],
    ['B217: BigInt 2^200', 2n ** 200n, 'typeof x === "bigint" && x === 2n ** 200n'],
    ['B218, B219: undefined', undefined, 'x === undefined'],
  ])('%s goes to the guest and comes back', (_row, value, check) => {
    const runtime = runtimes.make();
    const seen: unknown[] = [];
    runtime.bindFunction('give', () => value);
    runtime.bindFunction('take', (x) => {
      seen.push(x);
    });
    expect(runtime.eval(`const x = give(); take(x); ${check}`)).toBe(true);
    expect(seen).toStrictEqual([value]);
  });

  it('B226: a guard that refuses', () => {
    const runtime = runtimes.make();
    runtime.bindFunction('read', (path) => {
      if (!String(path).startsWith('/allowed/')) throw new Error('Permission denied');
      return `text of ${path}`;
    });
    expect(runtime.eval('read("/allowed/a")')).toBe('text of /allowed/a');
    expect(runtime.eval('try { read("/etc/passwd"); } catch (e) { e.message; }')).toBe('Permission denied');
  });

  it('B229: in a scope', () => {
    const runtime = runtimes.make();
    {
      using scoped = runtime;
      scoped.bindFunction('f', () => 1);
      expect(scoped.eval('f()')).toBe(1);
    }
    expect(runtime.closed).toBe(true);
  });
});
