// Objects that cross as a kind and parts. Here they arrive as an array of both.
import assert from 'node:assert/strict';
import { both, failure, test, within } from '../harness.mjs';

class Made {
  /** @param {number} kind @param {unknown[]} parts */
  constructor(kind, ...parts) {
    this.kind = kind;
    this.parts = parts;
  }
}
/** As its class is called by the same name: an Error that is made of parts. */
const MadeError = (() => {
  class Made extends Error {}
  return Made;
})();

both('an object of parts, once where it is twice', (trip) => {
  const headers = new Made(4, ['a', 'b']);
  const copy = trip([headers, { headers }, new Map([[headers, 1]])]);
  assert.deepStrictEqual(copy[0], [4, ['a', 'b']]);
  assert.equal(copy[1].headers, copy[0]);
  assert.equal([...copy[2].keys()][0], copy[0]);
});
both('what stands beside its parts keeps its identity', (trip) => {
  const shared = { x: 1 };
  const list = [shared];
  const [made, same, again] = trip([new Made(9, shared, list, new Made(8, true, shared)), shared, list]);
  assert.equal(made[1], same);
  assert.equal(made[2], again);
  assert.equal(again[0], same);
  assert.equal(made[3][2], same);
});
both('an Error has itself as its last part', (trip) => {
  const error = Object.assign(new MadeError('m'), { kind: 1, parts: ['N', 'm'], cause: new Made(2, 'u') });
  const [made, same] = trip([error, error]);
  assert.equal(made, same);
  assert.deepStrictEqual(made.slice(0, 3), [1, 'N', 'm']);
  assert.ok(made[3].message === 'm' && made[3].kind === 1);
  assert.deepStrictEqual(made[3].cause, [2, 'u']);
});
test('nothing in its parts may be it', () => {
  const self = new Made(8, true);
  self.parts.push([self]);
  assert.equal(failure(() => within({ a: self }), 'unsupported', 'value.a.reason[0]').message, 'web object in itself');
  const error = Object.assign(new MadeError('m'), { kind: 1, parts: ['N', 'm'] });
  error.cause = error;
  assert.equal(Object.hasOwn(within(error)[3], 'cause'), false);
});
test('its costs count, with those of its entries', () => {
  const many = () => Array.from({ length: 40 }, () => new Made(9, {}, ['a', 'b'], null));
  failure(() => within(many(), { bytes: 100_000 }), 'bytes');
  within(many().slice(0, 10), { bytes: 100_000 });
  failure(() => within(new Made(4, new Array(1000).fill('a')), { bytes: 100_000 }), 'bytes');
});
test('its parts are a level', () => {
  within(new Made(2, 'u'), { depth: 2 });
  failure(() => within(new Made(2, 'u'), { depth: 1 }), 'depth');
});
