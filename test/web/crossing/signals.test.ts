import type { JsFunction, Runtime } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from '../../runtime/support.ts';

const runtimes = useRuntimes();

const waiting = `(signal) => new Promise((resolve) => {
  signal.addEventListener('abort', () => resolve([signal.aborted, signal.reason]));
})`;

const aborted = (signal: AbortSignal) =>
  new Promise<unknown>((resolve) => signal.addEventListener('abort', () => resolve(signal.reason), { once: true }));

describe('an AbortSignal that crosses aborts when the original does', () => {
  it('from the guest to the host, with the reason', async () => {
    const runtime = runtimes.make({ web: true });
    const signal = runtime.eval<AbortSignal>('(globalThis.controller = new AbortController()).signal');
    expect(signal.aborted).toBe(false);
    const told = aborted(signal);
    runtime.eval("controller.abort({ because: ['x'] })");
    expect(await told).toEqual({ because: ['x'] });
  });

  it('when it did so before the host could listen', async () => {
    const runtime = runtimes.make({ web: true });
    const reason = runtime.evalAsync<unknown>('globalThis.go()').catch(() => {});
    await reason;
    const got = new Promise<AbortSignal>((resolve) => runtime.bindFunction('give', resolve));
    runtime.eval("(() => { const c = new AbortController(); give(c.signal); c.abort('at once'); })()");
    const signal = await got;
    expect(signal.aborted ? signal.reason : await aborted(signal)).toBe('at once');
  });

  it('from the host to the guest, with the reason', async () => {
    const runtime = runtimes.make({ web: true });
    const wait = runtime.eval<JsFunction>(waiting);
    const controller = new AbortController();
    const told = wait.callAsync([controller.signal]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    controller.abort('enough');
    expect(await told).toEqual([true, 'enough']);
  });

  it('right behind the call that took it, and after that call was answered', async () => {
    const runtime = runtimes.make({ web: true });
    const take = runtime.eval<JsFunction>('(signal) => { globalThis.signal = signal; return signal.aborted; }');
    const controller = new AbortController();
    expect(take(controller.signal)).toBe(false);
    controller.abort(new RangeError('gone'));
    await expect.poll(() => runtime.eval('signal.aborted')).toBe(true);
    expect(runtime.eval('signal.reason instanceof RangeError && signal.reason.message')).toBe('gone');
  });

  it('with an AbortError where the reason can not cross', async () => {
    const runtime = runtimes.make({ web: true });
    const wait = runtime.eval<JsFunction>(`async (signal) => (await (${waiting})(signal))[1].name`);
    const controller = new AbortController();
    const told = wait.callAsync([controller.signal]);
    controller.abort(Symbol('mine'));
    expect(await told).toBe('AbortError');
    const signal = runtime.eval<AbortSignal>('(globalThis.controller = new AbortController()).signal');
    const heard = aborted(signal);
    runtime.eval('controller.abort(new WeakMap())');
    expect(await heard).toMatchObject({ name: 'AbortError' });
  });

  it('is one signal in the guest, however often it arrives', () => {
    const runtime = runtimes.make({ web: true });
    const keep = runtime.eval<JsFunction>(
      '(signal) => { const same = globalThis.kept === signal; globalThis.kept = signal; return same; }',
    );
    const { signal } = new AbortController();
    expect([keep(signal), keep(signal), keep(new AbortController().signal)]).toEqual([false, true, false]);
  });

  it('reaches a fetch, a timeout of the host and a signal of signals', async () => {
    const runtime = runtimes.make({ web: true });
    const wait = runtime.eval<JsFunction>(
      `(signal) => (${waiting})(AbortSignal.any([signal, new AbortController().signal])).then(([, reason]) => reason.name)`,
    );
    expect(await wait.callAsync([AbortSignal.timeout(10)])).toBe('TimeoutError');
    const signal = runtime.eval<AbortSignal>('AbortSignal.timeout(10)');
    expect(await aborted(signal)).toMatchObject({ name: 'TimeoutError' });
  });

  it('as the signal of a request, in both directions', async () => {
    const runtime = runtimes.make({ web: true });
    const controller = new AbortController();
    const request = new Request('https://example.com/', { signal: controller.signal });
    const wait = runtime.eval<JsFunction>(`async (request) => (await (${waiting})(request.signal))[1]`);
    const told = wait.callAsync([request]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    controller.abort('client gone');
    expect(await told).toBe('client gone');

    const mine = runtime.eval<Request>(
      "new Request('https://example.com/', { signal: (globalThis.controller = new AbortController()).signal })",
    );
    const heard = aborted(mine.signal);
    runtime.eval("controller.abort('guest gone')");
    expect(await heard).toBe('guest gone');
  });
});

describe('signals that crossed', () => {
  it('keep nothing of the host when the guest has dropped them', async () => {
    const runtime = runtimes.make({ web: true, maxHeapSize: 16 * 1024 * 1024 });
    const take = runtime.eval<JsFunction>('(signals) => signals.length');
    const controller = new AbortController();
    let added = 0;
    let removed = 0;
    const { addEventListener } = controller.signal;
    for (let i = 0; i < 30; i++) {
      const signals = Array.from({ length: 100 }, () => {
        const { signal } = new AbortController();
        signal.addEventListener = function (
          this: AbortSignal,
          type: string,
          listener: never,
          options: { signal?: AbortSignal },
        ) {
          added++;
          options.signal?.addEventListener('abort', () => removed++);
          addEventListener.call(this, type, listener, options);
        } as never;
        return signal;
      });
      await take.callAsync([signals]);
    }
    await expect.poll(() => added).toBe(3000);
    await expect
      .poll(() => {
        runtime.eval('new Array(200_000).fill(0).map((_, i) => ({ i })).length');
        return removed;
      })
      .toBeGreaterThan(0);
    runtime.close();
    expect(removed).toBe(3000);
  });

  it('from the guest are bounded in the host', async () => {
    const runtime = runtimes.make({ web: true, maxHeldHandles: 1_000_000, maxTransferBytes: 1 << 30 });
    const give = runtime.eval<JsFunction>(
      '(n) => { globalThis.all ??= []; const list = Array.from({ length: n }, () => new AbortController()); all.push(list); return list.map((c) => c.signal); }',
    );
    expect(give(8_000)).toHaveLength(8_000);
    const error = await failure(() => give(8_000));
    expect(error.name).toBe('TransferError');
    expect(error.message).toContain('10000 signals');
  });

  it('by the thousand are listened to in a few calls, each of them', async () => {
    const runtime = runtimes.make({ web: true, maxTransferBytes: 1 << 25 });
    const signals = runtime.eval<AbortSignal[]>(
      '(globalThis.all = Array.from({ length: 3000 }, () => new AbortController())).map((c) => c.signal)',
    );
    await expect.poll(() => runtime.getStats().pendingCalls).toBe(0);
    runtime.eval('all.forEach((c, i) => c.abort(i))');
    await expect.poll(() => signals.map((signal) => signal.reason)).toEqual(signals.map((_, i) => i));
  });

  it('do nothing when the guest is gone', async () => {
    const runtime = runtimes.make({ web: true });
    const controller = new AbortController();
    runtime.eval<JsFunction>('(signal) => { globalThis.signal = signal; }')(controller.signal);
    const signal = runtime.eval<AbortSignal>('new AbortController().signal');
    runtime.close();
    controller.abort();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(signal.aborted).toBe(false);
  });

  it('leave a process free to end', async () => {
    const runtime: Runtime = runtimes.make({ web: true });
    runtime.eval<JsFunction>('(signal) => { globalThis.signal = signal; }')(new AbortController().signal);
    runtime.eval('new AbortController().signal');
    await expect.poll(() => runtime.getStats().pendingCalls).toBe(0);
  });
});
