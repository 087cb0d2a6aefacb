import { inspect } from 'node:util';
import { JavaScriptError, type JsFunction, RuntimeClosedError, TimeoutError, TransferError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, until, useRuntimes } from './support.ts';

const { make } = useRuntimes();

function collectGarbage(): void {
  globalThis.gc?.();
}

describe('calling', () => {
  it('B132, B133, B134, B137: returns values directly and keeps its closure', () => {
    const runtime = make();
    expect(runtime.eval<JsFunction>('(n) => n * 2')(5)).toBe(10);
    expect(runtime.eval<JsFunction>('(a, b, c) => a + b + c')(1, 2, 3)).toBe(6);
    expect(runtime.eval<JsFunction>('() => ({ a: [1] })')()).toEqual({ a: [1] });
    const count = runtime.eval<JsFunction>('let n = 0; () => ++n');
    expect([count(), count(), count()]).toEqual([1, 2, 3]);
  });

  it('B135: a promise comes back as a promise, settled or not', async () => {
    const fn = make().eval<JsFunction<[number], Promise<number>>>('async (n) => n * 3');
    const result = fn(7);
    expect(result).toBeInstanceOf(Promise);
    expect(await result).toBe(21);
  });

  it('B136: a pending promise settles later from the guest side', async () => {
    const runtime = make();
    const result = runtime.eval<JsFunction<[], Promise<number>>>('var done; () => new Promise((r) => (done = r))')();
    runtime.eval('done(21)');
    expect(await result).toBe(21);
  });

  it('B139: what the guest throws is a JavaScriptError', async () => {
    const fn = make().eval<JsFunction>('(n) => { throw new Error("bad " + n) }');
    for (const error of [await failure(() => fn(42)), await failure(() => fn.callAsync([42]))]) {
      expect(error).toBeInstanceOf(JavaScriptError);
      expect(error).toMatchObject({ name: 'Error', message: 'bad 42' });
    }
  });

  it('B141: a method keeps its receiver, thisArg replaces it', async () => {
    const runtime = make();
    const object = runtime.eval<{ get: JsFunction }>('({ value: 42, get() { return this.value } })');
    expect(object.get()).toBe(42);
    const { get } = object;
    expect(get()).toBe(42);
    expect(await get.callAsync([])).toBe(42);
    expect(await get.callAsync([], { thisArg: { value: 7 } })).toBe(7);
  });

  it('B144, B145: callAsync works for sync and async functions, with and without arguments', async () => {
    const runtime = make();
    expect(await runtime.eval<JsFunction>('(n) => n * 2').callAsync([5])).toBe(10);
    expect(await runtime.eval<JsFunction>('async (n) => n * 2').callAsync([5])).toBe(10);
    expect(await runtime.eval<JsFunction>('() => 1').callAsync()).toBe(1);
  });

  it('the timeout bounds the synchronous part of callAsync and the runtime stays usable', async () => {
    const runtime = make();
    const fn = runtime.eval<JsFunction>('() => { for (;;); }');
    const error = await failure(() => fn.callAsync([], { timeout: 50 }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ kind: 'wall', limit: 50, phase: 'sync' });
    expect(runtime.eval('1 + 1')).toBe(2);
  });

  it("a synchronous call obeys the runtime's timeout", async () => {
    const runtime = make({ timeout: 50 });
    const error = await failure(() => runtime.eval<JsFunction>('() => { for (;;); }')());
    expect(error).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT', limit: 50 });
  });

  it.each([
    [[1, { timeout: 5 }], 'args'],
    [[[], { timeout: 'x' }], 'timeout'],
    [[[], 5], 'options'],
    [[[], { filename: 'x' }], 'filename'],
  ])('B081: callAsync refuses %o as a rejection', async (args, option) => {
    const fn = make().eval<JsFunction>('() => 1');
    const error = await failure(() => fn.callAsync(...(args as [])));
    expect(error).toMatchObject({ name: 'TypeError', option });
  });
});

describe('identity', () => {
  it('the same guest function is the same handle', () => {
    const runtime = make();
    const [a, b, c] = runtime.eval<JsFunction[]>('var f = () => 1; [f, f, () => 2]');
    expect(a).toBe(b);
    expect(a).not.toBe(c);
    expect(runtime.eval('f')).toBe(a);
  });

  it('B140: a handle goes back as the function itself', () => {
    const runtime = make();
    const fn = runtime.eval<JsFunction>('var f = (n) => n * 3; f');
    expect(runtime.eval<JsFunction>('(g, n) => g === f && g(n)')(fn, 7)).toBe(21);
    runtime.bindObject('box', { fn });
    expect(runtime.eval('box.fn === f')).toBe(true);
    runtime.bindFunction('give', () => fn);
    expect(runtime.eval('give() === f')).toBe(true);
  });

  it('a host function comes home as itself', () => {
    const runtime = make();
    const host = (n: number): number => n + 1;
    expect(runtime.eval<JsFunction>('(h) => h')(host)).toBe(host);
    runtime.bindFunction('bound', host, { mode: 'sync' });
    expect(runtime.eval('bound')).toBe(host);
    runtime.bindFunction('echo', (value: unknown) => value === host);
    expect(runtime.eval('echo(bound)')).toBe(true);
  });

  it('B142: a released handle is refused as an argument', async () => {
    const runtime = make();
    const [call, fn] = runtime.eval<[JsFunction, JsFunction]>('[(g) => g(), () => 1]');
    fn.release();
    const error = await failure(() => call(fn));
    expect(error).toBeInstanceOf(TransferError);
    expect(error.message).toMatch(/released/);
  });

  it('a handle of another runtime is refused, with the path', async () => {
    const [one, two] = [make(), make()];
    const foreign = one.eval<JsFunction>('() => 1');
    const error = await failure(() => two.eval<JsFunction>('(x) => x')({ deep: [foreign] }));
    expect(error).toBeInstanceOf(TransferError);
    expect(error.path).toContain('deep[0]');
    expect(error.message).toMatch(/another runtime/);
  });
});

