import * as isolet from 'isolet';
import { afterEach, describe, expect, it } from 'vitest';
import { failure, until } from './support.ts';

const { closeDefaultRuntime, evalAsync, getDefaultRuntime, JavaScriptError, Runtime, runWithDefaultRuntime } = isolet;
const evalInDefault = isolet.eval;
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

afterEach(async () => {
  closeDefaultRuntime();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isolet.getProcessStats().liveIsolates).toBe(0);
});

describe('the default runtime', () => {
  it('F001, F002, B148 to B155: evaluates', async () => {
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

  it('F003, F004, F005, B176, B177: is one runtime, made on demand', () => {
    const runtime = getDefaultRuntime();
    expect(runtime).toBeInstanceOf(Runtime);
    expect(runtime.closed).toBe(false);
    expect(getDefaultRuntime()).toBe(runtime);
    runtime.bindFunction('add', (a: number, b: number) => a + b);
    expect(evalInDefault('add(2, 3)')).toBe(5);
    runtime.bindObject('config', { retries: 3 });
    expect(evalInDefault('config.retries')).toBe(3);
  });

  it('F006, B168 to B171: closed, it is replaced by a fresh one', () => {
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

describe('the default runtime of a task', () => {
  const own = async (value: number) => {
    evalInDefault(`globalThis.value = ${value}`);
    await turn();
    return [await evalAsync('value'), evalInDefault('value')];
  };

  it('B164: tasks that run at once have one each', async () => {
    const both = await Promise.all([runWithDefaultRuntime(() => own(1)), runWithDefaultRuntime(() => own(2))]);
    expect(both).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(evalInDefault('typeof value')).toBe('undefined');
  });

  it('B165, B167: one after another and nested, each reads its own', () => {
    const read = () => evalInDefault('globalThis.value');
    evalInDefault('globalThis.value = 0');
    const inner = runWithDefaultRuntime(() => {
      evalInDefault('globalThis.value = 100');
      const nested = runWithDefaultRuntime(() => evalInDefault('globalThis.value = 200'));
      return [read(), nested];
    });
    expect(inner).toEqual([100, 200]);
    expect(runWithDefaultRuntime(read)).toBeUndefined();
    expect(read()).toBe(0);
  });

  it('B178: is closed when the task has ended, however it ends', async () => {
    const seen: isolet.Runtime[] = [];
    const note = () => void seen.push(getDefaultRuntime());
    runWithDefaultRuntime(note);
    expect(() =>
      runWithDefaultRuntime(() => {
        note();
        throw new RangeError('sync');
      }),
    ).toThrow('sync');
    const running = runWithDefaultRuntime(async () => {
      note();
      await turn();
      throw new RangeError('async');
    });
    expect(seen.map((runtime) => runtime.closed)).toEqual([true, true, false]);
    await expect(running).rejects.toThrow('async');
    expect(seen.map((runtime) => runtime.closed)).toEqual([true, true, true]);
  });

  it('what a task leaves behind gets no runtime any more', async () => {
    let late: Promise<Error> | undefined;
    runWithDefaultRuntime(() => {
      evalInDefault('1');
      late = turn().then(() => failure(() => evalAsync('1')));
    });
    expect(await late).toMatchObject({ code: 'ERR_ISOLET_CLOSED' });
  });

  it('has options of its own, which are checked before the task runs', async () => {
    const error = await failure(() => runWithDefaultRuntime(() => evalInDefault('for (;;);'), { timeout: 20 }));
    expect(error).toMatchObject({ name: 'TimeoutError', limit: 20 });
    let ran = false;
    expect(() => runWithDefaultRuntime(() => (ran = true), { timeout: -1 })).toThrow(RangeError);
    expect(() => runWithDefaultRuntime(5 as never)).toThrow(TypeError);
    expect(ran).toBe(false);
    await until(() => isolet.getProcessStats().liveIsolates === 0, 'the isolates to go');
  });
});
