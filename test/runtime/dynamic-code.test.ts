import { SnapshotBuilder } from 'isolet';
import { describe, expect, it } from 'vitest';
import { useRuntimes } from './support.ts';

const { make } = useRuntimes();
const mebibyte = 1024 * 1024;
const limit = 32 * mebibyte;
const longest = limit / 32;

/** Ways from a text to code, as functions that answer what the code did. */
const ways = {
  'indirect eval': '(text) => (0, eval)(text)',
  'direct eval': '(text) => eval(text)',
  'new Function': '(text) => new Function("return 1;" + text.slice("return 1;".length + 30))()',
  Function: '(text) => Function(text.slice(30))() ?? 1',
  'the constructor of generators': '(text) => (function* () {}).constructor(text.slice(30))().next().done && 1',
  'the constructor of async functions': '(text) => (async () => {}).constructor(text.slice(30)) && 1',
};

const options = { maxHeapSize: limit, timeout: 20_000 };

describe.each(Object.entries(ways))('code made at run time: %s', (_name, way) => {
  const run = (length: number) => `(() => {
    const text = '1;'.repeat(${length} / 2);
    try { return (${way})(text); } catch (error) { return error.name + ': ' + error.message; }
  })()`;
  const refused = `EvalError: code made at run time may have at most ${longest} characters with this maxHeapSize`;

  it('may be as long as the heap limit allows', () => {
    expect(make(options).eval(run(longest - 100))).toBe(1);
  });

  it('is refused above', () => {
    const runtime = make(options);
    expect(runtime.eval(run(longest + 200))).toBe(refused);
    expect(runtime.eval(run(200))).toBe(1);
  });

  it('is refused above in a runtime that starts from a snapshot', () => {
    const snapshot = new SnapshotBuilder().executeScript('a.js', 'globalThis.a = eval("1")').build();
    const runtime = make({ ...options, snapshot });
    expect(runtime.eval(run(longest + 200))).toBe(refused);
    expect(runtime.eval('a + eval("a")')).toBe(2);
  });

  it('is refused whatever its length where it is switched off', () => {
    const runtime = make({ ...options, codeGeneration: { strings: false } });
    const off = 'EvalError: Code generation from strings disallowed for this context';
    expect([runtime.eval(run(200)), runtime.eval(run(longest + 200))]).toEqual([off, off]);
    const snapshot = new SnapshotBuilder().executeScript('a.js', '1').build();
    expect(make({ ...options, snapshot, codeGeneration: { strings: false } }).eval(run(200))).toBe(off);
  });
});

it('what is no text is not code', () => {
  for (const codeGeneration of [{}, { strings: false }]) {
    expect(make({ codeGeneration }).eval('[eval(1), eval({ a: 1 }).a, eval(), (0, eval)(null)]')).toEqual([
      1,
      1,
      undefined,
      null,
    ]);
  }
});

it('a runtime without much memory may still make code', () => {
  expect(make({ maxHeapSize: 5_000_000 }).eval("eval('1;'.repeat(32_000))")).toBe(1);
});

it('what the host evaluates is not code made at run time', () => {
  expect(make(options).eval('1;'.repeat(longest))).toBe(1);
});
