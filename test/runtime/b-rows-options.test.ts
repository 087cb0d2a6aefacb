import { Runtime, type RuntimeOptions } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from './support.ts';

const { make } = useRuntimes();
const mebibyte = 1024 * 1024;

describe('options of a runtime', () => {
  it('B090, B092: what the constructor is given is in force', async () => {
    const runtime = make({
      maxHeapSize: 100 * mebibyte,
      initialHeapSize: 50 * mebibyte,
      bootstrap: 'var booted = true',
      timeout: 30_000,
      maxTransferDepth: 200,
      maxTransferBytes: 2048,
    });
    expect(runtime.getStats().heapLimitBytes).toBe(100 * mebibyte);
    expect(runtime.eval('booted')).toBe(true);
    expect(runtime.eval('let v = 1; for (let i = 0; i < 198; i++) v = [v]; v')).toBeDefined();
    expect(await failure(() => runtime.eval('for (let i = 0; i < 5; i++) v = [v]; v'))).toMatchObject({ limit: 200 });
    expect(await failure(() => runtime.eval('"x".repeat(3000)'))).toMatchObject({ limit: 2048 });
  });

  it('B091, B107: options are read once; changing the object later changes no runtime', async () => {
    const options: RuntimeOptions = { bootstrap: 'var n = 1', maxTransferBytes: 1000 };
    const first = make(options);
    options.bootstrap = 'var n = 2';
    options.maxTransferBytes = 5000;
    const second = make(options);
    expect([first.eval('n'), second.eval('n')]).toEqual([1, 2]);
    expect(await failure(() => first.eval('"x".repeat(2000)'))).toMatchObject({ limit: 1000 });
    expect(second.eval<string>('"x".repeat(2000)')).toHaveLength(2000);
  });

  it('B077, B078, B098: whole and broken numbers are limits, objects are not', async () => {
    expect(make({ timeout: 1000 }).eval('1', { timeout: 30.5 })).toBe(1);
    expect(make({ timeout: 1 })).toBeInstanceOf(Runtime);
    const seconds = await failure(() => make({ timeout: { seconds: 1 } as never }));
    expect(seconds).toBeInstanceOf(TypeError);
  });

  it.each<[unknown, 'TypeError' | 'RangeError']>([
    [-1, 'RangeError'],
    [-5, 'RangeError'],
    [0, 'RangeError'],
    [Number.NaN, 'RangeError'],
    [Number.POSITIVE_INFINITY, 'RangeError'],
    [Number.NEGATIVE_INFINITY, 'RangeError'],
    ['1', 'TypeError'],
    [[1], 'TypeError'],
    [{}, 'TypeError'],
  ])('B099, B101: a timeout of %j is a %s, in every place that takes one', async (timeout, name) => {
    const runtime = make();
    const fn = runtime.eval<{ callAsync: (args: unknown[], options: unknown) => Promise<unknown> }>('() => 1');
    const bad = { timeout } as never;
    for (const call of [
      () => make(bad),
      () => Runtime.create(bad),
      () => runtime.eval('1', bad),
      () => runtime.evalAsync('1', bad),
      () => runtime.evalModule('m', bad),
      () => runtime.evalModuleAsync('m', bad),
      () => fn.callAsync([], bad),
      () => runtime.closeAsync(bad),
    ]) {
      const error = await failure(call);
      expect(error).toMatchObject({ name, code: 'ERR_ISOLET_INVALID_ARG', option: 'timeout' });
    }
    expect(runtime.eval('1')).toBe(1);
  });
});
