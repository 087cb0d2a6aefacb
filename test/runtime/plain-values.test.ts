import { describe, expect, it } from 'vitest';
import { type JsFunction, Runtime, TimeoutError, TransferError } from '../../lib/index.ts';

describe.each(['guarded', 'inPlace'] as const)('numbers, booleans, null and undefined, %s', (syncCalls) => {
  const make = (options: object = {}) => new Runtime({ syncCalls, ...options });

  it('arrive as they are in both directions', () => {
    using runtime = make();
    const same = runtime.eval('(value) => value') as JsFunction;
    const values = [undefined, null, true, false, 0, -0, 1, -1, 1.5, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53];
    values.push(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MIN_VALUE, Number.MAX_VALUE);
    for (const value of values) expect(same(value)).toBe(value);
    expect(runtime.eval('-0')).toBe(-0);
    expect(runtime.eval('undefined')).toBeUndefined();
  });

  it.each([0, 1, 7, 8, 9, 20])('%i of them', (count) => {
    using runtime = make();
    const sum = runtime.eval('(...all) => [all.length, ...all]') as JsFunction;
    const numbers = Array.from({ length: count }, (_, i) => i + 0.5);
    expect(sum(...numbers)).toEqual([count, ...numbers]);
  });

  it('beside values of other kinds', () => {
    using runtime = make();
    const list = runtime.eval('(...all) => all') as JsFunction;
    expect(list(1, 'two', null, { three: 3 }, undefined, 4n)).toEqual([1, 'two', null, { three: 3 }, undefined, 4n]);
  });

  it('a NaN of any bits is a number of the guest', () => {
    using runtime = make();
    const looksAt = runtime.eval('(value) => { const all = [1.5, value, 2.5]; return 1 in all && all[1] !== all[1] }');
    const bits = new Float64Array(
      BigUint64Array.of(0x7ff4000000000001n, 0xfff7ffffffffffffn, 0xfff7fffffff7ffffn).buffer,
    );
    for (const value of bits) expect((looksAt as JsFunction)(value)).toBe(true);
  });

  it('a method keeps its receiver', () => {
    using runtime = make();
    const { plus } = runtime.eval('({ n: 7, plus(m) { return this.n + m } })') as { plus: JsFunction };
    expect(plus(1)).toBe(8);
  });

  it('what the call has queued runs before it answers', () => {
    using runtime = make();
    const count = runtime.eval('let n = 0; () => { Promise.resolve().then(() => { n++ }); return n }') as JsFunction;
    expect([count(), count(), count()]).toEqual([0, 1, 2]);
  });

  it('of a call that is stopped nothing comes', () => {
    using runtime = make({ timeout: 50 });
    const fn = runtime.eval('() => { Promise.resolve().then(() => { for (;;); }); return 1 }') as JsFunction;
    expect(() => fn()).toThrow(TimeoutError);
    expect(runtime.eval('1 + 1')).toBe(2);
  });

  it('a limit that they are over is theirs as well', () => {
    using runtime = make({ maxTransferBytes: 8 });
    expect(() => runtime.eval('1.5')).toThrow(TransferError);
    const same = runtime.eval('(value) => 1') as JsFunction;
    expect(same(1)).toBe(1);
    expect(() => same(1.5, 1.5)).toThrow(TransferError);
  });

  it('a released function takes none', () => {
    using runtime = make();
    const fn = runtime.eval('(value) => value') as JsFunction;
    fn.release();
    expect(() => fn(1)).toThrow(TransferError);
  });
});
