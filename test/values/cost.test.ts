import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Runtime, TransferError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from '../runtime/support.ts';

const runtimes = useRuntimes();

/** Kinds whose whole cost is in the receiver's heap, where it can be read off. `i` is the number of the value. */
const exact: Record<string, string> = {
  'empty object': '({})',
  'object of one shape': '({ a: i, b: i, c: i })',
  'object with eight properties': '({ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8 })',
  'object without prototype': 'Object.create(null)',
  'object with a shape of its own': '({ ["k" + i]: 1 })',
  'object with one of many keys': '({ ["k" + (i % 3000)]: 1 })',
  'object with a far index': '({ 1022: 1 })',
  'object with a near index': '({ 5: 1 })',
  'object that is a dictionary': 'Object.fromEntries(Array.from({ length: 40 }, (_, j) => [j * 1000 + i, j]))',
  array: '[1, 2, 3]',
  'array with holes': '[, , , , , 1]',
  double: 'i + 0.5',
  bigint: 'BigInt(i)',
  'short string': '"s" + i',
  'long string': '"x".repeat(100) + i',
  'two-byte string': '"€" + i',
  'empty Map': 'new Map()',
  'Map that has just grown': 'new Map(Array.from({ length: 9 }, (_, j) => [j, j]))',
  'Set that has just grown': 'new Set(Array.from({ length: 9 }, (_, j) => j))',
  Date: 'new Date(i)',
};

/** Kinds that also stand for what is outside the heap, or that depend on where they arrive. */
const bounded: Record<string, string> = {
  'empty array': '[]',
  'small integer': 'i % 100',
  'sparse array': '(() => { const a = []; a[5000] = 1; return a; })()',
  'boxed primitive': 'Object(i)',
  RegExp: 'new RegExp("a" + i)',
  Error: 'new Error("m" + i)',
  'Error with properties': 'Object.assign(new TypeError("m"), { code: "X", n: i })',
  ArrayBuffer: 'new ArrayBuffer(8)',
  'typed array': 'new Uint8Array(8)',
  DOMException: 'new DOMException("m" + i, "DataError")',
  URL: 'new URL("https://example.com/?a=" + i)',
  URLSearchParams: 'new URLSearchParams({ a: i })',
  'empty Headers': 'new Headers()',
  Headers: 'new Headers(Array.from({ length: 10 }, (_, j) => ["h" + j, "v" + i]))',
  Blob: 'new Blob(["b" + i])',
  File: 'new File(["b" + i], "n")',
  'empty FormData': 'new FormData()',
  AbortSignal: 'new AbortController().signal',
  Request: 'new Request("https://example.com/" + i, { method: "POST", body: "b" + i, headers: { a: "b" } })',
  Response: 'new Response("b" + i, { headers: { a: "b" } })',
  'Response with a stream': 'new Response(new ReadableStream())',
};

const library = createRequire(import.meta.url).resolve('isolet');
const child = fileURLToPath(new URL('./cost-child.cjs', import.meta.url));

function measure(kinds: Record<string, string>): Map<string, [number, number]> {
  const output = execFileSync(process.execPath, ['--expose-gc', child, library, JSON.stringify(kinds)], {
    encoding: 'utf8',
    timeout: 240_000,
  });
  return new Map(Object.entries(JSON.parse(output) as Record<string, [number, number]>));
}

describe('what a message costs its reader', () => {
  it('is paid by the writer: the most that crosses of a kind is what the limit says', () => {
    for (const [kind, [part, values]] of measure(exact)) {
      expect(part, `${kind}: ${values} values, part of the limit that the host holds`).toBeLessThan(1.1);
      expect(part, `${kind}: ${values} values, part of the limit that the host holds`).toBeGreaterThan(0.6);
    }
  }, 300_000);

  it('is never more than the limit, whatever else a value stands for', () => {
    for (const [kind, [part, values]] of measure(bounded)) {
      expect(part, `${kind}: ${values} values, part of the limit that the host holds`).toBeLessThan(1.1);
    }
  }, 300_000);

  it('a sparse array arrives sparse and costs its elements, and a little for its length', async () => {
    const runtime = runtimes.make({ maxTransferBytes: 2_000_000 });
    const array = runtime.eval<number[]>('(() => { const a = []; a[9_999_999] = 1; return a; })()');
    expect(array.length).toBe(10_000_000);
    expect(Object.keys(array)).toEqual(['9999999']);
    const empty = runtime.eval<number[]>(
      '(() => { const a = []; a[9_999_999] = 1; delete a[9_999_999]; return a; })()',
    );
    expect([empty.length, Object.keys(empty).length]).toEqual([10_000_000, 0]);
    const four = '(() => Array.from({ length: 4 }, () => { const a = []; a[9_999_999] = 1; return a; }))()';
    const error = await failure(() => runtime.eval(four));
    expect(error).toBeInstanceOf(TransferError);
    expect(error).toMatchObject({ limit: 2_000_000 });
    expect(error['actual']).toBeGreaterThan(2_000_000);
  });

  it('is the same in both directions, with the numbers in the error', async () => {
    const runtime = runtimes.make({ maxTransferBytes: 100_000 });
    const sent = await failure(() => runtime.bindObject('list', { all: Array.from({ length: 2000 }, () => ({})) }));
    const got = await failure(() => runtime.eval('({ all: Array.from({ length: 2000 }, () => ({})) })'));
    for (const error of [sent, got]) {
      expect(error).toMatchObject({ code: 'ERR_ISOLET_TRANSFER', limit: 100_000 });
      expect(error.message).toContain(`${error['actual']} bytes where it arrives, the limit is 100000`);
    }
  });

  it('rows of many columns pay for their keys once', () => {
    using runtime = new Runtime();
    const rows = runtime.eval<Record<string, number>[]>(
      'Array.from({ length: 10_000 }, (_, i) => Object.fromEntries(Array.from({ length: 60 }, (_, j) => ["column" + j, i])))',
    );
    expect(Object.keys(rows[9_999] ?? {})).toHaveLength(60);
  });
});
