import { readFileSync } from 'node:fs';
import { Runtime } from 'isolet';
import { expect, it } from 'vitest';
import { useRuntimes } from './support.ts';

const { make } = useRuntimes();

it('structuredClone copies a resizable buffer wherever it stands, with its views and its identity', () => {
  const runtime = make();
  const seen = runtime.eval(`
    const b = new ArrayBuffer(3, { maxByteLength: 64 });
    new Uint8Array(b).set([1, 126, 3]);
    const source = {
      '~': '~~~', b, view: new Uint8Array(b, 1), big: -(12n ** 40n), boxed: [Object(5n), Object('~'), Object(true), Object(1.5)],
      list: ['ä~', 'ś~', , b, 1.5, new Date(126), /~+/gi, undefined, null, new Error('x~', { cause: { b, inner: new RangeError('y~') } })],
      map: new Map([[b, new Set(['~', b])]]), fixed: new Uint8Array([126, 126]), sparse: Object.assign([], { 9000: b }),
    };
    const copy = structuredClone(source);
    new Uint8Array(copy.b)[0] = 9;
    copy.b.resize(64);
    [
      copy.b !== b, copy.b.resizable, copy.b.maxByteLength, b.byteLength, new Uint8Array(b)[0],
      copy.view.buffer === copy.b, copy.view[0], copy.list[3] === copy.b, copy.list[9].cause.b === copy.b,
      copy.list[9].cause.inner instanceof RangeError, copy.list[9].message, copy.map.get(copy.b).has(copy.b),
      copy['~'], copy.list[0] + copy.list[1], 2 in copy.list, copy.list[5].getTime(), String(copy.list[6]),
      copy.big === source.big, copy.boxed.map(String).join(), copy.fixed.join(), copy.sparse[9000] === copy.b,
    ].join(' ')`);
  expect(seen).toBe(
    'true true 64 3 1 true 126 true true true x~ true ~~~ ä~ś~ false 126 /~+/gi true 5,~,true,1.5 126,126 true',
  );
});

it('beside buffers that are transferred', () => {
  const runtime = make();
  const seen = runtime.eval(`
    const t = new ArrayBuffer(8), r = new ArrayBuffer(2, { maxByteLength: 9 }), moved = new ArrayBuffer(4, { maxByteLength: 4 });
    const copy = structuredClone({ t, r, moved, view: new DataView(r, 1) }, { transfer: [t, moved] });
    [t.detached ?? t.byteLength === 0, moved.byteLength, copy.t.byteLength, copy.r.maxByteLength, copy.view.byteLength,
      copy.view.buffer === copy.r, copy.moved.resizable, r.byteLength].join(' ')`);
  expect(seen).toBe('true 0 8 9 1 true true 2');
});

it.each([
  ['structuredClone(b)', 'Array buffer allocation failed'],
  ['structuredClone([b, b, { b }])', 'Array buffer allocation failed'],
  ['echo(b)', 'Out of memory for a received value'],
  ['new ArrayBuffer(1, { maxByteLength: 65536 })', 'Array buffer allocation failed'],
])('copies of a resizable buffer count against the limit: %s', async (make65536, message) => {
  const runtime = make({ maxHeapSize: 32 * 1024 * 1024, timeout: 20_000 });
  runtime.bindFunction('echo', (value: unknown) => value);
  const [count, text] = await runtime.evalAsync<[number, string]>(`
    const b = new ArrayBuffer(1, { maxByteLength: 65536 }), kept = [];
    let text;
    try { for (;;) kept.push(${make65536}); } catch (error) { text = error.message; }
    [kept.length, text]`);
  expect(text).toBe(message);
  expect(count).toBeGreaterThan(100);
  expect(count).toBeLessThan(512);
});

it.runIf(process.platform === 'linux')('all guests together take a part of the process’s mappings only', () => {
  const mappings = () => readFileSync('/proc/self/maps', 'utf8').split('\n').length;
  const before = mappings();
  const runtimes = Array.from({ length: 33 }, () => new Runtime({ maxHeapSize: 32 * 1024 * 1024 }));
  try {
    const made = runtimes.map((runtime) =>
      runtime.eval<number>(`
        globalThis.kept = [];
        try { for (;;) kept.push(new ArrayBuffer(4096, { maxByteLength: 8192 })); } catch {}
        kept.length`),
    );
    expect(Math.max(...made)).toBeGreaterThan(500);
    expect(made.at(-1)).toBe(0);
    expect(mappings() - before).toBeLessThan(30_000);
  } finally {
    for (const runtime of runtimes) runtime.close();
  }
});

it('what a closed runtime had, others may have', async () => {
  for (let i = 0; i < 40; i++) {
    const runtime = new Runtime({ maxHeapSize: 32 * 1024 * 1024 });
    const count = runtime.eval(`
      globalThis.kept = [];
      for (let i = 0; i < 900; i++) kept.push(new ArrayBuffer(4096, { maxByteLength: 8192 }));
      kept.length`);
    expect(count).toBe(900);
    await runtime.closeAsync();
  }
});
