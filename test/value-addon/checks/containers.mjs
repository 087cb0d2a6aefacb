// Arrays, Maps, Sets, dates and what can not cross.
import assert from 'node:assert/strict';
import { both, failure, same, test, through, within } from '../harness.mjs';

test('V12 arrays', () => {
  for (const trip of [within, through]) {
    const holes = [, 1, , , undefined, null, ,];
    const copy = trip(holes);
    assert.deepStrictEqual(copy, holes);
    assert.equal(copy.length, 7);
    assert.deepStrictEqual(Object.keys(copy), ['1', '4', '5']);
    assert.deepStrictEqual(trip(Object.assign([1], { extra: 2 })), [1]);
    assert.deepStrictEqual(trip(new (class extends Array {})(1, 2)), [1, 2]);
    assert.deepStrictEqual(trip([[], [[]], [[], [1]]]), [[], [[]], [[], [1]]]);
    const doubles = Array.from({ length: 2000 }, (_, i) => i / 3);
    assert.deepStrictEqual(trip(doubles), doubles);
  }
});

both('V13 sparse arrays', (trip) => {
  const error = failure(() => trip({ a: new Array(2 ** 32 - 1) }), 'bytes', 'value.a');
  assert.ok(error.actual >= 2 ** 28 - 1, 'a sixteenth of a byte for each hole');
  assert.equal(error.limit, 10 * 1024 * 1024);
  const sparse = new Array(5_000_000);
  sparse[1000] = { x: 1 };
  sparse[1001] = sparse;
  sparse[4_999_999] = 'end';
  const start = process.hrtime.bigint();
  const copy = trip(sparse);
  assert.ok(process.hrtime.bigint() - start < 500_000_000n, 'takes what its elements take');
  assert.equal(copy.length, 5_000_000);
  assert.deepStrictEqual(Object.keys(copy), ['1000', '1001', '4999999']);
  assert.equal(copy[1001], copy);
  const tail = new Array(3000);
  tail[0] = 1;
  assert.deepStrictEqual(trip(tail), tail);
  const head = new Array(3000);
  head[2999] = 1;
  assert.deepStrictEqual(trip(head), head);
  assert.equal(trip(new Array(1000)).length, 1000);
});

same(
  'V15-V16 Map and Set',
  new Map(),
  new Set(),
  new Map([
    [1, { a: 1 }],
    [{ k: 1 }, 'x'],
    [NaN, new Map()],
  ]),
  new Set([3, 1, 2, '1', new Set([1]), undefined, -0]),
);
both('V15-V16 order and cycles', (trip) => {
  const map = new Map();
  map.set(map, map).set('z', 1).set('a', 2);
  const copy = trip(map);
  assert.equal(copy.get(copy), copy);
  assert.deepStrictEqual([...copy.keys()].slice(1), ['z', 'a']);
  const set = new Set();
  set.add(set).add(set);
  assert.ok(trip(set).has(trip(set)) === false && trip(set).size === 1);
});

both('V17 unsupported', (trip) => {
  const shared = new SharedArrayBuffer(8);
  const cases = {
    WeakMap: new WeakMap(),
    WeakSet: new WeakSet(),
    WeakRef: new WeakRef({}),
    Proxy: new Proxy({}, {}),
    generator: (function* () {})(),
    'Map iterator': new Map().keys(),
    'Set iterator': new Set().keys(),
    SharedArrayBuffer: shared,
    'WebAssembly.Memory': new WebAssembly.Memory({ initial: 1 }),
  };
  for (const [what, value] of Object.entries(cases)) {
    const error = failure(() => trip({ list: [0, value] }), 'unsupported', 'value.list[1]');
    assert.equal(error.message, what);
  }
  failure(() => trip(new Uint8Array(shared)), 'unsupported', 'value');
});

same('V18 Date', new Date(0), new Date(8.64e15), new Date(-1), new Date('2024-02-29T12:00:00.123Z'));
both('V18 invalid Date', (trip) => assert.ok(Number.isNaN(trip(new Date(NaN)).getTime())));
