// Array buffers and their views, copied, shared and transferred.
import assert from 'node:assert/strict';
import { both, failure } from '../harness.mjs';

both('V19-V22 buffers', (trip) => {
  const types = [
    Uint8Array,
    Uint8ClampedArray,
    Int8Array,
    Uint16Array,
    Int16Array,
    Uint32Array,
    Int32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
  ];
  if (typeof Float16Array === 'function') types.push(globalThis.Float16Array);
  for (const Type of types) {
    for (const length of [0, 1, 7, 5000]) {
      const view = new Type(length).fill(Type.name.startsWith('Big') ? 7n : 7);
      const copy = trip(view);
      assert.deepStrictEqual(copy, view);
      assert.equal(copy.constructor, Type);
      const part = new Type(view.buffer, 0, length >> 1);
      assert.deepStrictEqual(trip(part), part);
      assert.equal(trip(part).buffer.byteLength, view.byteLength);
    }
  }
  for (const length of [0, 1, 1023, 1024, 100_000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 7);
    assert.deepStrictEqual(trip(bytes.buffer), bytes.buffer);
    assert.deepStrictEqual(trip(new DataView(bytes.buffer, length >> 1)), new DataView(bytes.buffer, length >> 1));
  }
  const buffer = new ArrayBuffer(64);
  const copy = trip({ a: new Uint8Array(buffer, 8, 8), b: new Float64Array(buffer), buffer });
  assert.equal(copy.a.buffer, copy.buffer);
  assert.equal(copy.b.buffer, copy.buffer);
  copy.a[0] = 1;
  assert.notEqual(copy.b[1], 0);
  const view = new Uint8Array(4);
  const twice = trip([view, view]);
  assert.equal(twice[0], twice[1]);
});

both('V21 Node Buffers', (trip) => {
  const pooled = Buffer.from('hello');
  assert.ok(pooled.buffer.byteLength > 1000);
  const copy = trip({ pooled, again: pooled });
  assert.equal(Object.getPrototypeOf(copy.pooled), Uint8Array.prototype);
  assert.deepStrictEqual([...copy.pooled], [...pooled]);
  assert.equal(copy.pooled.buffer.byteLength, 5);
  assert.equal(copy.pooled, copy.again);
  const large = Buffer.alloc(5000, 3);
  assert.deepStrictEqual(trip(large.subarray(1, 4000)), new Uint8Array(large.subarray(1, 4000)));
  assert.equal(trip(large.subarray(1, 4000)).buffer.byteLength, 3999);
});

both('resizable and detached ArrayBuffers', (trip) => {
  const resizable = new ArrayBuffer(10, { maxByteLength: 100 });
  new Uint8Array(resizable).fill(5);
  const copy = trip({ resizable, view: new Uint8Array(resizable) });
  assert.equal(copy.resizable.resizable, true);
  assert.equal(copy.resizable.maxByteLength, 100);
  assert.deepStrictEqual([...copy.view], new Array(10).fill(5));
  assert.equal(copy.view.buffer, copy.resizable);
  copy.resizable.resize(50);
  failure(() => trip(new ArrayBuffer(1, { maxByteLength: 2 ** 30 })), 'bytes', 'value');

  const out = new Uint8Array(resizable, 4, 4);
  resizable.resize(2);
  if (out.byteLength !== 0) assert.fail();
  try {
    assert.equal(trip(out).length, 0);
  } catch (error) {
    assert.equal(error.kind, 'unsupported');
  }
  const detached = new ArrayBuffer(8);
  const view = new Uint8Array(detached);
  structuredClone(detached, { transfer: [detached] });
  failure(() => trip([detached]), 'unsupported', 'value[0]');
  failure(() => trip([view]), 'unsupported', 'value[0]');
});

both('transfer', (trip) => {
  const big = new ArrayBuffer(1 << 20);
  new Uint8Array(big).fill(9);
  const small = new ArrayBuffer(8);
  const unused = new ArrayBuffer(8);
  const copy = trip({ big, view: new Uint8Array(big, 1), small }, { transfer: [big, small, unused] });
  assert.equal(copy.big.byteLength, 1 << 20);
  assert.equal(copy.view[0], 9);
  assert.equal(copy.view.buffer, copy.big);
  for (const buffer of [big, small, unused]) assert.equal(buffer.byteLength, 0);
  failure(() => trip(1, { transfer: [big] }), 'unsupported');
  const kept = new ArrayBuffer(2000);
  failure(() => trip([kept, new WeakMap()], { transfer: [kept] }), 'unsupported', 'value[1]');
  assert.equal(kept.byteLength, 2000, 'a failure detaches nothing');
  const stolen = new ArrayBuffer(2000);
  const thief = {
    stolen,
    get take() {
      structuredClone(stolen, { transfer: [stolen] });
      return 1;
    },
  };
  failure(() => trip(thief, { transfer: [stolen] }), 'unsupported');
});
