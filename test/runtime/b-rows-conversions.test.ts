import { JavaScriptError, type JsFunction, TransferError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from './support.ts';

const runtimes = useRuntimes();

describe('conversions', () => {
  it('B036, B037: bytes', () => {
    const runtime = runtimes.make();
    expect(runtime.eval('new Uint8Array([1, 2, 3, 4])')).toEqual(new Uint8Array([1, 2, 3, 4]));
    expect(runtime.eval<JsFunction>('(x) => x')(new Uint8Array([0, 255]))).toEqual(new Uint8Array([0, 255]));
  });

  it('B038, B039: dates', () => {
    const runtime = runtimes.make();
    expect(runtime.eval<Date>('new Date(1704067200000)').getTime()).toBe(1_704_067_200_000);
    const noon = new Date('2024-01-01T12:00:00Z');
    expect(runtime.eval<JsFunction>('(d) => d.getTime()')(noon)).toBe(noon.getTime());
  });

  it('B040, B041: sets', () => {
    const runtime = runtimes.make();
    expect(runtime.eval('new Set([1, 2, 3, 4])')).toEqual(new Set([1, 2, 3, 4]));
    expect(runtime.eval<JsFunction>('(s) => Array.from(s)')(new Set([3, 1, 2]))).toEqual([3, 1, 2]);
  });

  it('B042, B043: undefined', () => {
    const runtime = runtimes.make();
    expect(runtime.eval('undefined')).toBe(undefined);
    expect(runtime.eval<JsFunction>('(x) => x === undefined')(undefined)).toBe(true);
  });

  it('B044, B045, B116: BigInt', () => {
    const runtime = runtimes.make();
    expect(runtime.eval('2n ** 200n')).toBe(2n ** 200n);
    expect(runtime.eval('2n ** 63n')).toBe(2n ** 63n);
    expect(runtime.eval<JsFunction>('(n) => typeof n + (n === 2n ** 200n)')(2n ** 200n)).toBe('biginttrue');
  });

  it('B046, B048: a string over the limit, both ways, with both numbers', async () => {
    const runtime = runtimes.make({ maxTransferBytes: 32 });
    const identity = runtime.eval<JsFunction>('(x) => x');
    const sent = await failure(() => identity('x'.repeat(40)));
    const got = await failure(() => runtime.eval('"x".repeat(64)'));
    for (const [error, least] of [
      [sent, 40],
      [got, 64],
    ] as const) {
      expect(error).toBeInstanceOf(TransferError);
      expect(error).toMatchObject({ limit: 32 });
      expect(error['actual']).toBeGreaterThanOrEqual(least);
      expect(error.message).toMatch(new RegExp(`\\b${error['actual']}\\b.*\\b32\\b`));
    }
  });

  it('B047, B049: depth over the limit, both ways, with the limit', async () => {
    const one = runtimes.make({ maxTransferDepth: 1 });
    const sent = await failure(() => one.eval<JsFunction>('(x) => 1')([[]]));
    expect(sent).toMatchObject({ code: 'ERR_ISOLET_TRANSFER', limit: 1, actual: 2 });
    const got = await failure(() => runtimes.make({ maxTransferDepth: 2 }).eval('({ a: { b: { c: 1 } } })'));
    expect(got).toMatchObject({ code: 'ERR_ISOLET_TRANSFER', limit: 2, actual: 3 });
  });

  it('B055 to B060: results at the edge', () => {
    const runtime = runtimes.make();
    const results: [string, unknown][] = [
      ['undefined', undefined],
      ['null', null],
      ['true', true],
      ['false', false],
      ['[1, 2, 3]', [1, 2, 3]],
      ['({ a: 1, b: 2 })', { a: 1, b: 2 }],
      ['', undefined],
      ['// nothing', undefined],
    ];
    for (const [code, value] of results) expect(runtime.eval(code)).toEqual(value);
  });

  it('B112, B113: values keep their types, from eval and evalAsync', async () => {
    const runtime = runtimes.make();
    const values = [2, 'text', true, null, undefined, [1, 2, 3], { foo: 'bar' }, { nested: { value: 42 } }, 3.14, -5];
    for (const value of values) {
      const code = value === undefined ? 'undefined' : `(${JSON.stringify(value)})`;
      expect(runtime.eval(code)).toStrictEqual(value);
      expect(await runtime.evalAsync(`Promise.resolve(${code})`)).toStrictEqual(value);
    }
  });

  it('B114: a function declaration without a name is a SyntaxError', async () => {
    const error = await failure(() => runtimes.make().eval('function () {}'));
    expect(error).toMatchObject({ name: 'SyntaxError', message: expect.stringMatching(/function/i) });
  });

  it('B115, B121, B122: cycles keep their shape', () => {
    const runtime = runtimes.make();
    const result = runtime.eval<{ self: unknown }>('const o = {}; o.self = o; o');
    expect(result.self).toBe(result);
    const list: unknown[] = [];
    list.push(list);
    const object: Record<string, unknown> = {};
    object['self'] = object;
    runtime.bindFunction('list', () => list);
    runtime.bindFunction('object', () => object);
    expect(runtime.eval('const l = list(), p = object(); [l[0] === l, p.self === p]')).toEqual([true, true]);
  });

  it('B117 to B120: NaN and Infinity', () => {
    const runtime = runtimes.make();
    expect(runtime.eval('[NaN, Infinity, -Infinity]')).toEqual([
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ]);
    const seen: unknown[] = [];
    runtime.bindFunction('echo', (x) => {
      seen.push(x);
      return x;
    });
    expect(runtime.eval('Number.isNaN(echo(NaN)) && echo(Infinity) === Infinity')).toBe(true);
    expect(seen).toEqual([Number.NaN, Number.POSITIVE_INFINITY]);
  });

  it('B123: a host function that returns too much throws in the guest', async () => {
    const runtime = runtimes.make();
    runtime.bindFunction('much', () => Array.from({ length: 6000 }, () => 'x'.repeat(2048)));
    const error = await failure(() => runtime.eval('much()'));
    expect(error).toBeInstanceOf(JavaScriptError);
    expect(error.message).toMatch(/large|size|limit/);
    expect(runtime.eval('try { much(); } catch { "caught"; }')).toBe('caught');
  });
});
