import { describe, expect, it, vi } from 'vitest';
import { until, useRuntimes } from './support.ts';

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

  it('F014: a getter that loops while it is logged ends at the timeout', () => {
    const runtime = make({ console: true, timeout: 100 });
    expect(() => runtime.eval('try { console.log({ get a() { for (;;); } }) } catch {} for (;;);')).toThrow(
      /timed out/,
    );
    expect(runtime.eval('1 + 1')).toBe(2);
  });
});
