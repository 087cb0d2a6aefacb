import { readFileSync } from 'node:fs';
import { Runtime, TransferError } from 'isolet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstColumn, readPage, root } from './blocks.ts';

const page = 'docs/values.md';
const crosses = firstColumn(page, 'What crosses');
const refused = firstColumn(page, 'What does not cross');

/** Source of a value of each documented kind, and of a test that what arrived (`x`) is as documented. */
const samples: Record<string, [source: string, test: string]> = {
  undefined: ['undefined', 'x === undefined'],
  null: ['null', 'x === null'],
  boolean: ['[true, false]', 'x[0] === true && x[1] === false'],
  number: [
    '[0, -0, 1.5, NaN, Infinity, -Infinity, 2 ** 53]',
    'x[0] === 0 && Object.is(x[1], -0) && x[2] === 1.5 && x[3] !== x[3] && x[4] === Infinity && x[5] === -Infinity && x[6] === 2 ** 53',
  ],
  bigint: ['[0n, -1n, 7n ** 500n]', 'x[0] === 0n && x[1] === -1n && x[2] === 7n ** 500n'],
  string: [
    '["", "a", "ü€", "\\ud800x", "😀"]',
    'x.length === 5 && x[2] === "ü€" && x[3] === "\\ud800x" && x[4] === "😀"',
  ],
  'well-known symbol': [
    '[Symbol.iterator, Symbol.asyncIterator]',
    'x[0] === Symbol.iterator && x[1] === Symbol.asyncIterator',
  ],
  'registered symbol': ['Symbol.for("docs")', 'x === Symbol.for("docs")'],
  'boxed primitive': [
    '[new Number(1), new String("s"), new Boolean(false), Object(2n)]',
    'x[0] instanceof Number && x[0] + 1 === 2 && x[1] instanceof String && x[2] instanceof Boolean && !x[2].valueOf() && typeof x[3] === "object"',
  ],
  'plain object': [
    'Object.defineProperty({ b: 1, a: { c: 2 }, [Symbol("s")]: 3 }, "hidden", { value: 4 })',
    'JSON.stringify(x) === \'{"b":1,"a":{"c":2}}\' && Reflect.ownKeys(x).length === 2',
  ],
  'object without prototype': [
    'Object.assign(Object.create(null), { a: 1 })',
    'Object.getPrototypeOf(x) === null && x.a === 1',
  ],
  'class instance': [
    'new (class A { a = 1; m() {} })()',
    'Object.getPrototypeOf(x) === Object.prototype && x.a === 1 && x.m === undefined',
  ],
  'object with getters': ['({ get a() { return 5; } })', 'Object.getOwnPropertyDescriptor(x, "a").value === 5'],
  array: [
    'Object.assign([1, [2]], { extra: 1 })',
    'Array.isArray(x) && x.length === 2 && x[1][0] === 2 && !("extra" in x)',
  ],
  'array with holes': [
    '[[1, , 3], Object.assign([], { length: 4e6, 3999999: 1 })]',
    'x[0].length === 3 && !(1 in x[0]) && x[1].length === 4e6 && !(5 in x[1]) && x[1][3999999] === 1',
  ],
  Map: ['new Map([["b", 1], [{ k: 1 }, 2]])', 'x instanceof Map && x.size === 2 && [...x.keys()][0] === "b"'],
  Set: ['new Set([3, 1])', 'x instanceof Set && [...x].join() === "3,1"'],
  Date: [
    '[new Date(5), new Date(NaN)]',
    'x[0].getTime() === 5 && x[0] instanceof Date && x[1].getTime() !== x[1].getTime()',
  ],
  RegExp: [
    '(() => { const r = /a(b)/giu; r.lastIndex = 3; return r; })()',
    'x.source === "a(b)" && x.flags === "giu" && x.lastIndex === 0',
  ],
  Error: [
    'Object.assign(new RangeError("m", { cause: 1 }), { code: "C" })',
    'x instanceof RangeError && x.message === "m" && x.cause === 1 && x.code === "C"',
  ],
  AggregateError: [
    'new AggregateError([new TypeError("t")], "m")',
    'x instanceof AggregateError && x.errors[0] instanceof TypeError',
  ],
  DOMException: [
    '(() => { try { structuredClone(() => 1); } catch (error) { return error; } })()',
    'x instanceof DOMException && x.name === "DataCloneError" && x.code === 25 && x.message !== ""',
  ],
  'object that inherits from Error': [
    'Object.assign(Object.create(TypeError.prototype), { message: "m" })',
    'x instanceof TypeError && x.message === "m" && x.stack === "TypeError: m"',
  ],
  ArrayBuffer: ['new Uint8Array([1, 2]).buffer', 'x instanceof ArrayBuffer && new Uint8Array(x).join() === "1,2"'],
  'resizable ArrayBuffer': [
    'new ArrayBuffer(2, { maxByteLength: 8 })',
    // Only the host has a `process`.
    'x.byteLength === 2 && x.resizable === true',
  ],
  DataView: ['new DataView(new Uint8Array([7]).buffer)', 'x instanceof DataView && x.getUint8(0) === 7'],
  Buffer: [
    'typeof Buffer === "undefined" ? new Uint8Array([1, 2]) : Buffer.from([1, 2])',
    'x.constructor === Uint8Array && x.join() === "1,2" && x.buffer.byteLength === 2',
  ],
  function: ['(n) => n + 1', 'typeof x === "function" && x(1) === 2'],
  promise: ['({ p: Promise.resolve(1) })', 'x.p instanceof Promise'],
  ReadableStream: ['new ReadableStream()', 'x.constructor === ReadableStream && !x.locked'],
  URL: ['new URL("https://example.com/a")', 'x.constructor === URL && x.href === "https://example.com/a"'],
  URLSearchParams: ['new URLSearchParams("a=1")', 'x.constructor === URLSearchParams && x.get("a") === "1"'],
  Headers: ['new Headers({ a: "1" })', 'x.constructor === Headers && x.get("a") === "1"'],
  Request: ['new Request("https://example.com/")', 'x.constructor === Request && x.url === "https://example.com/"'],
  Response: ['new Response(null, { status: 204 })', 'x.constructor === Response && x.status === 204'],
  Blob: ['new Blob(["abc"])', 'x.constructor === Blob && x.size === 3'],
  File: ['new File(["abc"], "n")', 'x.constructor === File && x.name === "n"'],
  FormData: [
    '(() => { const f = new FormData(); f.set("a", "1"); return f; })()',
    'x.constructor === FormData && x.get("a") === "1"',
  ],
  AbortSignal: ['AbortSignal.abort("why")', 'x.constructor === AbortSignal && x.reason === "why"'],
};
for (const kind of crosses.filter((kind) => kind.endsWith('Array'))) {
  const number = kind.startsWith('Big') ? '3n' : '3';
  samples[kind] = [
    `typeof ${kind} === "undefined" ? null : ${kind}.of(${number})`,
    `typeof ${kind} === "undefined" || (x.constructor === ${kind} && x.length === 1 && x[0] === ${number})`,
  ];
}

