import { Runtime } from 'isolet';
import { describe, expect, test } from 'vitest';

/** In a guest of its own, whose prototypes may be changed. */
function guest(code: string): unknown {
  using runtime = new Runtime({ web: true });
  return runtime.eval(`(() => { ${code} })()`);
}

describe('sequences that a guest gives', () => {
  test('are iterated over as arrays iterate now', () => {
    const log = `const seen = [];
      const look = (init) => seen.push([...new Headers(init)].join(';') + '|' + new URLSearchParams(init));`;
    expect(
      guest(`${log}
        look([['a', '1']]);
        const original = Array.prototype[Symbol.iterator];
        const own = [['a', '1']];
        own[Symbol.iterator] = function* () { yield ['own', '2']; };
        look(own);
        const steps = Object.getPrototypeOf([].values());
        const { next } = steps;
        steps.next = function () {
          const step = next.call(this);
          return typeof step.value === 'string' ? { done: false, value: step.value + '!' } : step;
        };
        const changed = [String(new URLSearchParams([['b', '3']]))];
        steps.next = next;
        return [...seen, ...changed];`),
    ).toEqual(['a,1|a=1', 'own,2|own=2', 'b%21=3%21']);
  });

  test('see what converting their items changes', () => {
    expect(
      guest(`const pairs = [['a', '1']];
        pairs[0][1] = { toString() { if (pairs.length < 3) pairs.push(['b' + pairs.length, '2']); return '1'; } };
        return [String(new URLSearchParams(pairs)), new Headers(pairs).get('b1')];`),
    ).toEqual(['a=1&b1=2', '2']);
  });

  test('lose nothing to what a guest puts on Array.prototype', () => {
    expect(
      guest(`let taken = 0;
        for (const index of [0, 1]) {
          Object.defineProperty(Array.prototype, index, { set() { taken++; }, configurable: true });
        }
        const init = Object.assign(Object.create(null), { *[Symbol.iterator]() { yield ['a', '1']; yield new Set(['b', '2']); } });
        const headers = new Headers(init);
        delete Array.prototype[0];
        delete Array.prototype[1];
        return [headers.get('a'), headers.get('b')];`),
    ).toEqual(['1', '2']);
  });
});
