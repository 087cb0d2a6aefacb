import { types } from 'node:util';
import { Runtime } from 'isolet';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until, useRuntimes } from '../runtime/support.ts';
import { paths } from './paths.ts';

const runtimes = useRuntimes();

const equal = (expression: string): string => `(x) => Object.is(x, ${expression})`;
const each = (list: string): string =>
  `(x) => (${list}).every((y, i) => Object.is(y, x[i])) && x.length === (${list}).length`;
const keys = 'Reflect.ownKeys';
const bytes = (list: string): string => `String(new Uint8Array(x.buffer, x.byteOffset, x.byteLength)) === '${list}'`;

/** Number and subject, an expression for the value, and what must hold on the other side. */
const rows: [row: string, expression: string, check: string][] = [
  ['V01 undefined', 'undefined', equal('undefined')],
  [
    'V01 undefined as a property and element',
    '{ a: undefined, b: [undefined] }',
    `(x) => 'a' in x && x.a === undefined && 0 in x.b && x.b[0] === undefined`,
  ],
  ['V02 null', 'null', equal('null')],
  ['V02 null inside', '{ a: null, b: [null] }', '(x) => x.a === null && x.b[0] === null'],
  ['V03 true and false', '[true, false]', each('[true, false]')],
  [
    'V04 integers',
    '[0, 1, -1, 127, 128, 2147483647, -2147483648, 2147483648, 4294967295, 1706000000000]',
    each('[0, 1, -1, 127, 128, 2147483647, -2147483648, 2147483648, 4294967295, 1706000000000]'),
  ],
  [
    'V05 fractions and what is not finite',
    '[0.1, -1.5, NaN, Infinity, -Infinity, 5e-324, Number.MAX_VALUE]',
    each('[0.1, -1.5, NaN, Infinity, -Infinity, 5e-324, Number.MAX_VALUE]'),
  ],
  ['V06 minus zero', '-0', equal('-0')],
  [
    'V06 minus zero inside',
    '[-0, { a: -0 }, 0]',
    '(x) => Object.is(x[0], -0) && Object.is(x[1].a, -0) && Object.is(x[2], 0)',
  ],
  [
    'V07 large numbers stay numbers',
    '[2 ** 53, 2 ** 53 + 2, 2 ** 63, 2 ** 64, -(2 ** 63), 1e300]',
    each('[2 ** 53, 2 ** 53 + 2, 2 ** 63, 2 ** 64, -(2 ** 63), 1e300]'),
  ],
  [
    'V08 BigInt stays BigInt, small ones too',
    '[0n, 1n, -1n, 2n ** 63n, 2n ** 64n, -(2n ** 200n), 2n ** 4000n + 1n]',
    each('[0n, 1n, -1n, 2n ** 63n, 2n ** 64n, -(2n ** 200n), 2n ** 4000n + 1n]'),
  ],
  [
    'V09 strings',
    `['', 'a', 'é', '€', '😀', 'a\\0b', 'x'.repeat(5000), '€'.repeat(5000)]`,
    each(`['', 'a', 'é', '€', '😀', 'a\\0b', 'x'.repeat(5000), '€'.repeat(5000)]`),
  ],
  [
    'V09 lone surrogates',
    `['\\ud800', 'x\\udc00y', { '\\udfff': 1 }]`,
    `(x) => x[0] === '\\ud800' && x[1] === 'x\\udc00y' && Object.keys(x[2])[0] === '\\udfff'`,
  ],
  [
    'V10 well-known and registered symbols',
    `[Symbol.iterator, Symbol.asyncIterator, Symbol.for('shared')]`,
    `(x) => x[0] === Symbol.iterator && x[1] === Symbol.asyncIterator && x[2] === Symbol.for('shared')`,
  ],
  [
    'V10 properties named by symbols are left out',
    `{ [Symbol.iterator]: 1, [Symbol('s')]: 2, a: 3 }`,
    `(x) => ${keys}(x).length === 1 && x.a === 3`,
  ],
  [
    'V11 plain objects, in order',
    `{ b: 1, a: 2, 10: 'ten', 2: 'two', '': 0 }`,
    `(x) => Object.getPrototypeOf(x) === Object.prototype && ${keys}(x).join() === '2,10,b,a,'`,
  ],
  [
    'V11 an own __proto__',
    `JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2}')`,
    `(x) => ${keys}(x).join() === '__proto__,constructor' && Object.getPrototypeOf(x) === Object.prototype && x.polluted === undefined && Object.getOwnPropertyDescriptor(x, '__proto__').value.polluted === 1`,
  ],
  [
    'V11 no prototype',
    'Object.assign(Object.create(null), { a: Object.create(null) })',
    '(x) => Object.getPrototypeOf(x) === null && Object.getPrototypeOf(x.a) === null',
  ],
  [
    'V11 hidden properties are left out, getters are read',
    `Object.defineProperty({ get g() { return 'got'; } }, 'h', { value: 1 })`,
    `(x) => ${keys}(x).join() === 'g' && Object.getOwnPropertyDescriptor(x, 'g').value === 'got'`,
  ],
  [
    'V12 arrays with holes',
    '[, 1, , undefined, ,]',
    `(x) => Array.isArray(x) && x.length === 5 && Object.keys(x).join() === '1,3'`,
  ],
  [
    'V12 other properties of arrays are dropped',
    'Object.assign([1], { extra: 2 })',
    `(x) => ${keys}(x).join() === '0,length' && x[0] === 1`,
  ],
  [
    'V13 sparse arrays',
    'Object.assign(new Array(100000), { 99999: 1 })',
    `(x) => x.length === 100000 && Object.keys(x).join() === '99999'`,
  ],
  [
    'V15 Set',
    `new Set([3, 1, '1', NaN, -0, new Set([2])])`,
    `(x) => x instanceof Set && [...x].slice(0, 3).join() === '3,1,1' && x.has(NaN) && x.has(0) && [...x][5].has(2)`,
  ],
  [
    'V16 Map',
    `new Map([['b', 1], ['a', new Map([[{ k: 1 }, [2]]])], [undefined, null]])`,
    `(x) => x instanceof Map && [...x.keys()].join() === 'b,a,' && [...x.get('a').keys()][0].k === 1 && x.get(undefined) === null`,
  ],
  ['V18 Date', 'new Date(1704067200123)', '(x) => x instanceof Date && x.getTime() === 1704067200123'],
  [
    'V18 the ends of time',
    '[new Date(8.64e15), new Date(-8.64e15), new Date(-1)]',
    '(x) => x[0].getTime() === 8.64e15 && x[1].getTime() === -8.64e15 && x[2].getTime() === -1',
  ],
  ['V18 an invalid Date', 'new Date(NaN)', '(x) => x instanceof Date && Number.isNaN(x.getTime())'],
  [
    'V19 Uint8Array',
    'new Uint8Array([1, 2, 255])',
    `(x) => Object.getPrototypeOf(x) === Uint8Array.prototype && ${bytes('1,2,255')}`,
  ],
  ['V19 a view of a part', 'new Uint8Array([1, 2, 3, 4]).subarray(1, 3)', `(x) => x.length === 2 && ${bytes('2,3')}`],
  [
    'V20 ArrayBuffer',
    'new Uint8Array([1, 2, 3]).buffer',
    `(x) => x instanceof ArrayBuffer && String(new Uint8Array(x)) === '1,2,3'`,
  ],
  [
    'V20 two views of one buffer',
    '((b) => [new Uint8Array(b), new Uint16Array(b, 2)])(new ArrayBuffer(8))',
    '(x) => x[0].buffer === x[1].buffer && x[1].byteOffset === 2',
  ],
  [
    'V20 a resizable buffer',
    'new ArrayBuffer(4, { maxByteLength: 16 })',
    '(x) => x.resizable && x.byteLength === 4 && x.maxByteLength === 16 && (x.resize(16), x.byteLength === 16)',
  ],
  ...[
    'Int8Array',
    'Uint8ClampedArray',
    'Int16Array',
    'Uint16Array',
    'Int32Array',
    'Uint32Array',
    'Float32Array',
    'Float64Array',
  ].map((type): [string, string, string] => [
    `V21 ${type}`,
    `new ${type}([1, 2, 100])`,
    `(x) => Object.getPrototypeOf(x) === ${type}.prototype && String(x) === '1,2,100'`,
  ]),
  ...['BigInt64Array', 'BigUint64Array'].map((type): [string, string, string] => [
    `V21 ${type}`,
    `new ${type}([1n, 2n ** 62n])`,
    `(x) => Object.getPrototypeOf(x) === ${type}.prototype && x[1] === 2n ** 62n`,
  ]),
  [
    'V22 DataView',
    'new DataView(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2)',
    `(x) => x instanceof DataView && x.byteOffset === 1 && ${bytes('2,3')}`,
  ],
  [
    'V27 Error',
    `new RangeError('m', { cause: { deep: [1] } })`,
    `(x) => x instanceof RangeError && x.name === 'RangeError' && x.message === 'm' && x.cause.deep[0] === 1 && typeof x.stack === 'string'`,
  ],
  [
    'V27 own properties and name of an Error',
    `Object.assign(new TypeError('m'), { code: 'E_X', name: 'Mine' })`,
    `(x) => x instanceof TypeError && x.code === 'E_X' && x.name === 'Mine'`,
  ],
  [
    'V27 AggregateError',
    `new AggregateError([new URIError('u'), 2], 'many')`,
    `(x) => x instanceof AggregateError && x.errors[0] instanceof URIError && x.errors[1] === 2 && x.message === 'many'`,
  ],
  [
    'V28 an instance of a class is a plain object',
    'new (class P { x = 1; #y = 2; get y() { return this.#y; } m() {} })()',
    `(x) => Object.getPrototypeOf(x) === Object.prototype && ${keys}(x).join() === 'x'`,
  ],
  [
    'V29 boxed primitives',
    `[Object(1), Object(-0), Object('s'), Object(true), Object(2n)]`,
    `(x) => x.every((b) => typeof b === 'object') && x[0] == 1 && Object.is(x[1].valueOf(), -0) && x[2] instanceof String && x[3].valueOf() === true && x[4].valueOf() === 2n`,
  ],
  [
    'V29 RegExp',
    `/a\\/[\\]]+€/giu`,
    `(x) => x instanceof RegExp && String(x) === String(/a\\/[\\]]+€/giu) && x.lastIndex === 0`,
  ],
  [
    'V31 cycles',
    '((o) => { o.self = o; o.list = [o]; o.map = new Map([[o, new Set([o])]]); return o; })({})',
    '(x) => x.self === x && x.list[0] === x && x.map.get(x).has(x)',
  ],
  [
    'V31 an error that is its own cause',
    `((e) => { e.cause = e; return e; })(new Error('loop'))`,
    '(x) => x.cause === x',
  ],
  [
    'V32 what is shared stays shared',
    '((s) => ({ a: s, b: [s], c: new Map([[1, s]]) }))({ n: 1 })',
    '(x) => x.a === x.b[0] && x.a === x.c.get(1)',
  ],
  [
    'V33 what only looks alike stays apart',
    'Array.from({ length: 3000 }, () => ({}))',
    '(x) => new Set(x).size === 3000',
  ],
  [
    'V34 the deepest value that is allowed',
    '((d) => { for (let i = 0; i < 98; i++) d = [d]; return d; })(1)',
    `(x) => { let n = 0; for (; Array.isArray(x); x = x[0]) n++; return n === 98 && x === 1; }`,
  ],
  [
    'V36 keys that look like tags of a protocol',
    `{ __jsrun_type: 'Date', $type: 'undefined', '@@iterator': 1, __proto: 2 }`,
    `(x) => x.__jsrun_type === 'Date' && x.$type === 'undefined' && x['@@iterator'] === 1 && x.__proto === 2`,
  ],
];

