// Where V8 keeps the values of an object: what is not known is only slower, so nothing else would tell.
import assert from 'node:assert/strict';
import { addon, test } from '../harness.mjs';

test('the values that an object keeps in itself are counted', () => {
  // An empty literal has room for four, others for what stands in them.
  const counts = [
    [{}, 0],
    [{ a: 1, b: 'x', c: 1.5, d: {} }, 4],
    [{ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9, j: 10 }, 10],
    [Object.assign(Object.defineProperty({}, 'hidden', { value: 1 }), { a: 1 }), 2],
    [Object.assign({}, { a: 1, [Symbol('s')]: 2 }), 2],
    [{ a: 1, 5: 2 }, 0],
  ];
  for (const [object, count] of counts) assert.equal(addon.fields(object), count);
  const marked = Object.assign({}, { a: 1 });
  addon.brand(marked);
  assert.equal(addon.fields(marked), 2);
});

test('nothing is known of values that are elsewhere', () => {
  const computed = {
    a: 1,
    get b() {
      return 2;
    },
  };
  const more = {};
  for (const key of 'abcdefghijklmnop') more[key] = 1;
  const less = { a: 1, b: 2, c: 3 };
  delete less.a;
  for (const object of [computed, more, less, Object.create(null), [1], new Date()]) {
    assert.equal(addon.fields(object), 0);
  }
});
