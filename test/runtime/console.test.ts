import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { heartbeat, until, useRuntimes } from './support.ts';

const { make } = useRuntimes();

/** A runtime whose console lines are kept. */
function listening(options = {}) {
  const lines: [string, unknown[]][] = [];
  const runtime = make({ console: (level, args) => lines.push([level, args]), ...options });
  const dropped: number[] = [];
  runtime.on('consoleDropped', (count) => dropped.push(count));
  return { runtime, lines, dropped };
}

/** Every method V8 gives the object. */
const callAll = `Object.getOwnPropertyNames(console).filter((name) => typeof console[name] === 'function')
  .map((name) => { console[name]('x', { a: 1 }); console[name](); return name })`;

describe('console', () => {
  it('F014: no method throws, on or off', async () => {
    const off = make().eval(callAll) as string[];
    expect(off).toEqual(
      expect.arrayContaining(['group', 'table', 'time', 'count', 'assert', 'dir', 'timeEnd', 'clear']),
    );
    const { runtime, lines } = listening();
    expect((runtime.eval(callAll) as string[]).sort()).toEqual(off.sort());
    await until(() => lines.length >= 20, 'the lines');
  });

  it('F014: dir, table and group write lines, a failed assert an error', async () => {
    const { runtime, lines } = listening();
    runtime.eval(`console.dir({ a: 1 }); console.table([1]); console.group('inside'); console.groupEnd();
      console.assert(true, 'fine'); console.assert(0, 'not', 'so')`);
    await until(() => lines.length === 4, 'four lines');
    expect(lines).toEqual([
      ['log', [{ a: 1 }]],
      ['log', [[1]]],
      ['log', ['inside']],
      ['error', ['Assertion failed: not', 'so']],
    ]);
  });

  it('F014: what can not cross is described, logging never fails', () => {
    const { runtime, lines } = listening();
    expect(
      runtime.eval(`console.log(new WeakMap(), 1n, { get a() { throw new Error('mine') } }, Symbol('s'),
        new Proxy({}, {}), { then() {} }, Promise); 'went on'`),
    ).toBe('went on');
    expect(lines).toEqual([
      [
        'log',
        [
          '[WeakMap]',
          1n,
          { a: '[Getter]' },
          'Symbol(s)',
          '[Proxy]',
          { then: '[Function: then]' },
          expect.any(Function),
        ],
      ],
    ]);
  });

  it('each argument stands for itself: what can cross does, beside and inside what can not', () => {
    const { runtime, lines } = listening();
    runtime.eval(`
      console.log('user', { id: 5, at: new Date(7) }, Symbol('a'), { in: { list: [1, Symbol('b'), () => 1] } });
      const cyclic = { n: 1, s: Symbol('c') }; cyclic.self = cyclic; console.log(cyclic);
      console.log(new Map([['k', new WeakSet()], [Symbol('key'), 2]]), new Set([Symbol('d')]), [, Symbol('e')]);
      let deep = 'end'; for (let i = 0; i < 500; i++) deep = { deep }; console.log('deep', deep);
      console.log('long', 'x'.repeat(20_000_000), 3);
      console.log(new Array(3_000_000).fill(0), 'after');`);
    expect(lines[0]?.[1]).toEqual([
      'user',
      { id: 5, at: new Date(7) },
      'Symbol(a)',
      { in: { list: [1, 'Symbol(b)', '[Function (anonymous)]'] } },
    ]);
    const cyclic = lines[1]?.[1][0] as { n: number; s: string; self: unknown };
    expect([cyclic.n, cyclic.s, cyclic.self === cyclic]).toEqual([1, 'Symbol(c)', true]);
    expect(lines[2]?.[1]).toEqual([
      new Map<unknown, unknown>([
        ['k', '[WeakSet]'],
        ['Symbol(key)', 2],
      ]),
      new Set(['Symbol(d)']),
      [undefined, 'Symbol(e)'],
    ]);
    expect(JSON.stringify(lines[3]?.[1])).toMatch(/^\["deep",(\{"deep":){8}"\[Object\]"/);
    expect(lines[4]?.[1]).toEqual(['long', '[text of 20000000 characters]', 3]);
    expect(lines[5]?.[1][0]).toHaveLength(101);
    expect(lines[5]?.[1][1]).toBe('after');
  });

  it('an error keeps its class, name, message, stack and cause, whatever else it carries', () => {
    const { runtime, lines } = listening();
    runtime.eval(
      `
      class Mine extends TypeError { get name() { return 'Mine' } }
      console.error(Object.assign(new Error('important'), { s: Symbol('q'), code: 7 }));
      console.error('failed:', new TypeError('bad input'), new Proxy({}, {}));
      const mine = new Mine('deep', { cause: Object.assign(new RangeError('low'), { w: new WeakRef({}) }) });
      Object.defineProperty(mine, 'g', { enumerable: true, get() { throw 1 } }); console.error(mine);
      console.error(new AggregateError([new Error('one'), Symbol('two')], 'all'));
      console.error(Object.defineProperty(new Error(''), 'message', { get() { throw new Error('again') } }), Symbol('x'));`,
      { filename: 'where.js' },
    );
    const errors = lines.map(([, args]) => args.find((arg) => arg instanceof Error) as Error & Record<string, unknown>);
    expect(errors[0]).toMatchObject({ name: 'Error', message: 'important', code: 7 });
    expect(errors[0]?.stack).toMatch(/^Error: important\n.*where\.js:3/);
    expect(lines[1]?.[1]).toEqual(['failed:', expect.any(TypeError), '[Proxy]']);
    expect(errors[1]).toMatchObject({ name: 'TypeError', message: 'bad input' });
    expect(errors[2]).toMatchObject({
      name: 'Mine',
      message: 'deep',
      cause: { name: 'RangeError', message: 'low' },
    });
    expect((errors[3] as unknown as AggregateError).errors).toEqual([
      expect.objectContaining({ message: 'one' }),
      undefined,
    ]);
    expect(errors[4]).toBeInstanceOf(Error);
  });

  it('what is thrown and nobody catches keeps what can cross of it too', async () => {
    const runtime = make();
    const rejections: { message: string; thrown: unknown }[] = [];
    runtime.on('unhandledRejection', (error) => rejections.push(error as never));
    runtime.eval(`Promise.reject(Object.assign(new RangeError('late'), { s: Symbol('t'), n: 3 })); 0`);
    await until(() => rejections.length === 1, 'the rejection');
    expect(rejections[0]).toMatchObject({ message: 'late', thrown: { message: 'late', n: 3 } });
    expect(rejections[0]?.thrown).toBeInstanceOf(RangeError);
    expect(() => runtime.eval(`throw { code: 5, s: Symbol('u') }`)).toThrow(
      expect.objectContaining({ thrown: { code: 5, s: 'Symbol(u)' }, message: expect.stringContaining('code: 5') }),
    );
  });

  it('F014: a flood is bounded in lines and the loss is told once', async () => {
    const { runtime, lines, dropped } = listening();
    expect(runtime.eval('for (let i = 0; i < 50_000; i++) console.log(i); 1')).toBe(1);
    await until(() => dropped.length > 0, 'the notice');
    expect(lines).toHaveLength(1024);
    expect(lines[1023]).toEqual(['log', [1023]]);
    expect(dropped).toEqual([50_000 - 1024]);
    runtime.eval('console.log("again")');
    await until(() => lines.length === 1025, 'a line after the flood');
    expect(dropped).toHaveLength(1);
  });

  it('F014: a flood is bounded in bytes', async () => {
    const { runtime, lines, dropped } = listening();
    runtime.eval(
      `const long = 'x'.repeat(100_000); for (let i = 0; i < 100; i++) console.log(long); console.log('end')`,
    );
    await until(() => dropped.length > 0, 'the notice');
    const bytes = lines.reduce((sum, [, args]) => sum + String(args[0]).length, 0);
    expect(bytes).toBeLessThan(1024 * 1024);
    expect(bytes).toBeGreaterThan(900_000);
    expect(dropped[0]).toBeGreaterThanOrEqual(90);
  });

  it("F014: with 'inherit' the loss is a line on the host's console", async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    vi.spyOn(console, 'log').mockImplementation(() => {});
    try {
      make({ console: 'inherit', name: 'noisy' }).eval('for (let i = 0; i < 1034; i++) console.log(i)');
      await until(() => warn.mock.calls.length === 1, 'the warning');
      expect(warn).toHaveBeenCalledExactlyOnceWith('noisy: 10 console lines were dropped, they came too fast');
    } finally {
      vi.restoreAllMocks();
    }
  });

  it.each([
    ['a BigInt of a megabyte', 'console.log(1n << 8000000n)'],
    ['one in a Map', 'console.log(new Map([[1, 1n << 8000000n]]))'],
    ['one that is boxed, below others', 'console.error({ a: [new Set([Object(1n << 8000000n)])] })'],
    ['one that is in a cycle', 'const o = { b: 1n << 8000000n }; o.o = o; console.log(o)'],
    ['one that is the cause of an Error', "console.log(new Error('x', { cause: 1n << 8000000n }))"],
    ['one that is formatted', "console.log('%s %d %i %o %j', ...new Array(5).fill(1n << 1000000n))"],
    ['many of them', 'console.log(new Array(50).fill(1n << 100000n))'],
    [
      'an object that is met again and again',
      `let v = new Array(60).fill('x'.repeat(8000));
      for (let i = 0; i < 2; i++) v = new Array(100).fill(v); console.log(v)`,
    ],
    ['a toString that loops', "console.log('%s', { toString() { for (;;); } })"],
    ['a valueOf that loops', "console.log('%d %i', { valueOf() { for (;;); } }, { valueOf() { for (;;); } })"],
  ])("with 'inherit' %s is printed at once", async (_name, code) => {
    const written: string[] = [];
    let lines = 0;
    const host = new Console({
      stdout: new Writable({ write: (chunk, _encoding, done) => done(void written.push(String(chunk))) }),
    });
    for (const level of ['log', 'error'] as const) {
      vi.spyOn(console, level).mockImplementation((...args) => {
        host.log(...args);
        lines++;
      });
    }
    try {
      const runtime = make({ console: 'inherit', timeout: 2000 });
      const { pause } = await heartbeat(async () => {
        await runtime.evalAsync(`${code}; 1`);
        await until(() => lines === 1, 'the line');
      });
      expect(pause).toBeLessThan(400);
      expect(written.join('').length).toBeLessThan(1_500_000);
    } finally {
      vi.restoreAllMocks();
    }
  });

  it("with 'inherit' what is small is printed as it is", async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    try {
      make({ console: 'inherit' }).eval(
        "console.log('%s is %d', 'a', 1, 2n); console.log({ a: [1, { b: new Map([[1, 2n]]) }] }, [,'x']); console.log('long', 'x'.repeat(500_000))",
      );
      await until(() => log.mock.calls.length === 3, 'three lines');
      expect(log.mock.calls).toEqual([
        ['%s is %d', 'a', 1, 2n],
        [{ a: [1, { b: new Map([[1, 2n]]) }] }, [, 'x']],
        ['long', 'x'.repeat(500_000)],
      ]);
    } finally {
      vi.restoreAllMocks();
    }
  });

  it('F014: a getter that loops while it is logged ends at the timeout', () => {
    const runtime = make({ console: true, timeout: 100 });
    expect(() => runtime.eval('try { console.log({ get a() { for (;;); } }) } catch {} for (;;);')).toThrow(
      /timed out/,
    );
    expect(runtime.eval('1 + 1')).toBe(2);
  });
});
