// Identity, depth, bytes, paths and lists of arguments.
import assert from 'node:assert/strict';
import { addon, both, failure, test, within } from '../harness.mjs';

both('V31-V33 identity', (trip) => {
  const shared = { s: 1 };
  const list = Array.from({ length: 500 }, (_, i) => ({ i, shared }));
  list.push(list, list[3]);
  const copy = trip(list);
  for (let i = 0; i < 500; i++) {
    assert.equal(copy[i].i, i);
    assert.equal(copy[i].shared, copy[0].shared);
  }
  assert.equal(copy[500], copy);
  assert.equal(copy[501], copy[3]);
  const many = Array.from({ length: 30_000 }, () => ({}));
  const again = trip([many, many.slice()]);
  assert.ok(again[0].every((object, i) => object === again[1][i]));
  assert.equal(new Set(again[0]).size, 30_000);
  const a = [];
  a.push([a, , a], { a });
  const b = trip(a);
  assert.equal(b[0][0], b);
  assert.equal(b[1].a, b);
  assert.ok(!(1 in b[0]));
});

both('V34 depth', (trip) => {
  assert.deepStrictEqual(trip(1, { depth: 1 }), 1);
  assert.deepStrictEqual(trip([], { depth: 1 }), []);
  let error = failure(() => trip([1], { depth: 1 }), 'depth', 'value[0]');
  assert.equal(error.limit, 1);
  assert.equal(error.actual, 2);
  assert.deepStrictEqual(trip([1], { depth: 2 }), [1]);
  const nested = { a: { b: { c: 1 } } };
  error = failure(() => trip(nested, { depth: 3 }), 'depth', 'value.a.b.c');
  assert.deepStrictEqual(trip(nested, { depth: 4 }), nested);
  failure(() => trip(new Map([['k', [1]]]), { depth: 2 }), 'depth', 'value.get("k")[0]');
  failure(() => trip(new Map([[[1], 2]]), { depth: 2 }), 'depth', 'value.keys()[0][0]');
  failure(() => trip(new Set([[1]]), { depth: 2 }), 'depth', 'value.values()[0][0]');
  let deep = 1;
  for (let i = 0; i < 999; i++) deep = i % 2 ? [deep] : { deep };
  assert.deepStrictEqual(trip(deep, { depth: 1000 }), deep);
  for (let i = 0; i < 1e5; i++) deep = [deep];
  failure(() => trip(deep, { depth: 4e9 }), 'depth');
});

both('V35 bytes', (trip) => {
  const text = 'x'.repeat(64);
  const error = failure(() => trip(text, { bytes: 32 }), 'bytes', 'value');
  assert.equal(error.limit, 32);
  assert.ok(error.actual >= 64);
  for (const value of [
    'x'.repeat(1e6),
    '€'.repeat(1e6),
    new Uint8Array(1e6),
    new ArrayBuffer(1e6),
    2n ** 100000n,
    new Array(1e4).fill(1),
    new Map(Array.from({ length: 1e4 }, (_, i) => [i, i])),
    { ['k'.repeat(1e4)]: 1 },
    new Set(Array.from({ length: 1e4 }, (_, i) => i)),
    Object.fromEntries(Array.from({ length: 5e3 }, (_, i) => [i, i])),
    new Error('m'.repeat(1e4)),
    /x/,
    new Date(),
    [new Uint8Array(2000), new Uint8Array(2000)],
  ]) {
    const size = value instanceof RegExp || value instanceof Date ? 3 : 3000;
    failure(() => trip({ a: value }, { bytes: size }), 'bytes');
  }
  // Every limit up to what the value needs fails cleanly, and then it passes.
  const mixed = {
    a: [1, 300, 'ab', '€', 1.5, , -5n],
    b: new Map([[1, new Set([2])]]),
    c: new Uint8Array(3),
    d: /x/g,
    e: new Error('x'),
    7: new Date(0),
    f: Object('x'),
    g: Symbol.for('k'),
  };
  let limit = 0;
  for (; ; limit++) {
    try {
      trip(mixed, { bytes: limit, stacks: false });
      break;
    } catch (caught) {
      assert.equal(caught.kind, 'bytes', caught.stack);
      assert.equal(caught.limit, limit);
      assert.ok(caught.actual > limit);
    }
  }
  // A RegExp counts for more than it takes here; the rest of what the reader needs is within its allowance.
  const regexp = 128 + 32 * mixed.d.source.length;
  if (trip === within) assert.equal(addon.encode(mixed, { stacks: false }).length + regexp, limit);
});

both('V37 paths are readable', (trip) => {
  const bad = new WeakMap();
  const paths = [
    [{ a: [0, 1, 2, { b: bad }] }, 'value.a[3].b'],
    [{ 'odd key': bad }, 'value["odd key"]'],
    [{ 'q"\\\n': bad }, 'value["q\\"\\\\\\u000a"]'],
    [{ 5: bad }, 'value[5]'],
    [{ '€': bad }, 'value["€"]'],
    [new Map([['k', bad]]), 'value.get("k")'],
    [new Map([[7, bad]]), 'value.get(7)'],
    [new Map([[{}, bad]]), 'value.get(#0)'],
    [new Map([[bad, 1]]), 'value.keys()[0]'],
    [new Set([bad]), 'value.values()[0]'],
  ];
  for (const [value, path] of paths) failure(() => trip(value), 'unsupported', path);
  const long = failure(() => trip({ ['x'.repeat(1e5)]: bad }), 'unsupported');
  assert.ok(long.path.length < 100);
});

test('the lists of arguments', () => {
  const shared = {};
  for (const flat of [true, false]) {
    const copy = addon.roundTripList([1, shared, [shared]], {}, flat);
    assert.equal(copy[1], copy[2][0]);
    assert.deepStrictEqual(addon.roundTripList([], {}, flat), []);
    assert.deepStrictEqual(addon.roundTripList([1, 'a', []], { depth: 1 }, flat), [1, 'a', []]);
    failure(() => addon.roundTripList([1, [1]], { depth: 1 }, flat), 'depth', 'value[1][0]');
  }
});