describe.each(paths)('a value crosses $name', (path) => {
  let runtime: Runtime;
  beforeAll(() => {
    runtime = new Runtime({ timeout: 10_000 });
  });
  afterEach(() => until(() => runtime.getStats().liveFunctionHandles === 0, 'no function is held'));
  afterAll(async () => {
    expect(runtime.getStats()).toMatchObject({ pendingCalls: 0, activeHostCalls: 0 });
    await runtime.closeAsync();
  });

  it.each(rows)('%s', (_row, expression, check) => path.carry(runtime, expression, check));

  it.each([
    ['V10 a symbol of its own', `Symbol('x')`, 'symbol', ''],
    ['V10 inside', `{ a: [0, Symbol('x')] }`, 'symbol', '.a[1]'],
    ['V17 WeakMap', '{ a: new WeakMap() }', 'WeakMap', '.a'],
    ['V17 WeakSet', '[new WeakSet()]', 'WeakSet', '[0]'],
    ['V17 WeakRef', 'new Set([new WeakRef({})])', 'WeakRef', '.values()[0]'],
    ['V17 Proxy', `new Map([['k', new Proxy({}, {})]])`, 'Proxy', '.get("k")'],
    ['V17 generator', `{ 'odd key': (function* () {})() }`, 'generator', '["odd key"]'],
    ['V23 SharedArrayBuffer', '[new SharedArrayBuffer(8)]', 'SharedArrayBuffer', '[0]'],
    ['V23 a view of a SharedArrayBuffer', '[new Uint8Array(new SharedArrayBuffer(8))]', 'SharedArrayBuffer', '[0]'],
    [
      'V20 a detached ArrayBuffer',
      '((b) => { b.transfer ? b.transfer() : structuredClone(b, { transfer: [b] }); return [b]; })(new ArrayBuffer(8))',
      'ArrayBuffer',
      '[0]',
    ],
  ])('%s does not cross, and the error says what and where', (row, expression, what, place) => {
    // The guest has nothing to detach a buffer with before V8 11.4.
    if (
      row.includes('detached') &&
      runtime.eval('ArrayBuffer.prototype.transfer === undefined') &&
      !path.name.endsWith('of a call') &&
      !path.name.includes('host function')
    )
      return;
    const { error, where } = path.refuse(runtime, expression);
    expect((error as Error).message).toContain(what);
    expect((error as Error).message).toContain(`(at ${where}${place})`);
  });

  it('V30 the error of a getter is the error one gets', () => {
    const { error } = path.refuse(runtime, `{ a: { get b() { throw new RangeError('mine'); } } }`);
    expect(error).toMatchObject({ name: 'RangeError', message: 'mine' });
  });

  it('V17 traps of a Proxy do not run', () => {
    // Inside an object: what a host function returns is itself asked for `then`, as everywhere in JavaScript.
    const { error } = path.refuse(
      runtime,
      `[new Proxy({}, new Proxy({}, { get() { throw new Error('a trap ran'); } }))]`,
    );
    expect((error as Error).message).toContain('Proxy');
  });
});