/** Source of a value of each refused kind. */
const refusals: Record<string, string> = {
  'symbol of its own': 'Symbol("x")',
  Proxy: 'new Proxy({}, {})',
  WeakMap: 'new WeakMap()',
  WeakSet: 'new WeakSet()',
  WeakRef: 'new WeakRef({})',
  SharedArrayBuffer: 'new SharedArrayBuffer(1)',
  'generator object': '(function* () {})()',
  'Map iterator': 'new Map().keys()',
  'Set iterator': 'new Set().keys()',
  'WebAssembly.Memory': 'new WebAssembly.Memory({ initial: 1 })',
  'WebAssembly.Module': 'new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))',
  'detached ArrayBuffer': 'DETACHED',
  'function under the key `then`, to the host': '({ then() {} }).then',
};
const byHand = [
  // In test/values/hostile.test.ts.
  'RegExp whose source is too long, see below',
  "promise whose `constructor` can't be used, to the guest",
  'function of another runtime',
  'released function',
  // In test/web/crossing.
  'Headers, Request, Response, Blob, File, FormData or AbortSignal, to a guest without `web`',
  'Request or Response whose body was read or is locked',
  'AbortSignal whose reason holds itself',
];

let runtime: Runtime;
beforeAll(() => {
  runtime = new Runtime({ maxHeapSize: 256 * 1024 * 1024, web: true });
});
afterAll(() => runtime.close());

