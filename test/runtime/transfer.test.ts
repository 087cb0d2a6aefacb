import { type JsFunction, TransferError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from './support.ts';

const { make } = useRuntimes();
const detached = (buffer: ArrayBuffer) => buffer.byteLength === 0 && failure(() => new Uint8Array(buffer)[0]);
const mebibyte = 1024 * 1024;

describe('the transfer list of callAsync', () => {
  it('V20, F030a: moves an ArrayBuffer, views of it included, and detaches it here', async () => {
    const runtime = make();
    const sum = runtime.eval<JsFunction>(
      '({ buffer, view }) => [view.buffer === buffer, view.length, view[1], buffer.byteLength]',
    );
    const buffer = new ArrayBuffer(1000);
    const view = new Uint8Array(buffer, 10, 20);
    view[1] = 7;
    expect(await sum.callAsync([{ buffer, view }], { transfer: [buffer] })).toEqual([true, 20, 7, 1000]);
    expect(buffer.byteLength).toBe(0);
    expect(view.length).toBe(0);
  });

  it('V20: the memory itself moves: no second copy is made', async () => {
    const runtime = make({ maxHeapSize: 256 * mebibyte, maxTransferBytes: 128 * mebibyte });
    const keep = runtime.eval<JsFunction>('(b) => { globalThis.kept = b; return b.byteLength }');
    const buffer = new ArrayBuffer(64 * mebibyte);
    new Uint8Array(buffer).fill(1);
    const before = process.memoryUsage.rss();
    expect(await keep.callAsync([buffer], { transfer: [buffer] })).toBe(64 * mebibyte);
    // A copy of 64 MiB that was written would show.
    expect(process.memoryUsage.rss() - before).toBeLessThan(32 * mebibyte);
    expect(runtime.getStats().arrayBufferBytes).toBeGreaterThanOrEqual(64 * mebibyte);
    expect(runtime.eval('new Uint8Array(kept).every((n) => n === 1)')).toBe(true);
  });

  it('V20: without the list it is a copy', async () => {
    const buffer = new ArrayBuffer(8);
    expect(await make().eval<JsFunction>('(b) => b.byteLength').callAsync([buffer])).toBe(8);
    expect(buffer.byteLength).toBe(8);
  });

  it('V20: one that is not among the arguments is detached too', async () => {
    const buffer = new ArrayBuffer(8);
    await make()
      .eval<JsFunction>('() => 1')
      .callAsync([], { transfer: [buffer] });
    expect(buffer.byteLength).toBe(0);
  });

  it('V20: arguments that can not cross leave it where it was', async () => {
    const runtime = make({ maxTransferBytes: 1000 });
    const fn = runtime.eval<JsFunction>('(b) => b.byteLength');
    const buffer = new ArrayBuffer(8);
    const error = await failure(() => fn.callAsync([buffer, new WeakMap()], { transfer: [buffer] }));
    expect(error).toBeInstanceOf(TransferError);
    const large = new ArrayBuffer(5000);
    expect(await failure(() => fn.callAsync([large], { transfer: [large] }))).toMatchObject({ limit: 1000 });
    expect([buffer.byteLength, large.byteLength]).toEqual([8, 5000]);
  });

  it('V20, V35: it counts against the memory of the guest', async () => {
    const runtime = make({ maxHeapSize: 16 * mebibyte, maxTransferBytes: 64 * mebibyte });
    const fn = runtime.eval<JsFunction>('(b) => b.byteLength');
    const buffer = new ArrayBuffer(32 * mebibyte);
    expect((await failure(() => fn.callAsync([buffer], { transfer: [buffer] }))).message).toMatch(/memory|heap|alloc/i);
  });

  it('V20: survives the runtime it went to', async () => {
    const runtime = make();
    const back = runtime.eval<JsFunction>('(b) => { globalThis.kept = b; return new Uint8Array(b)[3] }');
    for (let i = 0; i < 20; i++) {
      const buffer = new ArrayBuffer(100_000);
      new Uint8Array(buffer)[3] = i;
      expect(await back.callAsync([buffer], { transfer: [buffer] })).toBe(i);
    }
    await runtime.closeAsync();
  });

  it.each<[string, () => unknown]>([
    ['no array', () => new ArrayBuffer(1)],
    ['a view', () => [new Uint8Array(1)]],
    ['shared memory', () => [new SharedArrayBuffer(1)]],
    ['the same twice', () => Array(2).fill(new ArrayBuffer(1))],
    ["Node's pool", () => [Buffer.from('abc').buffer]],
  ])('refuses %s', async (_, transfer) => {
    const fn = make().eval<JsFunction>('() => 1');
    const error = await failure(() => fn.callAsync([], { transfer: transfer() as never }));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_INVALID_ARG', option: 'transfer' });
  });

  it('refuses one that is detached', async () => {
    const fn = make().eval<JsFunction>('() => 1');
    const buffer = new ArrayBuffer(8);
    structuredClone(buffer, { transfer: [buffer] });
    expect(detached(buffer)).toBeTruthy();
    expect(await failure(() => fn.callAsync([], { transfer: [buffer] }))).toBeInstanceOf(TransferError);
  });
});