describe.each(paths)('limits hold $name', (path) => {
  it.each([
    ['V34 depth', '[[[1]]]', '[0][0][0]', 3, 4],
    ['V34 depth through Map and Set', `new Map([['k', new Set([[1]])]])`, '.get("k").values()[0][0]', 3, 4],
  ])('%s', async (_row, expression, place, limit, actual) => {
    const runtime = await runtimes.create({ maxTransferDepth: limit });
    const { error, where } = path.refuse(runtime, expression);
    expect((error as Error).message).toContain(`(at ${where}${place})`);
    expect((error as Error).message).toContain(String(limit));
    if ((error as Error).name === 'TransferError')
      expect(error).toMatchObject({ path: `${where}${place}`, limit, actual });
  });

  it.each([
    ['V35 a string', `{ k: 'x'.repeat(5000) }`, '.k'],
    ['V35 bytes', `{ k: new Uint8Array(5000) }`, '.k'],
    ['V35 a BigInt', `{ k: 2n ** 40000n }`, '.k'],
    ['V13 an array that is only long', `{ k: new Array(2 ** 32 - 1) }`, '.k'],
    ['V20 a buffer that may grow', `{ k: new ArrayBuffer(0, { maxByteLength: 2 ** 30 }) }`, '.k'],
  ])('%s over the limit of bytes', async (_row, expression, place) => {
    const runtime = await runtimes.create({ maxTransferBytes: 4000 });
    const { error, where } = path.refuse(runtime, expression);
    expect((error as Error).message).toContain(`(at ${where}${place})`);
    expect((error as Error).message).toContain('4000');
    if ((error as Error).name === 'TransferError') {
      expect(error).toMatchObject({ path: `${where}${place}`, limit: 4000 });
      expect((error as { actual: number }).actual).toBeGreaterThan(4000);
    }
  });

  it('V35 many small values over the limit, and the runtime goes on', async () => {
    const runtime = await runtimes.create({ maxTransferBytes: 4000 });
    path.refuse(runtime, 'Array.from({ length: 5000 }, (_, i) => ({ i }))');
    path.carry(runtime, '[1, 2]', '(x) => x[1] === 2');
  });

  it('V34 depth without an end', async () => {
    const runtime = await runtimes.create({ timeout: 5000, maxHeapSize: 64 * 2 ** 20 });
    const { error } = path.refuse(runtime, '((d) => { for (let i = 0; i < 1e5; i++) d = [d]; return d; })(1)');
    expect((error as Error).message).toContain('100');
  });
});

