// Arbitrary values, messages that nobody wrote, damaged bytes.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { addon, test, through, within } from '../harness.mjs';

test('arbitrary values compare with structuredClone', () => {
  const leaf = fc.oneof(
    fc.constant(undefined),
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double(),
    fc.bigInt(),
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array(),
    fc.float64Array(),
    fc.int16Array(),
    fc.constant(Object('boxed')),
    fc.array(fc.nat(0xffff), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
    fc.string({ maxLength: 5 }).map((text) => new Error(text)),
    fc.sparseArray(fc.integer()),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      leaf,
      tie('array'),
      tie('object'),
      tie('map'),
      tie('set'),
      tie('pair'),
    ),
    array: fc.array(tie('tree'), { maxLength: 6 }),
    object: fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'toString', '1', 'a')), tie('tree'), {
      maxKeys: 6,
      noNullPrototype: true,
    }),
    map: fc.array(fc.tuple(tie('tree'), tie('tree')), { maxLength: 4 }).map((entries) => new Map(entries)),
    set: fc.array(tie('tree'), { maxLength: 4 }).map((items) => new Set(items)),
    pair: tie('tree').map((value) => [value, { value }, value]),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      const expected = structuredClone(value);
      assert.deepStrictEqual(within(value), expected);
      assert.deepStrictEqual(through(value), expected);
    }),
    { numRuns: 1500 },
  );
});

const anything = (bytes, list) => {
  for (const budget of [undefined, 8]) {
    try {
      addon.decode(bytes, 2, 3, budget, list);
    } catch (error) {
      assert.ok(error instanceof Error);
    }
  }
};
test("no message makes its reader allocate more than the reader's own limit", () => {
  const limit = 100_000;
  const varint = (n) => (n < 128 ? [n] : [(n % 128) | 128, ...varint(Math.floor(n / 128))]);
  const holes = (n) => [17, ...varint(n), 19, ...varint(n)];
  const times = (n, bytes) => [16, ...varint(n), ...Array.from({ length: n }, () => bytes).flat()];
  const decode = (bytes) => addon.decode(Uint8Array.from(bytes), 0, 0, undefined, false, limit);
  const amplifiers = {
    'empty objects': times(5000, [14, 0]),
    'objects without prototype': times(5000, [15, 0]),
    'objects with a far index': times(5000, [14, 1, 4, ...Buffer.from('1022'), 0x81, 0]),
    'empty arrays': times(5000, [16, 0]),
    'arrays that are only long': times(100, holes(2 ** 31)),
    'empty Maps': times(5000, [20, 0]),
    'empty Sets': times(5000, [21, 0]),
    errors: times(5000, [24, 0, 0, 0, 0]),
    'objects made of parts': times(5000, [30, 9, 0]),
    buffers: times(5000, [25, 0]),
    dates: times(5000, [22, 0, 0, 0, 0, 0, 0, 0, 0]),
    'short strings': times(8000, [8, 2, 97, 97]),
    numbers: times(8000, [6, 1, 0, 0, 0, 0, 0, 0, 0]),
    'RegExps that are long to compile': times(500, [23, 16, 8, 4, 92, 119, 92, 119]),
  };
  for (const [what, bytes] of Object.entries(amplifiers)) {
    assert.throws(() => decode(bytes), { name: 'RangeError', message: /more than its limit/ }, what);
  }
  // A length alone makes nothing.
  const before = process.memoryUsage().heapUsed;
  const arrays = decode(times(10, holes(100_000)));
  assert.ok(process.memoryUsage().heapUsed - before < 1_000_000);
  assert.deepStrictEqual(
    arrays.map((array) => [array.length, Object.keys(array).length]),
    Array.from({ length: 10 }, () => [100_000, 0]),
  );
  assert.throws(() => decode([16, ...varint(1e6), 0x80]), /Malformed/);
  // A kind that there is not, more parts than one may have, itself among its parts.
  for (const bytes of [
    [30, 0, 0],
    [30, 11, 0],
    [30, 2, 9, ...new Array(9).fill(0x80)],
    [30, 2, 1, 13, 0],
  ]) {
    assert.throws(() => decode(bytes), /Malformed/);
  }
  assert.throws(() => decode([20, ...varint(1e6), 0x80, 0x80]), /Malformed/);
});

test('damaged bytes never do more than throw', () => {
  const seeds = [
    { a: 1, b: [1, , 'x'], c: { d: '€€', a: 2 } },
    [new Map([[1, 2]]), new Set(['a'])],
    new Error('x', { cause: 1 }),
    [new Uint8Array(5), new DataView(new ArrayBuffer(9), 1)],
    [/x/g, new Date(5), 5n, -(2n ** 80n), Object('s')],
    Object.assign(new Array(600), { 599: 1 }),
    [Symbol.iterator, Symbol.for('x')],
    new AggregateError([1]),
    (() => {
      const a = [[]];
      a[0].push(a, new Float64Array(4));
      return a;
    })(),
  ].map((value) => addon.encode(value));
  fc.assert(
    fc.property(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
      fc.nat(),
      (seed, edits, cut) => {
        const bytes = Uint8Array.from(seed);
        for (const [at, byte] of edits) bytes[at % bytes.length] = byte;
        anything(bytes, false);
        anything(bytes.subarray(0, cut % (bytes.length + 1)), false);
      },
    ),
    { numRuns: 8000 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), fc.boolean(), anything), { numRuns: 8000 });
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(32), fc.nat(140)), { maxLength: 60 }), fc.boolean(), (bytes, list) =>
      anything(Uint8Array.from(bytes), list),
    ),
    { numRuns: 20000 },
  );
  // Nesting without an end.
  for (const tag of [14, 16, 20, 21]) anything(new Uint8Array(1e6).fill(tag), false);
  anything(
    Uint8Array.from({ length: 1e6 }, (_, i) => (i % 2 ? 1 : 16)),
    false,
  );
});
