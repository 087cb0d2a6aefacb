import { types } from 'node:util';
import { Runtime } from 'isolet';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until, useRuntimes } from '../runtime/support.ts';
import { paths } from './paths.ts';
import { rows } from './rows.ts';

const runtimes = useRuntimes();

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
