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
    await until(() => lines.length >= 22, 'the lines');
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
      ['error', ['Assertion failed', 'not', 'so']],
    ]);
  });

  it('F014: what can not cross is described, logging never fails', async () => {
    const { runtime, lines } = listening();
    expect(
      runtime.eval(`console.log(new WeakMap(), 1n, { get a() { throw new Error('mine') } }, Symbol('s')); 'went on'`),
    ).toBe('went on');
    await until(() => lines.length === 1, 'the line');
    expect(lines[0]?.[1].every((arg) => typeof arg === 'string')).toBe(true);
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

  it('F014: one line above the limit is dropped and told', async () => {
    const { runtime, lines, dropped } = listening();
    runtime.eval(`console.log('x'.repeat(2_000_000))`);
    await until(() => dropped.length === 1, 'the notice');
    expect([lines, dropped]).toEqual([[], [1]]);
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