describe('host values only the host has', () => {
  it('V21 a Node Buffer arrives as a Uint8Array of its own bytes alone', () => {
    const runtime = runtimes.make();
    runtime.bindFunction('get', () => Buffer.from('hello'));
    const check = `(x) => [Object.getPrototypeOf(x) === Uint8Array.prototype, x.buffer.byteLength, String(x)].join('|')`;
    expect(runtime.eval(`(${check})(get())`)).toBe('true|5|104,101,108,108,111');
    expect(runtime.eval<(x: Buffer) => string>(check)(Buffer.from('hi'))).toBe('true|2|104,105');
    const back = runtime.eval<Uint8Array>('get()');
    expect(Buffer.isBuffer(back)).toBe(false);
    expect(types.isUint8Array(back)).toBe(true);
  });

  it('V19 bytes are a copy in both directions', () => {
    const runtime = runtimes.make();
    const mine = new Uint8Array([1, 2]);
    runtime.bindObject('o', { mine });
    runtime.eval('o.mine[0] = 9');
    expect([...mine]).toEqual([1, 2]);
    runtime.eval<Uint8Array>('o.mine')[1] = 9;
    expect(runtime.eval('o.mine[1]')).toBe(2);
  });
});

describe('functions and promises', () => {
  it('V24 functions cross in every direction and at any depth', () => {
    const runtime = runtimes.make();
    const host = (n: unknown): number => (n as number) + 1;
    runtime.bindFunction('use', (fn) => (fn as (n: number) => number)(20));
    runtime.bindFunction('get', () => ({ deep: [host] }));
    expect(
      runtime.eval<Map<string, (n: number) => number>[]>('[new Map([["f", (n) => n * 2]])]')[0]?.get('f')?.(21),
    ).toBe(42);
    expect(runtime.eval('use((n) => n * 2)')).toBe(40);
    expect(runtime.eval('get().deep[0](41)')).toBe(42);
    expect(runtime.eval<(f: unknown) => number>('(o) => o.f(41)')({ f: host })).toBe(42);
    expect(runtime.eval('get().deep[0]')).toBe(host);
  });

  it('V25 promises cross in every direction and at any depth', async () => {
    const runtime = runtimes.make();
    runtime.bindFunction('use', async (o) => (await (o as { p: Promise<number> }).p) + 1);
    runtime.bindFunction('get', () => ({ p: Promise.resolve(41) }));
    const { p } = runtime.eval<{ p: Promise<number> }>('({ p: Promise.resolve(42) })');
    expect(p).toBeInstanceOf(Promise);
    expect(await p).toBe(42);
    expect(await runtime.evalAsync('use({ p: Promise.resolve(41) })')).toBe(42);
    expect(await runtime.evalAsync('get().p.then((n) => n + 1)')).toBe(42);
    const wait = runtime.eval<(o: unknown) => Promise<number>>('async (o) => (await o.p) + 1');
    expect(await wait({ p: Promise.resolve(41) })).toBe(42);
    await expect(wait({ p: Promise.reject(new RangeError('no')) })).rejects.toMatchObject({ name: 'RangeError' });
  });

  it('V24, V32 one function in many places is one function', () => {
    const runtime = runtimes.make();
    const [a, b, c] = runtime.eval<[unknown, unknown[], { f: unknown; g: unknown }]>(
      '(() => { const f = () => 1; return [f, [f], { f, g: f }]; })()',
    );
    expect(a).toBe(b[0]);
    expect(c.f).toBe(c.g);
  });
});
