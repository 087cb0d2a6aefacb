import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { useRuntimes } from './support.ts';

const { make } = useRuntimes();

const numbers = [
  'Infinity',
  '-Infinity',
  'NaN',
  '-1',
  '-0.5',
  '1.9',
  '"1"',
  '"one"',
  '""',
  'null',
  'undefined',
  'true',
  '[]',
  '[1, 2]',
  '{ valueOf() { return 1; } }',
  '{ valueOf() { return Infinity; } }',
  '{ valueOf() { return 1n; } }',
  '{ valueOf() { throw new EvalError("mine"); } }',
  '{ valueOf: null, toString: null }',
  'Symbol("s")',
  '1n',
  '-1n',
  '2n ** 32n',
  '2n ** 64n',
  '65537',
  '2 ** 32',
  '2 ** 53',
  '1e300',
];

const places: [string, (value: string) => string][] = [
  ['initial', (v) => `new WebAssembly.Memory({ initial: ${v} }) && 1`],
  ['maximum', (v) => `new WebAssembly.Memory({ initial: 0, maximum: ${v} }) && 1`],
  ['maximum beside an initial', (v) => `new WebAssembly.Memory({ initial: 2, maximum: ${v} }) && 1`],
  ['maximum of a shared memory', (v) => `new WebAssembly.Memory({ initial: 0, maximum: ${v}, shared: true }) && 1`],
  ['initial of a shared memory', (v) => `new WebAssembly.Memory({ initial: ${v}, maximum: 1, shared: true }) && 1`],
  ['initial beside a maximum that is none', (v) => `new WebAssembly.Memory({ initial: ${v}, maximum: Infinity }) && 1`],
  ['initial with 64-bit addresses', (v) => `new WebAssembly.Memory({ address: 'i64', initial: ${v} }) && 1`],
  ['grow', (v) => `new WebAssembly.Memory({ initial: 1, maximum: 3 }).grow(${v})`],
  [
    'grow with 64-bit addresses',
    (v) => `new WebAssembly.Memory({ address: 'i64', initial: 1n, maximum: 3n }).grow(${v})`,
  ],
  ['grow of a shared memory', (v) => `new WebAssembly.Memory({ initial: 1, maximum: 3, shared: true }).grow(${v})`],
  ['initial of a table', (v) => `new WebAssembly.Table({ element: 'anyfunc', maximum: 10, initial: ${v} }) && 1`],
  ['grow of a table', (v) => `new WebAssembly.Table({ element: 'anyfunc', initial: 1, maximum: 3 }).grow(${v})`],
  ['length of tag parameters', (v) => `new WebAssembly.Tag({ parameters: { 0: 'i32', length: ${v} } }) && 1`],
  ['maxByteLength', (v) => `new ArrayBuffer(0, { maxByteLength: ${v} }).maxByteLength`],
  ['maxByteLength below the length', (v) => `new ArrayBuffer(2, { maxByteLength: ${v} }).maxByteLength`],
  ['length beside maxByteLength', (v) => `new ArrayBuffer(${v}, { maxByteLength: 10 }).byteLength`],
  ['resize', (v) => `{ const b = new ArrayBuffer(1, { maxByteLength: 10 }); b.resize(${v}); b.byteLength }`],
  ['maxByteLength of a shared buffer', (v) => `new SharedArrayBuffer(0, { maxByteLength: ${v} }).maxByteLength`],
  ['length of a shared buffer', (v) => `new SharedArrayBuffer(${v}, { maxByteLength: 10 }).byteLength`],
  [
    'grow of a shared buffer',
    (v) => `{ const b = new SharedArrayBuffer(1, { maxByteLength: 10 }); b.grow(${v}); b.byteLength }`,
  ],
];

/** Both sides run the same text. */
const asText = (code: string): string => `(() => { try { return String(eval(${JSON.stringify(code)})); }
  catch (error) { return error.name + ': ' + error.message; } })()`;

describe('numbers are converted and judged as V8 does, before any limit of ours', () => {
  it.each(places)('%s', (_place, code) => {
    const runtime = make({ maxHeapSize: 64 * 2 ** 20 });
    const seen: Record<string, string> = {};
    const expected: Record<string, string> = {};
    for (const number of numbers) {
      const plain = runInNewContext(asText(code(number))) as string;
      // How much there is to have is for our limits to say.
      const guest = runtime.eval<string>(asText(code(number)));
      const ours = guest === 'RangeError: Array buffer allocation failed';
      if (ours && !plain.startsWith('TypeError')) continue;
      seen[number] = guest;
      expected[number] = plain;
    }
    expect(seen).toEqual(expected);
    expect(Object.keys(seen).length).toBeGreaterThan(20);
  });

  it('what V8 would take and the limit does not is a RangeError', () => {
    const runtime = make({ maxHeapSize: 32 * 2 ** 20 });
    for (const code of [
      'new WebAssembly.Memory({ initial: 60_000 })',
      'new WebAssembly.Memory({ initial: 60_000, maximum: 65_536 })',
      'new WebAssembly.Memory({ initial: 1 }).grow(60_000)',
      'new WebAssembly.Memory({ initial: { valueOf: () => 60_000 } })',
      'new ArrayBuffer(0, { maxByteLength: 2 ** 40 })',
    ]) {
      expect(runtime.eval(asText(code))).toBe('RangeError: Array buffer allocation failed');
    }
  });

  it('what a guest gives is asked once', () => {
    const runtime = make();
    runtime.eval('var asked = []; const n = (name, value) => ({ valueOf() { asked.push(name); return value; } })');
    runtime.eval(
      'new WebAssembly.Memory({ initial: n("initial", 1), maximum: n("maximum", 2) }).grow(n("grow", 1)) && 1',
    );
    runtime.eval('try { new WebAssembly.Memory({ initial: n("too many", 60_000) }) } catch {}');
    expect(runtime.eval('asked')).toEqual(['initial', 'maximum', 'grow', 'too many']);
  });
});
