import type { ConsoleInfo } from 'isolet';
import { describe, expect, it, vi } from 'vitest';
import { useRuntimes } from './support.ts';

const { make } = useRuntimes();

const all = [
  ...['assert', 'clear', 'count', 'countReset', 'debug', 'dir', 'dirxml', 'error', 'group', 'groupCollapsed'],
  ...['groupEnd', 'info', 'log', 'table', 'time', 'timeEnd', 'timeLog', 'trace', 'warn'],
];

/** Level, method, group depth and values of the lines that `code` writes. */
function written(code: string): [string, string, number, unknown[]][] {
  const lines: [string, string, number, unknown[]][] = [];
  make({
    console: (level, args, info) => lines.push([level, info.method, info.groupDepth, args]),
  }).eval(code, { filename: 'c.js' });
  return lines;
}

describe("the methods of a guest's console", () => {
  it('are those of the standard, whether the host listens or not', () => {
    for (const console of [true, false]) {
      const runtime = make({ console });
      for (const method of all) expect(runtime.eval(`typeof console.${method}`), method).toBe('function');
      expect(runtime.eval(`console.log.name + console.count.name`)).toBe('logcount');
    }
  });

  it('counters have labels, which are converted to texts', () => {
    expect(
      written(`console.count(); console.count('default'); console.count(undefined); console.count('a'); console.count(5);
        console.count({ toString: () => 'a' }); console.countReset('a'); console.count('a'); console.countReset('no');
        console.count(null)`).map(([level, , , [text]]) => `${level} ${text}`),
    ).toEqual([
      'info default: 1',
      'info default: 2',
      'info default: 3',
      'info a: 1',
      'info 5: 1',
      'info a: 2',
      'info a: 1',
      "warn Count for 'no' does not exist",
      'info null: 1',
    ]);
  });

  it('a label that has no text throws, as the standard says', () => {
    // With the web's APIs a guest can't tell whether anybody listens.
    for (const runtime of [make({ console: true }), make({ web: true })]) {
      for (const method of ['count', 'countReset', 'time', 'timeLog', 'timeEnd']) {
        expect(() => runtime.eval(`console.${method}(Symbol('x'))`), method).toThrow(/Symbol/);
        expect(() => runtime.eval(`console.${method}({ toString() { throw new RangeError('mine') } })`)).toThrow(
          'mine',
        );
      }
    }
  });

  it('a guest with labels without end costs no memory of the host', () => {
    const runtime = make({ console: true });
    runtime.eval('for (let i = 0; i < 20_000; i++) { console.count(i); console.time(i) }');
    const lines: unknown[] = [];
    runtime.on('console', (_level, args) => lines.push(args[0]));
    runtime.eval('console.count(1); console.count(19_999)');
    expect(lines).toEqual(['1: 2', '19999: 1']);
  });

  it('timers say how long', () => {
    const lines =
      written(`console.time(); console.timeLog(undefined, 'so far', { a: 1 }); console.timeEnd(); console.timeEnd();
      console.time('x'); console.time('x'); console.timeLog('y')`);
    expect(lines).toEqual([
      ['log', 'timeLog', 0, [expect.stringMatching(/^default: \d+\.\d{3}ms$/), 'so far', { a: 1 }]],
      ['info', 'timeEnd', 0, [expect.stringMatching(/^default: \d+\.\d{3}ms$/)]],
      ['warn', 'timeEnd', 0, ["Timer 'default' does not exist"]],
      ['warn', 'time', 0, ["Timer 'x' already exists"]],
      ['warn', 'timeLog', 0, ["Timer 'y' does not exist"]],
    ]);
  });

  it('groups nest, end, and are cleared', () => {
    expect(
      written(`console.log(0); console.group('a', 1); console.log(1); console.groupCollapsed(); console.warn(2);
        console.groupEnd(); console.log(1); console.group(); console.clear(); console.log(0); console.groupEnd(); console.log(0)`),
    ).toEqual([
      ['log', 'log', 0, [0]],
      ['log', 'group', 0, ['a', 1]],
      ['log', 'log', 1, [1]],
      ['warn', 'warn', 2, [2]],
      ['log', 'log', 1, [1]],
      ['log', 'log', 0, [0]],
      ['log', 'log', 0, [0]],
    ]);
  });

  it('a table is data, dir is one value, an assertion is an error with its format', () => {
    expect(
      written(`console.table([{ a: 1 }], ['a'], 5); console.dir({ a: 1 }, { depth: 0 }); console.dirxml(1, 2);
        console.assert(true, 'fine'); console.assert(); console.assert(0, '%s is wrong', 5); console.assert(null, { a: 1 })`),
    ).toEqual([
      ['log', 'table', 0, [[{ a: 1 }], ['a']]],
      ['log', 'dir', 0, [{ a: 1 }]],
      ['log', 'dirxml', 0, [1, 2]],
      ['error', 'assert', 0, ['Assertion failed']],
      ['error', 'assert', 0, ['Assertion failed: %s is wrong', 5]],
      ['error', 'assert', 0, ['Assertion failed', { a: 1 }]],
    ]);
  });

  it('a trace has the stack of the guest, and nothing of the host', () => {
    const infos: ConsoleInfo[] = [];
    const runtime = make({ console: (_level, _args, info) => infos.push(info) });
    runtime.eval('function inner() { console.trace("here") }\n(function outer() { inner() })(); console.log(1)', {
      filename: 't.js',
    });
    expect(infos.map(({ stack }) => stack)).toEqual([
      '    at inner (t.js:1:28)\n    at outer (t.js:2:21)\n    at t.js:2:31',
      '',
    ]);
  });

  it("with 'inherit' groups are indented, tables drawn, traces the guest's", () => {
    const printed: [string, ...unknown[]][] = [];
    for (const level of ['log', 'error'] as const) {
      vi.spyOn(console, level).mockImplementation((...args) => void printed.push([level, ...args]));
    }
    try {
      make({ console: 'inherit' }).eval(
        `console.group('%s', 'head'); console.log('a\\nb', { n: 1 }); console.table([{ a: 1 }]); console.groupEnd(); console.trace('t')`,
        { filename: 't.js' },
      );
    } finally {
      vi.restoreAllMocks();
    }
    expect(printed[0]).toEqual(['log', '%s', 'head']);
    expect(printed[1]).toEqual(['log', '  a\n  b { n: 1 }']);
    expect(printed[2]?.[1]).toMatch(/^ {2}┌.*\n {2}│ \(index\) │ a │\n/);
    expect(printed[3]).toEqual(['error', expect.stringMatching(/^Trace: t\n {4}at t\.js:1:\d+$/)]);
    expect(printed).toHaveLength(4);
  });
});
