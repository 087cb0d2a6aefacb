import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import type { JsFunction } from 'isolet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whenAborted } from '../../lib/runtime/abort.ts';
import { failure, until, useRuntimes } from './support.ts';

const { make } = useRuntimes();
const gc = globalThis.gc as () => void;
const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

const warnings: Error[] = [];
const note = (warning: Error) => void warnings.push(warning);
beforeEach(() => {
  warnings.length = 0;
  process.on('warning', note);
});
afterEach(async () => {
  await turn();
  process.off('warning', note);
});

describe('one signal for many calls', () => {
  it('has one listener while they are pending, none afterwards, and Node does not warn', async () => {
    const runtime = make();
    const open: (() => void)[] = [];
    runtime.bindFunction('wait', () => new Promise<void>((resolve) => open.push(resolve)));
    const { signal } = new AbortController();
    const calls = Array.from({ length: 40 }, () => runtime.evalAsync('wait()', { signal }));
    await until(() => open.length === 40, 'all of them to wait');
    expect(listeners(signal)).toBe(1);
    for (const resolve of open.splice(1)) resolve();
    await Promise.all(calls.slice(1));
    expect(listeners(signal)).toBe(1);
    open[0]?.();
    await calls[0];
    expect(listeners(signal)).toBe(0);
    const fn = runtime.eval<JsFunction>('() => 1');
    for (let i = 0; i < 20; i++) {
      await fn.callAsync([], { signal });
      runtime.eval('1', { signal });
    }
    expect(listeners(signal)).toBe(0);
    await turn();
    expect(warnings).toEqual([]);
  });

  it('ends all of them with its reason, of several runtimes, and stops their guests', async () => {
    const runtimes = [make(), make()];
    const controller = new AbortController();
    const { signal } = controller;
    const calls = runtimes.flatMap((runtime) =>
      Array.from({ length: 20 }, () => failure(() => runtime.evalAsync('new Promise(() => {})', { signal }))),
    );
    const busy = failure(() => runtimes[0]?.evalAsync('for (;;);', { signal }));
    const reason = new Error('enough');
    setTimeout(() => controller.abort(reason), 10);
    for (const error of await Promise.all([...calls, busy])) expect(error).toBe(reason);
    expect(listeners(signal)).toBe(0);
    for (const runtime of runtimes) expect(await runtime.evalAsync('6 * 7')).toBe(42);
  });

  it('can be collected when the last call is over', async () => {
    const runtime = make();
    const signals: WeakRef<AbortSignal>[] = [];
    await (async () => {
      const { signal } = new AbortController();
      signals.push(new WeakRef(signal));
      await Promise.all([runtime.evalAsync('1', { signal }), runtime.evalAsync('2', { signal })]);
      runtime.eval('3', { signal });
    })();
    const collected = () => {
      gc();
      return signals[0]?.deref() === undefined;
    };
    await until(collected, 'the signal to be collected');
  });

  it('tells each once, in order, also one that comes or goes meanwhile', () => {
    const controller = new AbortController();
    const told: string[] = [];
    const stop = whenAborted(controller.signal, () => told.push('first'));
    whenAborted(controller.signal, () => {
      told.push('second');
      stopThird();
    });
    const stopThird = whenAborted(controller.signal, () => told.push('third'));
    const stopFourth = whenAborted(controller.signal, () => told.push('fourth'));
    stopFourth();
    stopFourth();
    controller.abort();
    stop();
    expect(told).toEqual(['first', 'second']);
    expect(listeners(controller.signal)).toBe(0);
  });
});
