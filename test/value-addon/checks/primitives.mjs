// Primitives, strings, symbols and plain objects.
import assert from 'node:assert/strict';
import { both, failure, major, same } from '../harness.mjs';

same('V01-V07 primitives', undefined, null, true, false, 0, 1, 127, 128, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2 ** 53);
same('V05-V06 numbers', 0.1, -0, NaN, Infinity, -Infinity, Number.MAX_VALUE, Number.MIN_VALUE, -1.5);
same('V08 BigInt', 0n, 1n, -1n, 2n ** 63n, -(2n ** 64n), 2n ** 200n, -(2n ** 5000n) + 1n);
same('V09 strings', '', 'a', 'é', 'ÿ', '€', '😀', '\ud800', '\udc00x', 'x'.repeat(100), '€'.repeat(3000), 'a\0b');
both('V09 ropes and slices', (trip) => {
  const rope = ['a'.repeat(50), 'b€'.repeat(50)].reduce((a, b) => a + b);
  assert.equal(trip(rope), rope);
  assert.equal(trip(rope.slice(20, 90)), rope.slice(20, 90));
  const odd = { ['k'.repeat(3)]: '€', a: '€€', ['€']: 'x', ['€k']: 1 };
  assert.deepStrictEqual(trip(odd), odd);
});

both('V10 symbols', (trip) => {
  for (const symbol of [Symbol.iterator, Symbol.asyncIterator, Symbol.matchAll, Symbol.unscopables, Symbol.for('k€')]) {
    assert.equal(trip(symbol), symbol);
  }
  if (major >= 24) assert.equal(trip(Symbol.dispose), Symbol.dispose);
  assert.deepStrictEqual(trip({ [Symbol('s')]: 1, [Symbol.for('t')]: 2, a: 3 }), { a: 3 });
  for (const symbol of [Symbol('x'), Symbol(), Symbol('Symbol.iterator')]) {
    failure(() => trip({ a: symbol }), 'unsupported', 'value.a');
  }
});

both('V11 plain objects', (trip) => {
  const own = JSON.parse('{"__proto__": {"x": 1}, "b": 2, "1": "one", "0": "zero", "constructor": 3}');
  const copy = trip(own);
  assert.deepStrictEqual(Object.keys(copy), ['0', '1', '__proto__', 'b', 'constructor']);
  assert.equal(Object.getPrototypeOf(copy), Object.prototype);
  assert.deepStrictEqual(Object.getOwnPropertyDescriptor(copy, '__proto__').value, { x: 1 });
  const bare = Object.assign(Object.create(null), { a: 1, b: Object.create(null) });
  assert.deepStrictEqual(trip(bare), bare);
  assert.equal(Object.getPrototypeOf(trip(bare).b), null);
  const hidden = Object.defineProperty(
    {
      get g() {
        return 'got';
      },
    },
    'h',
    { value: 1, enumerable: false },
  );
  assert.deepStrictEqual(trip(hidden), { g: 'got' });
  assert.deepStrictEqual(trip({ 4294967294: 1, 4294967295: 2, 4294967296: 3, '-1': 4, '01': 5, '': 6 }), {
    4294967294: 1,
    4294967295: 2,
    4294967296: 3,
    '-1': 4,
    '01': 5,
    '': 6,
  });
  assert.deepStrictEqual(
    trip(
      (function () {
        return arguments;
      })(1, 2),
    ),
    { 0: 1, 1: 2 },
  );
  assert.deepStrictEqual(trip(Object.freeze({ a: 1 })), { a: 1 });
  assert.ok(!Object.isFrozen(trip(Object.freeze({ a: 1 }))));
});
