import * as isolet from 'isolet';
import { afterEach, describe, expect, it } from 'vitest';
import { eval as evalInDefault } from '../../lib/runtime/default.ts';

const { closeDefaultRuntime, evalAsync, getDefaultRuntime, JavaScriptError, Runtime } = isolet;

afterEach(async () => {
  closeDefaultRuntime();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isolet.getProcessStats().liveIsolates).toBe(0);
});

describe('the default runtime', () => {
  it('B148 to B155: evaluates', async () => {
    expect(evalInDefault('2 + 2')).toBe(4);
    expect(evalInDefault('"hello".toUpperCase()')).toBe('HELLO');
    expect(evalInDefault('[1, 2, 3].map((n) => n * 2)')).toEqual([2, 4, 6]);
    expect(await evalAsync('Promise.resolve(42)')).toBe(42);
    expect(await evalAsync('100', { timeout: 1000 })).toBe(100);
  });

  it('B173, B174, B175: throws what the guest throws', async () => {
    expect(() => evalInDefault('function')).toThrow(JavaScriptError);
    expect(() => evalInDefault('throw new Error("x")')).toThrow('x');
    await expect(evalAsync('Promise.reject(new Error("y"))')).rejects.toThrow(JavaScriptError);
  });

  it('B176, B177: is one runtime, made on demand', () => {
    const runtime = getDefaultRuntime();
    expect(runtime).toBeInstanceOf(Runtime);
    expect(runtime.closed).toBe(false);
    expect(getDefaultRuntime()).toBe(runtime);
    runtime.bindFunction('add', (a: number, b: number) => a + b);
    expect(evalInDefault('add(2, 3)')).toBe(5);
  });

  it('B168 to B171: closed, it is replaced by a fresh one', () => {
    const first = getDefaultRuntime();
    evalInDefault('var state = 1');
    closeDefaultRuntime();
    expect(first.closed).toBe(true);
    expect(evalInDefault('typeof state')).toBe('undefined');
    getDefaultRuntime().close();
    expect(evalInDefault('3 + 3')).toBe(6);
    getDefaultRuntime().terminate();
    expect(evalInDefault('typeof state')).toBe('undefined');
    closeDefaultRuntime();
    closeDefaultRuntime();
  });

  it('refuses bad input', async () => {
    expect(() => evalInDefault(5 as never)).toThrow(TypeError);
    await expect(evalAsync('1', { timeout: -1 })).rejects.toThrow(RangeError);
  });
});
