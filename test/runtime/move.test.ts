import { runInThisContext } from 'node:vm';
import { type JsFunction, move, TransferError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from './support.ts';

const { make } = useRuntimes();
const mebibyte = 1024 * 1024;
const wasmMemory = () => runInThisContext('new WebAssembly.Memory({ initial: 1 }).buffer');
const filled = (length: number, value: number) => new Uint8Array(length).fill(value);
const sum = '(bytes) => bytes.reduce((total, n) => total + n, 0)';

describe('move', () => {
  it.each([0, 1, 100, 1023, 1024, 65_536, mebibyte])('moves %d bytes with a synchronous call', async (length) => {
    for (const syncCalls of ['guarded', 'inPlace'] as const) {
      const bytes = filled(length, 2);
      expect(make({ syncCalls }).eval<JsFunction>(sum)(move(bytes))).toBe(2 * length);
      expect(await failure(() => bytes.buffer.slice(0))).toBeInstanceOf(TypeError);
    }
  });

  it('answers with what it was given', () => {
    const values = [new ArrayBuffer(8), new Uint16Array(4), new DataView(new ArrayBuffer(8)), Buffer.alloc(10_000)];
    for (const value of values) expect(move(value)).toBe(value);
  });

  it('moves all views of the ArrayBuffer, at any depth', async () => {
    const buffer = new ArrayBuffer(1000);
    const view = new Uint8Array(buffer, 10, 20).fill(7);
    move(view);
    const look = make().eval<JsFunction>(
      '({ deep: [{ view, buffer }] }) => [view.buffer === buffer, view[19], view.length]',
    );
    expect(await look.callAsync([{ deep: [{ view, buffer }] }])).toEqual([true, 7, 20]);
    expect([buffer.byteLength, view.length]).toEqual([0, 0]);
  });

  it('moves what a host function returns, and what a promise becomes', async () => {
    const runtime = make();
    const sent: Uint8Array[] = [];
    const send = () => {
      sent.push(filled(2000, 1));
      return move(sent.at(-1) as Uint8Array);
    };
    runtime.bindFunction('now', send);
    runtime.bindFunction('later', async () => ({ bytes: send() }));
    expect(await runtime.evalAsync(`(async () => [now().length, (await later()).bytes.length])()`)).toEqual([
      2000, 2000,
    ]);
    expect(sent.map((bytes) => bytes.length)).toEqual([0, 0]);
  });

  it('moves a bound object', () => {
    const runtime = make();
    const bytes = filled(5000, 3);
    runtime.bindObject('data', { bytes: move(bytes) });
    expect([runtime.eval('data.bytes[4999]'), bytes.length]).toEqual([3, 0]);
  });

  it('moves the part of a Buffer together with the rest', () => {
    const memory = new ArrayBuffer(10_000);
    const part = Buffer.from(memory, 100, 200).fill(5);
    const look = make().eval<JsFunction>('(bytes) => [bytes.length, bytes[0], bytes.buffer.byteLength]');
    expect(look(move(part))).toEqual([200, 5, 10_000]);
    expect(memory.byteLength).toBe(0);
  });

  it('moves a resizable buffer, which stays resizable', async () => {
    const grow = make().eval<JsFunction>('(b) => { b.resize(200); return [b.byteLength, new Uint8Array(b)[9]]; }');
    for (const list of [false, true]) {
      const buffer = new (ArrayBuffer as new (n: number, o: object) => ArrayBuffer)(100, { maxByteLength: 200 });
      new Uint8Array(buffer)[9] = 4;
      const answer = list ? grow.callAsync([buffer], { transfer: [buffer] }) : grow(move(buffer));
      expect(await answer).toEqual([200, 4]);
      expect(buffer.byteLength).toBe(0);
    }
  });

  it('a resizable buffer that moves counts with its maximum', async () => {
    const runtime = make({ maxTransferBytes: mebibyte });
    const size = runtime.eval<JsFunction>('(b) => b.byteLength');
    const buffer = new (ArrayBuffer as new (n: number, o: object) => ArrayBuffer)(100, { maxByteLength: 2 * mebibyte });
    expect(await failure(() => size.callAsync([buffer], { transfer: [buffer] }))).toMatchObject({ limit: mebibyte });
    expect(await failure(() => size(move(buffer)))).toMatchObject({ limit: mebibyte });
    expect(buffer.byteLength).toBe(100);
  });

  it('detaches nothing if the message can not cross, and still moves with the next', async () => {
    const runtime = make({ maxTransferBytes: 10_000 });
    const fn = runtime.eval<JsFunction>('(bytes) => bytes.length');
    const bytes = move(filled(2000, 1));
    const small = move(filled(10, 1));
    expect(await failure(() => fn(bytes, small, new WeakMap()))).toBeInstanceOf(TransferError);
    expect(await failure(() => fn(bytes, small, new ArrayBuffer(9000)))).toMatchObject({ limit: 10_000 });
    expect([bytes.length, small.length]).toEqual([2000, 10]);
    expect(fn(bytes, small)).toBe(2000);
    expect([bytes.length, small.length]).toEqual([0, 0]);
    expect((await failure(() => fn(bytes))).message).toMatch(/detached/);
  });

  it('a part of an Error that is left out keeps its buffer, one before it moves', () => {
    const runtime = make();
    const kept = move(filled(10, 1));
    const gone = move(filled(10, 1));
    const error = Object.assign(new Error('x'), { gone, bad: { kept, symbol: Symbol('no') } });
    const keys = runtime.eval<JsFunction>('(error) => Object.keys(error).join()');
    expect([keys(error), gone.length, kept.length]).toEqual(['gone', 0, 10]);
  });

  it('counts against the memory of the guest', async () => {
    const runtime = make({ maxHeapSize: 16 * mebibyte, maxTransferBytes: 64 * mebibyte });
    const keep = runtime.eval<JsFunction>('(b) => { globalThis.kept = b; }');
    keep(move(new ArrayBuffer(4 * mebibyte)));
    expect(runtime.getStats().arrayBufferBytes).toBeGreaterThanOrEqual(4 * mebibyte);
    const error = await failure(() => keep(move(new ArrayBuffer(32 * mebibyte))));
    expect(error.message).toMatch(/memory|heap|alloc/i);
  });

  it.each<[string, () => unknown, string]>([
    ['no buffer', () => ({}), 'an ArrayBuffer or a view of one'],
    ['nothing', () => undefined, 'an ArrayBuffer or a view of one'],
    ['shared memory', () => new Uint8Array(new SharedArrayBuffer(8)), 'an ArrayBuffer or a view of one'],
    ["Node's pool", () => Buffer.from('abc'), 'memory of your own'],
    ['a memory of WebAssembly', wasmMemory, 'can be detached'],
  ])('refuses %s', async (_, value, message) => {
    const error = await failure(() => move(value() as ArrayBuffer));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_INVALID_ARG', option: 'value' });
    expect(error.message).toContain(message);
  });
});

describe('moveResults', () => {
  const give = `(length) => (globalThis.mine = new Uint8Array(length).fill(3))`;

  it.each([1, 64, 100, 5000, mebibyte])('moves %d bytes out of the guest', async (length) => {
    for (const syncCalls of ['guarded', 'inPlace'] as const) {
      const runtime = make({ moveResults: true, syncCalls });
      const fn = runtime.eval<JsFunction<[number], Uint8Array>>(give);
      for (const bytes of [fn(length), await fn.callAsync([length])]) {
        expect([bytes.length, bytes[length - 1]]).toEqual([length, 3]);
        expect(runtime.eval('[mine.length, mine.buffer.byteLength]')).toEqual([0, 0]);
      }
    }
  });

  it('moves what an asynchronous function answers later', async () => {
    const runtime = make({ moveResults: true, maxTimers: 10 });
    const fn = runtime.eval<JsFunction>(
      'async (n) => { await new Promise((resolve) => setTimeout(resolve, 1)); return { a: [globalThis.mine = new ArrayBuffer(n)] }; }',
    );
    expect(await fn.callAsync([3000])).toEqual({ a: [new ArrayBuffer(3000)] });
    expect(runtime.eval('mine.byteLength')).toBe(0);
  });

  it('without it, and for what is no result of a function, it is a copy', async () => {
    const runtime = make();
    runtime.eval<JsFunction>(give)(5000);
    expect(runtime.eval('mine.length')).toBe(5000);
    const moving = make({ moveResults: true });
    const seen: number[] = [];
    moving.bindFunction('take', (bytes: Uint8Array) => void seen.push(bytes.length));
    expect((moving.eval('globalThis.mine = new Uint8Array(5000)') as Uint8Array).length).toBe(5000);
    moving.eval<JsFunction>('() => take(mine)')();
    expect([moving.eval('mine.length'), ...seen]).toEqual([5000, 5000]);
    expect(await failure(() => moving.eval<JsFunction>('() => { throw { mine }; }')())).toBeDefined();
    expect(moving.eval('mine.length')).toBe(5000);
  });

  it('copies resizable buffers and memories of WebAssembly', () => {
    const runtime = make({ moveResults: true });
    const fn = runtime.eval<JsFunction<[], ArrayBuffer[]>>(`
      const grows = new ArrayBuffer(2000, { maxByteLength: 4000 });
      const { buffer } = new WebAssembly.Memory({ initial: 1 });
      globalThis.lengths = () => [grows.byteLength, buffer.byteLength];
      () => [grows, buffer]`);
    expect(fn().map((buffer) => buffer.byteLength)).toEqual([2000, 65_536]);
    expect(runtime.eval('lengths()')).toEqual([2000, 65_536]);
  });

  it('a result that can not cross leaves the guest what it has', async () => {
    const runtime = make({ moveResults: true });
    const fn = runtime.eval<JsFunction>('() => [globalThis.mine = new Uint8Array(5000), new WeakMap()]');
    expect(await failure(fn)).toBeInstanceOf(TransferError);
    expect(runtime.eval('mine.length')).toBe(5000);
  });

  it('what left the guest no longer counts as the guest’s, and does not outlive its use there', async () => {
    const runtime = make({ moveResults: true, maxHeapSize: 16 * mebibyte });
    const fn = runtime.eval<JsFunction<[number], Uint8Array>>(give);
    const held: Uint8Array[] = [];
    for (let n = 0; n < 40; n++) held.push(fn(mebibyte));
    expect(runtime.getStats().arrayBufferBytes).toBeLessThan(8 * mebibyte);
    await runtime.closeAsync();
    expect(held.every((bytes) => bytes[mebibyte - 1] === 3)).toBe(true);
  });

  it('the same memory may go to and fro any number of times', () => {
    const runtime = make({ moveResults: true, syncCalls: 'inPlace' });
    const add = runtime.eval<JsFunction<[Uint8Array], Uint8Array>>('(bytes) => { bytes[0]++; return bytes; }');
    const [size, times] = [20_000, 20_000];
    let bytes: Uint8Array = new Uint8Array(size);
    for (let n = 0; n < times; n++) bytes = add(move(bytes));
    expect([bytes.length, bytes[0]]).toEqual([size, times % 256]);
    expect(runtime.getStats().arrayBufferBytes).toBeLessThan(mebibyte);
  });
});
