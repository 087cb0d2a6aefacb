import { describe, expect, it } from 'vitest';
import { expectSameAsNode, thrownBy, useWebRuntimes } from '../same-as-node.ts';

const { make } = useWebRuntimes();

describe('AbortController', () => {
  it('aborts once, with a reason, and tells listeners and onabort', async () => {
    await expectSameAsNode(
      make(),
      `const controller = new AbortController();
      const { signal } = controller;
      const calls = [];
      signal.onabort = (event) => calls.push('on', event.type, event.isTrusted, event.target === signal);
      signal.addEventListener('abort', () => calls.push('listener', signal.aborted));
      const before = [signal.aborted, signal.reason, controller.signal === signal];
      controller.abort('why');
      controller.abort('again');
      return [before, calls, signal.aborted, signal.reason];`,
    );
  });

  it('has an AbortError as reason when none is given', async () => {
    await expectSameAsNode(
      make(),
      `${thrownBy}
      const controller = new AbortController();
      controller.abort();
      const { reason } = controller.signal;
      const given = AbortSignal.abort(null).reason;
      return [reason instanceof DOMException, reason.name, reason.code, reason === controller.signal.reason, given,
        thrown(() => controller.signal.throwIfAborted()), thrown(() => new AbortController().signal.throwIfAborted()),
        thrown(() => new AbortSignal()), thrown(() => AbortSignal.prototype.aborted),
        thrown(() => AbortController.prototype.signal), thrown(() => AbortSignal.any()), thrown(() => AbortSignal.any([{}])),
        thrown(() => AbortSignal.timeout())];`,
    );
  });
});

describe('AbortSignal.timeout', () => {
  it('aborts by itself with a TimeoutError', async () => {
    expect(
      await make().evalAsync(`const signal = AbortSignal.timeout(5);
        new Promise((done) => { signal.onabort = () => done([signal.reason instanceof DOMException, signal.reason.name,
          signal.reason.code]) })`),
    ).toEqual([true, 'TimeoutError', 23]);
  });

  it('keeps a signal that somebody waits for, and its timer goes with one that nobody holds', async () => {
    const runtime = make({ maxHeapSize: 16 * 1024 * 1024, maxTimers: 10_000 });
    const heard = runtime.evalAsync(
      'new Promise((done) => { AbortSignal.timeout(300).addEventListener("abort", () => done("heard")) })',
    );
    await runtime.evalAsync('for (let i = 0; i < 200; i++) AbortSignal.timeout(1e9)');
    // Garbage until the collector comes by.
    while (runtime.getStats().activeTimers > 1) {
      await runtime.evalAsync('for (let i = 0; i < 50; i++) new Array(20_000).fill({})');
    }
    expect(await heard).toBe('heard');
  });
});

describe('AbortSignal.any', () => {
  it('follows whichever is aborted first, and all know before anybody is told', () => {
    expect(
      make().eval(`const a = new AbortController();
      const b = new AbortController();
      const any = AbortSignal.any([a.signal, b.signal]);
      const nested = AbortSignal.any([any]);
      const calls = [];
      for (const [name, signal] of [['any', any], ['nested', nested], ['a', a.signal]]) {
        signal.addEventListener('abort', () => calls.push(name, any.aborted, nested.aborted));
      }
      b.abort('b');
      a.abort('a');
      [calls, any.reason, nested.reason, AbortSignal.any([AbortSignal.abort(1), AbortSignal.abort(2)]).reason,
        AbortSignal.any([]).aborted]`),
    ).toEqual([['any', true, true, 'nested', true, true, 'a', true, true], 'b', 'b', 1, false]);
  });

  it('a long-lived signal does not keep those that depend on it, unless somebody waits for them', async () => {
    const runtime = make({ maxHeapSize: 64 * 1024 * 1024 });
    runtime.eval(`globalThis.controller = new AbortController(); globalThis.calls = 0;
      AbortSignal.any([controller.signal]).addEventListener('abort', () => calls++);
      // Each holds 100 kB: kept, they would not fit.
      globalThis.make = () => {
        for (let i = 0; i < 50; i++) AbortSignal.any([controller.signal]).big = new Array(12_500).fill(i);
      }`);
    for (let i = 0; i < 40; i++) await runtime.evalAsync('make()');
    expect(runtime.eval('controller.abort(); calls')).toBe(1);
  });

  it('who has ceased to wait keeps nothing', async () => {
    const runtime = make({ maxHeapSize: 64 * 1024 * 1024 });
    runtime.eval(`globalThis.controller = new AbortController(); const never = () => {};
      globalThis.make = () => {
        for (let i = 0; i < 50; i++) {
          const dependent = AbortSignal.any([controller.signal]);
          dependent.big = new Array(12_500).fill(i);
          dependent.addEventListener('abort', never);
          dependent.removeEventListener('abort', never);
          dependent.onabort = never;
          dependent.onabort = null;
        }
      }`);
    for (let i = 0; i < 40; i++) await runtime.evalAsync('make()');
  });
});

it('streams take the signals of the guest', async () => {
  expect(
    await make().evalAsync(`(async () => {
      const controller = new AbortController();
      const from = new ReadableStream({ pull(c) { c.enqueue(1) } });
      let aborted;
      const to = new WritableStream({ abort(reason) { aborted = reason }, write() { controller.abort('why') } });
      const failed = await from.pipeTo(to, { signal: controller.signal }).catch((error) => error);
      let own;
      const writable = new WritableStream({ start(c) { own = c.signal } });
      await writable.abort('mine');
      return [failed, aborted, own instanceof AbortSignal, own.aborted, own.reason];
    })()`),
  ).toEqual(['why', 'why', true, true, 'mine']);
});
