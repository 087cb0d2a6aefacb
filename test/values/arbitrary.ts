import fc from 'fast-check';

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  // Any sequence of UTF-16 units, lone surrogates included.
  fc.array(fc.nat(0xffff), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
);

const buffers = fc.oneof(
  fc.uint8Array(),
  fc.int16Array(),
  fc.float32Array(),
  fc.float64Array(),
  fc.bigInt64Array(),
  fc.uint8Array({ minLength: 4 }).map((bytes) => bytes.subarray(1, 3)),
  fc.uint8Array().map((bytes) => bytes.buffer),
  fc.uint8Array({ minLength: 2 }).map((bytes) => new DataView(bytes.buffer, 1)),
);

const leaf = fc.oneof(
  fc.constantFrom(undefined, null, true, false, -0, Number.NaN, Number.POSITIVE_INFINITY),
  fc.integer(),
  fc.double(),
  fc.bigInt(),
  text,
  // Node 20's deepStrictEqual finds an invalid Date unequal to another; rows.test.ts has it.
  fc.date({ noInvalidDate: true }),
  buffers,
  fc.constantFrom(/a/giu, /[/\]]\n/),
  fc.oneof(fc.double(), fc.boolean(), fc.string(), fc.bigInt()).map((value) => Object(value) as unknown),
  fc.sparseArray(fc.integer()),
  fc.tuple(fc.constantFrom(Error, TypeError, RangeError), text).map(([Type, message]) => new Type(message)),
);

const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { maxLength: 6 }),
    fc.dictionary(fc.oneof(text, fc.constantFrom('__proto__', 'toString', 'then1', '1', '4294967295')), tie('tree'), {
      maxKeys: 6,
      noNullPrototype: true,
    }),
    fc.array(fc.tuple(tie('tree'), tie('tree')), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(tie('tree'), { maxLength: 4 }).map((items) => new Set(items)),
    // The same value several times, and a cycle.
    tie('tree').map((value) => {
      const shared: { value: unknown; again: unknown[]; self?: unknown } = { value, again: [value] };
      shared.self = shared.again[1] = shared;
      return shared;
    }),
  ),
}));

/** Values of every kind that `structuredClone` copies the way isolet does. */
export const anyValue: fc.Arbitrary<unknown> = tree;
