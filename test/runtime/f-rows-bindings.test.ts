import { inspect } from 'node:util';
import { InvalidArgTypeError, type JavaScriptError, type JsFunction, TimeoutError, TransferError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from './support.ts';

const { make } = useRuntimes();

describe('bindings', () => {
  it('F031: a name is a property key, never source text', () => {
    const runtime = make();
    for (const name of ['my-fn', 'a.b', '"]; globalThis.pwned = 1; ["', ' ', '__proto__']) {
      runtime.bindFunction(name, () => name);
      const read = `Object.getOwnPropertyDescriptor(globalThis, ${JSON.stringify(name)}).value`;
      expect(runtime.eval(`${read}()`)).toBe(name);
    }
    expect(runtime.eval('typeof pwned')).toBe('undefined');
  });

  it('F031: spare arguments are passed and ignored, as in JavaScript; this is undefined', () => {
    const runtime = make();
    let receiver: unknown = 'untouched';
    runtime.bindFunction('even', function (this: unknown, n: number) {
      receiver = this;
      return n % 2 === 0;
    });
    expect(runtime.eval('[1, 2, 3, 4].filter(even)')).toEqual([2, 4]);
    expect(receiver).toBeUndefined();
  });

  it('F032: a function can be bound under its own name', () => {
    const runtime = make();
    const add = (a: number, b: number) => a + b;
    runtime.bindFunction(add.name, add);
    expect(runtime.eval('add(2, 3)')).toBe(5);
    expect(() => runtime.bindFunction('', add)).toThrow(/name/);
    expect(() => runtime.bindFunction('x', 5 as never)).toThrow(InvalidArgTypeError);
  });

  it('F033: a bound object replaces, at any depth, and is a copy', () => {
    const runtime = make();
    const object = { a: 1, deep: { list: [{ twice: (n: number) => n * 2 }] } };
    runtime.bindObject('o', object);
    expect(runtime.eval('o.deep.list[0].twice(21)')).toBe(42);
    runtime.eval('o.a = 99; o.extra = 1');
    expect(object).not.toHaveProperty('extra');
    expect(object.a).toBe(1);
    runtime.bindObject('o', { b: 2 });
    expect(runtime.eval('Object.keys(o)')).toEqual(['b']);
  });

  it('F034, B198: there is no dispatcher, and a sync function may be bound as async', async () => {
    const runtime = make();
    const names = 'Reflect.ownKeys(globalThis).map(String)';
    const before = runtime.eval<string[]>(names);
    runtime.bindFunction('f', () => 5, { mode: 'async' });
    expect(runtime.eval('f() instanceof Promise')).toBe(true);
    expect(await runtime.evalAsync('f()')).toBe(5);
    expect(runtime.eval<string[]>(names).filter((name) => !before.includes(name))).toEqual(['f']);
    expect(runtime.eval('Reflect.ownKeys(f).map(String).sort()')).toEqual(['length', 'name']);
  });

  it('F036: an async host function works from any entry, also a synchronous one', async () => {
    const runtime = make();
    runtime.bindFunction('later', async (n: number) => n + 1);
    expect(await runtime.eval('later(1)')).toBe(2);
    expect(await runtime.evalAsync('later(2)')).toBe(3);
    expect(await runtime.eval<JsFunction>('(n) => later(n)')(3)).toBe(4);
    runtime.addModule('m', 'export const n = await later(4);');
    expect(await runtime.evalModuleAsync('m')).toMatchObject({ n: 5 });
  });

  it('F037: while the host waits in a handle, the host function it calls is served', () => {
    const runtime = make();
    const apply = runtime.eval<JsFunction>('(f, n) => f(n) + 1');
    expect(apply((n: number) => runtime.eval<number>(`${n} * 2`), 5)).toBe(11);
  });

  it('F106: a host error keeps its class in the guest and is the same object when it comes out', async () => {
    const runtime = make();
    const boom = new RangeError('no', { cause: 'because' });
    runtime.bindFunction('fail', () => {
      throw boom;
    });
    expect(runtime.eval('try { fail() } catch (e) { [e instanceof RangeError, e.message, e.cause] }')).toEqual([
      true,
      'no',
      'because',
    ]);
    const error = await failure(() => runtime.eval('fail()'));
    expect(error).toMatchObject({ name: 'RangeError' });
    expect((error as unknown as JavaScriptError).thrown).toBe(boom);
    expect(error.cause).toBe(boom);
  });
});

describe('guest functions', () => {
  it('F040: a call gives the value, a promise stays a promise whatever its state', async () => {
    const runtime = make();
    expect(runtime.eval<JsFunction>('(n) => n * 2')(5)).toBe(10);
    for (const body of ['async (n) => n * 2', '(n) => Promise.resolve(n * 2)']) {
      const result = runtime.eval<JsFunction>(`(${body})`)(5);
      expect(result).toBeInstanceOf(Promise);
      expect(await result).toBe(10);
    }
  });

  it('F041: callAsync has limits and a signal of its own and holds up no other call', async () => {
    const runtime = make();
    const never = runtime.eval<JsFunction>('() => new Promise(() => {})');
    const spin = runtime.eval<JsFunction>('() => { for (;;); }');
    const waiting = failure(() => never.callAsync([], { timeout: 100 }));
    expect(await runtime.evalAsync('1 + 1')).toBe(2);
    expect(await waiting).toMatchObject({ phase: 'pending' });
    expect(await failure(() => spin.callAsync([], { timeout: 50 }))).toBeInstanceOf(TimeoutError);
    const reason = new Error('mine');
    const abort = new AbortController();
    const aborted = failure(() => spin.callAsync([], { signal: abort.signal }));
    setTimeout(() => abort.abort(reason), 30);
    expect(await aborted).toBe(reason);
  });

  it('F042, F046: release is final, idempotent and visible', () => {
    const runtime = make();
    const fn = runtime.eval<JsFunction>('(function named() {})');
    expect(inspect(fn)).toBe('[JsFunction named]');
    fn.release();
    fn.release();
    expect(fn.released).toBe(true);
    expect(inspect(fn)).toContain('released');
    expect(() => fn()).toThrow(TransferError);
  });

  it('F043: a method keeps its receiver, a bare function has none', () => {
    const runtime = make();
    const { get } = runtime.eval<{ get: JsFunction }>('({ value: 42, get() { return this.value } })');
    expect(get()).toBe(42);
    expect(runtime.eval<JsFunction>('(function () { "use strict"; return this })')()).toBeUndefined();
  });

  it('F044: a handle goes home as itself on every path, and is refused elsewhere', async () => {
    const runtime = make();
    const other = make();
    const fn = runtime.eval<JsFunction>('globalThis.f = () => 1');
    runtime.bindFunction('give', () => fn);
    runtime.bindObject('o', { fn });
    expect(runtime.eval('give() === f && o.fn === f')).toBe(true);
    expect(runtime.eval<JsFunction>('(x) => x === f')(fn)).toBe(true);
    expect(await failure(() => other.eval<JsFunction>('(x) => x')(fn))).toBeInstanceOf(TransferError);
    other.bindFunction('give', () => fn);
    expect(other.eval('try { give() } catch (e) { e.name }')).toBe('TypeError');
  });
});
