import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { JavaScriptError, type JsFunction } from 'isolet';
import { describe, expect, it, vi } from 'vitest';
import { failure, until, useRuntimes } from './support.ts';

const { make } = useRuntimes();

describe('AbortSignal', () => {
  it('already aborted: rejects with the reason and the guest does nothing', async () => {
    const runtime = make();
    const reason = new Error('too late');
    await expect(runtime.evalAsync('globalThis.ran = true', { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    expect(() => runtime.eval('globalThis.ran = true', { signal: AbortSignal.abort(reason) })).toThrow(reason);
    const fn = runtime.eval<JsFunction>('() => { globalThis.ran = true }');
    await expect(fn.callAsync([], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(runtime.eval('typeof ran')).toBe('undefined');
    expect(runtime.getStats().counts).toMatchObject({ evalAsync: 0, callAsync: 0 });
  });

  it.each([
    ['an endless loop', 'for (;;);'],
    ['endless microtasks', 'const again = () => Promise.resolve().then(again); again()'],
    ['a promise that never settles', 'new Promise(() => {})'],
  ])('stops %s; the runtime stays usable', async (_what, code) => {
    const runtime = make();
    const controller = new AbortController();
    const result = failure(() => runtime.evalAsync(code, { signal: controller.signal }));
    await new Promise((resolve) => setTimeout(resolve, 30));
    controller.abort();
    expect(await result).toBe(controller.signal.reason);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    expect(await runtime.evalAsync('1 + 1', { timeout: 2000 })).toBe(2);
    await until(() => runtime.getStats().pendingCalls === 0, 'no pending call');
  });

  it('stops a call that still waits for its turn', async () => {
    const runtime = make();
    const busy = failure(() => runtime.evalAsync('for (;;);', { timeout: 200 }));
    const controller = new AbortController();
    const queued = runtime.evalAsync('globalThis.ran = true', { signal: controller.signal });
    controller.abort('no longer needed');
    await expect(queued).rejects.toBe('no longer needed');
    expect(await busy).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT' });
    expect(runtime.eval('typeof ran')).toBe('undefined');
  });

  it('what stops one that waits does not hit the one that runs', async () => {
    const runtime = make();
    const running = runtime.evalAsync('const until = Date.now() + 150; while (Date.now() < until); "done"');
    const controller = new AbortController();
    const queued = failure(() => runtime.evalAsync('1', { signal: controller.signal }));
    await sleep(75);
    controller.abort('no longer needed');
    expect(await queued).toBe('no longer needed');
    expect(await running).toBe('done');
  });

  it('a stop while its result is read does not hit the next call', async () => {
    const runtime = make({ maxHeapSize: 2 ** 29, maxTransferBytes: 2 ** 28 });
    runtime.eval('globalThis.big = Array.from({ length: 500_000 }, (_, i) => ({ i, text: String(i) })); 0');
    const first = runtime.evalAsync('const until = Date.now() + 100; while (Date.now() < until);');
    const second = failure(() => runtime.evalAsync('big', { timeout: 150 }));
    const third = runtime.evalAsync('let sum = 0; for (let i = 0; i < 1e6; i++) sum += i; sum');
    await first;
    expect(await second).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT' });
    expect(await third).toBe(499_999_500_000);
  });

  it('one of two calls is stopped, the other goes on', async () => {
    const runtime = make();
    let open: (value: string) => void = () => {};
    runtime.bindFunction('gate', () => new Promise((resolve) => (open = resolve)));
    const kept = runtime.evalAsync('gate()');
    const controller = new AbortController();
    const stopped = failure(() => runtime.evalAsync('for (;;);', { signal: controller.signal }));
    await new Promise((resolve) => setTimeout(resolve, 30));
    controller.abort('x');
    expect(await stopped).toBe('x');
    await until(() => open.length === 1, 'the host call');
    open('kept');
    expect(await kept).toBe('kept');
  });

  it('leaves no listener on a signal used for many calls, whatever the outcome', async () => {
    const runtime = make();
    const { signal } = new AbortController();
    for (let i = 0; i < 20; i++) {
      await runtime.evalAsync(i % 2 ? 'Promise.reject(1)' : '1', { signal }).catch(() => {});
      if (i % 2) await failure(() => runtime.eval('throw 1', { signal }));
      else runtime.eval('1', { signal });
    }
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('an abort after the call settled changes nothing', async () => {
    const runtime = make();
    const controller = new AbortController();
    expect(await runtime.evalAsync('1', { signal: controller.signal })).toBe(1);
    controller.abort();
    expect(await runtime.evalAsync('2')).toBe(2);
  });

  it('a host function can abort the synchronous call it is part of', async () => {
    const runtime = make({ timeout: 5000 });
    const controller = new AbortController();
    runtime.bindFunction('enough', () => controller.abort('enough'));
    const error = await failure(() => runtime.eval('enough(); for (;;);', { signal: controller.signal }));
    expect(error).toBe('enough');
    expect(runtime.eval('1')).toBe(1);
  });

  it('what the guest throws itself is not taken for an abort', async () => {
    const { signal } = new AbortController();
    const runtime = make();
    const error = await failure(() => runtime.eval('throw new Error("mine")', { signal }));
    expect(error).toBeInstanceOf(JavaScriptError);
  });

  it('aborting does not disturb host functions that were called', async () => {
    const runtime = make();
    const finished = vi.fn();
    runtime.bindFunction('slow', async () => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      finished();
      throw new Error('nobody listens');
    });
    const controller = new AbortController();
    const result = failure(() => runtime.evalAsync('slow()', { signal: controller.signal }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    controller.abort('x');
    expect(await result).toBe('x');
    await until(() => finished.mock.calls.length === 1, 'the host function');
  });
});