const inHost = (source: string): unknown => new Function(`return (${source})`)();
const hostTest = (test: string) => new Function('x', `return (${test})`) as (x: unknown) => boolean;

describe('docs/values.md', () => {
  it('lists the kinds that are tested here, and no others', () => {
    expect([...crosses].sort()).toEqual(Object.keys(samples).sort());
    expect([...refused].sort()).toEqual([...Object.keys(refusals), ...byHand].sort());
  });

  it('knows every type of view the protocol has', () => {
    const wire = readFileSync(new URL('native/value/wire.h', root), 'utf8');
    const list = /enum class ViewType[^{]*\{([^}]*)\}/.exec(wire)?.[1] ?? '';
    const types = [...list.matchAll(/k(\w+)/g)].map(([, name = '']) => name);
    const documented = types.map((name) => (name === 'DataView' ? name : `${name}Array`));
    expect(documented.length).toBeGreaterThan(0);
    for (const name of documented) expect(crosses).toContain(name);
  });

  it('knows every name that the encoder refuses', () => {
    const encoder = readFileSync(new URL('native/value/encoder.cc', root), 'utf8');
    const names = [...encoder.matchAll(/if \(object->Is\w+\(\)\) return "([^"]+)";/g)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(0);
    // An External is a native pointer in a wrapper; JavaScript has no way to make one.
    for (const name of names.filter((name) => name !== 'external value'))
      expect(readPage(page)).toContain(`| ${name} |`);
  });

  it.each(Object.entries(samples))('%s, guest to host', (_, [source, test]) => {
    expect(hostTest(test)(runtime.eval(`(${source})`))).toBe(true);
  });

  it.each(Object.entries(samples))('%s, host to guest', (_, [source, test]) => {
    const check = runtime.eval<(x: unknown) => boolean>(`(x) => (${test})`);
    expect(check(inHost(source))).toBe(true);
  });

  it.each(Object.entries(refusals))('%s is refused, with its name', (kind, source) => {
    if (kind.startsWith('function under the key')) {
      const read = () => runtime.eval('({ a: { then() {} } })');
      expect(read).toThrow(TransferError);
      expect(read).toThrow("function named 'then'");
      return;
    }
    const name = refusedAs(kind);
    if (kind === 'detached ArrayBuffer') {
      const buffer = new ArrayBuffer(1);
      structuredClone(buffer, { transfer: [buffer] });
      expect(() => runtime.eval<(x: unknown) => void>('(x) => x')(buffer)).toThrow(name);
      return;
    }
    const read = () => runtime.eval(`({ a: ${source} })`);
    expect(read).toThrow(TransferError);
    expect(read).toThrow(name);
    const send = () => runtime.eval<(x: unknown) => void>('(x) => 1')({ a: inHost(source) });
    expect(send).toThrow(TransferError);
    expect(send).toThrow(name);
  });

  it('a function of another runtime and a released one are refused, with the name', () => {
    using other = new Runtime();
    const take = runtime.eval<(x: unknown) => void>('(x) => 1');
    const foreign = other.eval('() => 1');
    expect(() => take(foreign)).toThrow(refusedAs('function of another runtime'));
    const own = runtime.eval<{ release(): void }>('() => 2');
    own.release();
    expect(() => take(own)).toThrow(refusedAs('released function'));
  });

  it('identity and cycles survive', () => {
    const value = runtime.eval<{ a: unknown; b: unknown; self: unknown }>(
      'const o = {}; const v = { a: o, b: o }; v.self = v; v',
    );
    expect(value.a).toBe(value.b);
    expect(value.self).toBe(value);
  });
});

/** The second column of the table of refused kinds. */
function refusedAs(kind: string): string {
  const row = readPage(page)
    .split('\n')
    .find((line) => line.startsWith(`| ${kind} |`));
  return (row?.split('|')[2] ?? 'no such row').trim();
}