describe('releasing', () => {
  it('B138: release() ends the handle; a second one is fine', async () => {
    const runtime = make();
    const fn = runtime.eval<JsFunction<[number]>>('var f = (n) => n + 1; f');
    expect(fn(10)).toBe(11);
    expect(fn.released).toBe(false);
    fn.release();
    fn.release();
    expect(fn.released).toBe(true);
    expect(() => fn(10)).toThrow(TransferError);
    expect(() => fn(10)).toThrow(/function closed/);
    for (const use of [() => fn(10), () => fn.callAsync([10]), () => runtime.eval<JsFunction>('(f) => f')(fn)]) {
      expect(await failure(use)).toMatchObject({ name: 'TransferError', code: 'ERR_ISOLET_TRANSFER' });
    }
    await expect(fn.callAsync([10])).rejects.toThrow(TransferError);
    const again = runtime.eval<JsFunction<[number]>>('f');
    expect(again).not.toBe(fn);
    expect(again(1)).toBe(2);
  });

  it('using releases', () => {
    const runtime = make();
    let kept: JsFunction;
    {
      using fn = runtime.eval<JsFunction>('() => 1');
      kept = fn;
    }
    expect(kept.released).toBe(true);
  });

  it('B146: live handles are counted, and collected ones are given back', async () => {
    const runtime = make();
    expect(runtime.getStats().liveFunctionHandles).toBe(0);
    let fn: JsFunction | undefined = runtime.eval<JsFunction>('(() => 1)');
    expect(runtime.getStats().liveFunctionHandles).toBe(1);
    expect(fn()).toBe(1);
    const weak = new WeakRef(fn);
    fn = undefined;
    await until(() => {
      collectGarbage();
      return weak.deref() === undefined && runtime.getStats().liveFunctionHandles === 0;
    }, 'the handle to be collected');
  });

  it('release() after many arrivals gives all of them back', async () => {
    const runtime = make();
    const fn = runtime.eval<JsFunction>('var f = () => 1; f');
    for (let i = 0; i < 10; i++) expect(runtime.eval('f')).toBe(fn);
    fn.release();
    await until(() => runtime.getStats().liveFunctionHandles === 0, 'no live handle');
  });

  it('functions that come and go do not add up', async () => {
    const runtime = make();
    for (let i = 0; i < 2000; i++) runtime.eval<JsFunction>('() => 1').release();
    await until(() => runtime.getStats().liveFunctionHandles === 0, 'no live handle');
  });

  it('B143, B147: after close a handle says the runtime is closed, and releasing is harmless', async () => {
    const runtime = make();
    const [one, two] = runtime.eval<[JsFunction, JsFunction]>('[() => 1, () => 2]');
    runtime.close();
    expect(() => one(two)).toThrow(RuntimeClosedError);
    await expect(one.callAsync([])).rejects.toThrow(RuntimeClosedError);
    one.release();
    two.release();
  });
});

describe('shape', () => {
  it('is a function with a short inspection', () => {
    const runtime = make();
    const fn = runtime.eval<JsFunction>('function hello() {} hello');
    expect(typeof fn).toBe('function');
    expect(fn).toBeInstanceOf(Function);
    expect(fn.name).toBe('hello');
    expect(inspect(fn)).toBe('[JsFunction hello]');
    expect(inspect(runtime.eval('(() => 1)'))).toBe('[JsFunction (anonymous)]');
    fn.release();
    expect(inspect(fn)).toBe('[JsFunction hello] (released)');
    expect(() => Reflect.construct(fn, [])).toThrow(TypeError);
  });

  it('methods refuse another receiver', async () => {
    const fn = make().eval<JsFunction>('() => 1');
    expect(() => fn.release.call({} as never)).toThrow(TypeError);
    await expect(fn.callAsync.call({} as never)).rejects.toThrow(TypeError);
  });
});

describe('a limit of an outer call', () => {
  it('ends the guest functions that the host calls meanwhile, which say so', async () => {
    const runtime = make();
    const endless = runtime.eval<JsFunction>('() => { for (;;); }');
    const inner: unknown[] = [];
    runtime.bindFunction('back', () => {
      try {
        endless();
      } catch (error) {
        inner.push(error);
        throw error;
      }
    });
    const outer = await failure(() => runtime.eval('try { back() } catch { } for (;;);', { timeout: 100 }));
    expect(outer).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT', limit: 100 });
    expect(inner).toMatchObject([{ code: 'ERR_ISOLET_TIMEOUT', limit: 100 }]);
    expect(runtime.eval('1')).toBe(1);
  });
});
