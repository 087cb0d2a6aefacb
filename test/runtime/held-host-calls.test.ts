import type { JsFunction } from 'isolet';
import { describe, expect, it } from 'vitest';
import { coreOf } from '../../lib/runtime/runtime.ts';
import { deferred, failure, until, useRuntimes } from './support.ts';

const { make } = useRuntimes();
const MIB = 1024 * 1024;

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('bytes of host calls that are not answered', () => {
  const fill = `
    const bytes = new Uint8Array(6e6);
    let made = 0;
    try { for (;;) { save(bytes); made++ } } catch (error) { var refusal = String(error) }
    [made, refusal]`;

  it.each([
    ['default', {}, 2],
    ['larger', { maxOpenHostCallBytes: 40e6 }, 6],
    ['smaller than one call', { maxOpenHostCallBytes: 1 }, 1],
  ])('are bounded: %s', async (_name, options, calls) => {
    const runtime = make({ maxHeapSize: 32 * MIB, ...options });
    const answer = deferred();
    let taken = 0;
    runtime.bindFunction('save', async () => {
      taken++;
      await answer.promise;
    });
    const refusal = 'RangeError: Too many bytes of host calls in flight';
    expect(await runtime.evalAsync(fill)).toEqual([calls, refusal]);
    await until(() => taken === calls, 'the host to have them');
    // Taken is not answered.
    expect(await runtime.evalAsync(`{${fill}}`)).toEqual([0, refusal]);
    answer.resolve();
    await turn();
    expect(await runtime.evalAsync('save(bytes).then(() => 1)')).toBe(1);
  });

  it('count when their call has ended, and for functions that return promises', async () => {
    const runtime = make({ maxHeapSize: 32 * MIB });
    const answer = deferred();
    runtime.bindFunction('save', () => answer.promise);
    const code = 'const b = new Uint8Array(6e6); (async () => { for (;;) { save(b).catch(() => {}); await 0 } })()';
    expect(await failure(() => runtime.evalAsync(code))).toMatchObject({
      name: 'RangeError',
      message: 'Too many bytes of host calls in flight',
    });
    expect(await failure(() => runtime.evalAsync('save(new Uint8Array(6e6))'))).toMatchObject({ name: 'RangeError' });
    answer.resolve();
    await turn();
    await runtime.evalAsync('save(new Uint8Array(6e6))');
  });
});

describe('two garbage collectors', () => {
  const big = {
    'in the heap': 'new Array(50_000).fill(1.5)',
    'outside of it': 'new Uint8Array(400_000).fill(1)',
  };

  it.each(Object.entries(big))('handles that the host dropped do not end a guest: %s', async (_where, data) => {
    const runtime = make({ maxHeapSize: 64 * MIB });
    const code = `() => { const data = ${data}; return () => data.length }`;
    const next = runtime.eval<JsFunction<[], JsFunction>>(code);
    for (let i = 0; i < 600; i++) {
      next();
      if (i % 20 === 19) await turn();
    }
    for (let i = 0; i < 300; i++) await next.callAsync();
    expect(runtime.state).toBe('open');
  });

  it.each(Object.entries(big))('nor in a loop without a turn of the event loop: %s', (_where, data) => {
    const runtime = make({ maxHeapSize: 64 * MIB });
    const next = runtime.eval<JsFunction<[], JsFunction>>(`() => { const data = ${data}; return () => data.length }`);
    for (let i = 0; i < 600; i++) next();
    expect(runtime.state).toBe('open');
  });

  it('functions of the host that a guest dropped are let go', async () => {
    const runtime = make({ maxHeapSize: 64 * MIB });
    const call = runtime.eval<JsFunction>('(callback) => callback()');
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 600; i++) {
      const bytes = new Uint8Array(MIB).fill(1);
      call(() => bytes.length);
      if (i % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((process.memoryUsage().arrayBuffers - before) / MIB).toBeLessThan(300);
  });
});

describe('release of a function of the host', () => {
  it('lets it go at once', async () => {
    const runtime = make();
    const { hostFunctions } = coreOf(runtime);
    const seen: unknown[] = [];
    runtime.bindFunction('give', () => () => 5);
    runtime.bindFunction('take', (value: unknown) => {
      seen.push(value);
    });
    const before = hostFunctions.size;
    runtime.eval('var fn = give()');
    expect(hostFunctions.size).toBe(before + 1);
    expect(runtime.eval('[fn(), fn.release(), fn.release()]')).toEqual([5, undefined, undefined]);
    await until(() => hostFunctions.size === before, 'the host to forget it');
    const text = (code: string) => runtime.eval(`try { ${code} } catch (error) { String(error) }`);
    expect(text('fn()')).toBe('TypeError: The host function was released');
    expect(text('take(fn)')).toMatch(/^TypeError: The host function was released/);
    expect(await failure(() => runtime.eval('fn'))).toMatchObject({ code: 'ERR_ISOLET_TRANSFER' });
    expect(seen).toEqual([]);
  });

  it('is a method of host functions only, and no property of theirs', () => {
    const runtime = make();
    runtime.bindFunction('fn', () => 1);
    const facts = `[Object.keys(fn), Object.hasOwn(fn, 'release'), 'release' in (() => 1), fn instanceof Function,
      fn.release === Object.getPrototypeOf(fn).release, fn.release.name, Object.keys(Object.getPrototypeOf(fn))]`;
    expect(runtime.eval(facts)).toEqual([[], false, false, true, true, 'release', []]);
    for (const other of ['{}', '() => 1', 'undefined', 'new Proxy(fn, {})']) {
      expect(() => runtime.eval(`fn.release.call(${other})`)).toThrow(/Only a function of the host can be released/);
    }
    expect(runtime.eval('fn()')).toBe(1);
  });

  it('what the host gives again is usable again', async () => {
    const runtime = make();
    const fn = () => 7;
    runtime.bindFunction('give', () => fn);
    expect(runtime.eval('const one = give(); one.release(); const two = give(); [one === two, two()]')).toEqual([
      false,
      7,
    ]);
  });

  it('is what `using` calls, where V8 has it', async () => {
    const runtime = make();
    runtime.bindFunction('give', () => () => 5);
    const dispose = "typeof Symbol.dispose === 'symbol'";
    const code = `${dispose} ? give()[Symbol.dispose] === give().release : null`;
    expect(runtime.eval(code)).toBe(runtime.eval(dispose) ? true : null);
  });

  it('holds for functions of any guest: intrinsics may have been replaced', () => {
    const runtime = make();
    runtime.eval(`
      Function = null;
      Object.defineProperty(Object.prototype, 'release', { set() { throw new Error('seen') }, get: () => 'no' });`);
    runtime.bindFunction('give', () => () => 5);
    expect(runtime.eval('typeof give().release')).toBe('function');
  });
});
