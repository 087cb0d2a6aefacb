import { describe, expect, it } from 'vitest';
import { expectSameAsNode, thrownBy, useWebRuntimes } from '../same-as-node.ts';

const { make } = useWebRuntimes();

describe('Event', () => {
  it('has what its init says', async () => {
    await expectSameAsNode(
      make(),
      `const all = [undefined, null, {}, { bubbles: 1, cancelable: 'x', composed: true }, { cancelable: true, type: 'no' }];
      return all.map((init) => {
        const { type, bubbles, cancelable, composed, defaultPrevented, eventPhase, isTrusted, returnValue, target,
          currentTarget, srcElement, cancelBubble } = new Event('x', init);
        return { type, bubbles, cancelable, composed, defaultPrevented, eventPhase, isTrusted, returnValue, target,
          currentTarget, srcElement, cancelBubble };
      });`,
    );
  });

  it('converts and refuses its arguments', async () => {
    await expectSameAsNode(
      make(),
      `${thrownBy} return [() => new Event(), () => Event('x'), () => new Event(Symbol('x')), () => new Event('x', 1),
        () => new Event(undefined).type, () => new Event({ toString: () => 'own' }).type, () => Event.prototype.type,
        () => new EventTarget().dispatchEvent({}), () => new EventTarget().dispatchEvent()].map(thrown);`,
    );
  });

  it('is canceled only if it can be, and not by a passive listener', () => {
    expect(
      make().eval(`const results = [];
      for (const cancelable of [true, false]) {
        for (const options of [undefined, { passive: true }]) {
          const target = new EventTarget();
          target.addEventListener('x', (event) => event.preventDefault(), options);
          const event = new Event('x', { cancelable });
          results.push([target.dispatchEvent(event), event.defaultPrevented, event.returnValue]);
        }
      }
      results`),
    ).toEqual([[false, true, false], ...new Array(3).fill([true, false, true])]);
  });

  it('knows where it is while it is dispatched', async () => {
    await expectSameAsNode(
      make(),
      `const target = new EventTarget();
      let seen;
      target.addEventListener('x', function (event) {
        seen = [this === target, event.target === target, event.currentTarget === target, event.eventPhase,
          event.composedPath().length, event.composedPath()[0] === target];
      });
      const event = new Event('x');
      target.dispatchEvent(event);
      return [seen, event.target === target, event.currentTarget, event.eventPhase, event.composedPath()];`,
    );
  });

  it('says when it was made, on the clock of performance', () => {
    expect(
      make().eval(`const before = performance.now(); const { timeStamp } = new Event('x');
        timeStamp >= before && timeStamp <= performance.now()`),
    ).toBe(true);
  });

  it('shows isTrusted on itself: false for those of the guest, whatever it tries', () => {
    expect(
      make().eval(`const event = new Event('x'); Object.setPrototypeOf(event, null);
        const found = Object.getOwnPropertyDescriptor(event, 'isTrusted');
        [found.configurable, found.enumerable, event.isTrusted, new Event('x', {}, Symbol('internal')).isTrusted,
          class extends Event {}.name === '', Reflect.ownKeys(event)]`),
    ).toEqual([false, true, false, false, true, ['isTrusted']]);
  });
});

describe('the kinds of events', () => {
  it('CustomEvent carries a detail', async () => {
    await expectSameAsNode(
      make(),
      `const detail = { a: 1 };
      const event = new CustomEvent('x', { detail, cancelable: true });
      return [event.detail === detail, event.cancelable, new CustomEvent('x').detail, event instanceof Event,
        Object.prototype.toString.call(event)];`,
    );
    expect(
      make().eval(`const event = new CustomEvent('x'); event.initCustomEvent('y', true, true, 5);
        [event.type, event.bubbles, event.cancelable, event.detail]`),
    ).toEqual(['y', true, true, 5]);
  });

  it('MessageEvent carries a message', async () => {
    await expectSameAsNode(
      make(),
      `const { port1 } = new MessageChannel();
      const event = new MessageEvent('x', { data: 1, origin: 'o', lastEventId: 'i', source: port1, ports: [port1] });
      const empty = new MessageEvent('x');
      port1.close();
      return [event.data, event.origin, event.lastEventId, event.source === port1, event.ports[0] === port1,
        empty.data, empty.origin, empty.source, empty.ports.length];`,
    );
  });

  it('ErrorEvent and PromiseRejectionEvent carry what went wrong', () => {
    expect(
      make().eval(`const error = new Error('x');
        const event = new ErrorEvent('error', { message: 'm', filename: 'f', lineno: 1, colno: '2', error });
        const promise = Promise.resolve();
        const rejection = new PromiseRejectionEvent('x', { promise, reason: 5 });
        let refused; try { new PromiseRejectionEvent('x', {}) } catch (e) { refused = e.name }
        [event.message, event.filename, event.lineno, event.colno, event.error === error, new ErrorEvent('x').error,
          rejection.promise === promise, rejection.reason, refused]`),
    ).toEqual(['m', 'f', 1, 2, true, undefined, true, 5, 'TypeError']);
  });
});
