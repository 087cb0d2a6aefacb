import { describe, expect, it } from 'vitest';
import { until } from '../../runtime/support.ts';
import { expectSameAsNode, thrownBy, useWebRuntimes } from '../same-as-node.ts';

const { make } = useWebRuntimes();

describe('EventTarget', () => {
  it('calls listeners in their order, each once, those that capture first', async () => {
    await expectSameAsNode(
      make(),
      `const target = new EventTarget();
      const calls = [];
      const listener = () => calls.push('a');
      target.addEventListener('x', listener);
      target.addEventListener('x', listener);
      target.addEventListener('x', listener, true);
      target.addEventListener('x', { handleEvent() { calls.push('object') } });
      target.addEventListener('x', null);
      target.addEventListener('y', () => calls.push('other'));
      target.dispatchEvent(new Event('x'));
      target.removeEventListener('x', listener);
      target.dispatchEvent(new Event('x'));
      return calls;`,
    );
  });

  it('listeners that come while an event is dispatched wait for the next, those that go are not called', async () => {
    await expectSameAsNode(
      make(),
      `const target = new EventTarget();
      const calls = [];
      const gone = () => calls.push('gone');
      const late = () => calls.push('late');
      target.addEventListener('x', () => {
        calls.push('first');
        target.removeEventListener('x', gone);
        target.addEventListener('x', late);
      });
      target.addEventListener('x', gone);
      target.dispatchEvent(new Event('x'));
      target.dispatchEvent(new Event('x'));
      return calls;`,
    );
  });

  it('stops where a listener says so', async () => {
    await expectSameAsNode(
      make(),
      `const calls = [];
      for (const method of ['stopPropagation', 'stopImmediatePropagation']) {
        const target = new EventTarget();
        target.addEventListener('x', (event) => { calls.push(method); event[method]() });
        target.addEventListener('x', () => calls.push('second'));
        target.dispatchEvent(new Event('x'));
      }
      return calls;`,
    );
  });

  it('takes options: once, signal', async () => {
    await expectSameAsNode(
      make(),
      `${thrownBy}
      const target = new EventTarget();
      const calls = [];
      target.addEventListener('x', () => { calls.push('once'); target.dispatchEvent(new Event('x')) }, { once: true });
      const controller = new AbortController();
      target.addEventListener('x', () => calls.push('signal'), { signal: controller.signal });
      target.addEventListener('x', () => calls.push('never'), { signal: AbortSignal.abort() });
      target.dispatchEvent(new Event('x'));
      controller.abort();
      target.dispatchEvent(new Event('x'));
      return [calls, thrown(() => target.addEventListener('x', () => {}, { signal: null })),
        thrown(() => target.addEventListener('x')), thrown(() => EventTarget.prototype.addEventListener.call({}, 'x', null))];`,
    );
  });

  it('an event that is being dispatched is not dispatched again', () => {
    expect(
      make().eval(`const target = new EventTarget(); const event = new Event('x'); let error;
        target.addEventListener('x', () => { try { target.dispatchEvent(event) } catch (e) { error = e } });
        target.dispatchEvent(event);
        [error instanceof DOMException, error.name]`),
    ).toEqual([true, 'InvalidStateError']);
  });

  it('what a listener throws stops nobody, and goes where exceptions go that nobody catches', async () => {
    const runtime = make();
    const heard: Error[] = [];
    runtime.on('unhandledRejection', (error) => heard.push(error));
    expect(
      runtime.eval(`const target = new EventTarget(); const calls = [];
        target.addEventListener('x', () => { throw new RangeError('mine') });
        target.addEventListener('x', { handleEvent: 5 });
        target.addEventListener('x', () => calls.push('next'));
        target.dispatchEvent(new Event('x'));
        calls`),
    ).toEqual(['next']);
    await until(() => heard.length === 2, 'both events');
    expect(heard.map((error) => error.name)).toEqual(['RangeError', 'TypeError']);
  });

  it('a listener with a signal leaves nothing on the signal when it goes', () => {
    const runtime = make({ maxHeapSize: 32 * 1024 * 1024 });
    // Each listener holds 100 kB: kept by the signal, they would not fit.
    runtime.eval(`const { signal } = new AbortController(); const target = new EventTarget();
      for (let i = 0; i < 2000; i++) {
        const big = new Array(12_500).fill(i);
        const listener = () => big;
        target.addEventListener('x', listener, { signal });
        target.removeEventListener('x', listener);
      }`);
  });

  it('subclasses keep their own fields and work', async () => {
    await expectSameAsNode(
      make(),
      `class Store extends EventTarget { #value = 0; set(value) { this.#value = value;
        this.dispatchEvent(new CustomEvent('change', { detail: this.#value })) } }
      const store = new Store(); let heard; store.addEventListener('change', (event) => { heard = event.detail });
      store.set(5); return [heard, store instanceof EventTarget, Object.prototype.toString.call(store)];`,
    );
  });
});

describe('the global', () => {
  it('is an event target', () => {
    expect(
      make().eval(`const calls = [];
        addEventListener('x', function (event) { calls.push(this === globalThis, event.target === globalThis) });
        const done = dispatchEvent(new Event('x'));
        globalThis.addEventListener('y', () => calls.push('y'), { once: true });
        self.dispatchEvent(new Event('y')); dispatchEvent(new Event('y'));
        [calls, done, globalThis instanceof EventTarget, Object.getPrototypeOf(globalThis) instanceof EventTarget]`),
    ).toEqual([[true, true, 'y'], true, true, true]);
  });

  it('shows its event functions and handlers as the standard does', () => {
    expect(
      make().eval(`['addEventListener', 'removeEventListener', 'dispatchEvent', 'reportError', 'onerror',
          'onunhandledrejection', 'onrejectionhandled'].map((name) => {
        const { get, set, value, ...rest } = Object.getOwnPropertyDescriptor(globalThis, name);
        return [name, get?.name ?? value.name, get ? set.name : value.length, rest.enumerable, rest.configurable];
      })`),
    ).toEqual([
      ['addEventListener', 'addEventListener', 2, true, true],
      ['removeEventListener', 'removeEventListener', 2, true, true],
      ['dispatchEvent', 'dispatchEvent', 1, true, true],
      ['reportError', 'reportError', 1, true, true],
      ['onerror', 'get onerror', 'set onerror', true, true],
      ['onunhandledrejection', 'get onunhandledrejection', 'set onunhandledrejection', true, true],
      ['onrejectionhandled', 'get onrejectionhandled', 'set onrejectionhandled', true, true],
    ]);
  });
});
