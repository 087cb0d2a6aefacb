// Values that change while they are read, and a guest that overwrote the language.
import assert from 'node:assert/strict';
import { addon, failure, test, within } from '../harness.mjs';

test('values that change while they are read', () => {
  const shrink = [
    {
      get a() {
        shrink.length = 1;
        return 1;
      },
    },
    1,
    2,
    3,
  ];
  const shrunk = within(shrink);
  assert.equal(shrunk.length, 4);
  assert.deepStrictEqual(Object.keys(shrunk), ['0']);
  const grow = [
    {
      get a() {
        grow.push(1);
        return 1;
      },
    },
    2,
  ];
  assert.equal(within(grow).length, 2);
  const remove = {
    get a() {
      delete remove.b;
      return 1;
    },
    b: 2,
    c: 3,
  };
  assert.deepStrictEqual(within(remove), { a: 1, c: 3 });
  const add = {
    get a() {
      add.z = 1;
      return 1;
    },
  };
  assert.deepStrictEqual(within(add), { a: 1 });
  const buffer = new ArrayBuffer(5000);
  const detach = {
    get a() {
      structuredClone(buffer, { transfer: [buffer] });
      return 1;
    },
    buffer,
  };
  failure(() => within(detach), 'unsupported', 'value.buffer');
  const map = new Map();
  map
    .set(
      {
        get a() {
          map.clear();
          return 1;
        },
      },
      1,
    )
    .set(2, 3);
  assert.equal(within(map).size, 2);
  const endless = {
    get next() {
      return Object.create(Object.getPrototypeOf(this), Object.getOwnPropertyDescriptors(this));
    },
  };
  failure(() => within(endless), 'depth');
  const resizable = new ArrayBuffer(100, { maxByteLength: 2000 });
  const resized = {
    get a() {
      resizable.resize(2000);
      return 1;
    },
    resizable,
    get b() {
      resizable.resize(0);
      return 2;
    },
    view: new Uint8Array(resizable),
  };
  assert.equal(within(resized).resizable.byteLength, 2000);
  const sparse = new Array(10_000);
  sparse[0] = {
    get a() {
      sparse.length = 0;
      return 1;
    },
  };
  sparse[9_999] = 1;
  assert.equal(within(sparse).length, 10_000);
});

test('what the guest overwrote changes nothing', () => {
  const code = `(x) => {
    const saved = [Array.prototype.push, Map.prototype.get, Map.prototype.set, Set.prototype.add, Map.prototype.entries];
    const dirty = () => { throw new Error('ran') };
    for (const [o, ks] of [[Array.prototype, ['push', 'map', 'join', 'entries']], [Object, ['keys', 'entries']],
      [JSON, ['stringify']], [Map.prototype, ['set', 'get', 'entries', 'forEach', Symbol.iterator]],
      [Set.prototype, ['add', 'values', Symbol.iterator]], [Promise.prototype, ['then']]]) {
      for (const k of ks) o[k] = dirty;
    }
    Object.defineProperty(Object.prototype, 'a', { set: dirty, get: () => 'inherited', configurable: true });
    Object.defineProperty(Array.prototype, '0', { set: dirty, configurable: true });
    return [new Map([]), x, { b: [1, 2], m: 1 }];
  }`;
  const value = { a: 1, l: [5, 6], m: new Map([[1, 2]]), s: new Set([1]) };
  // In an isolate of its own process would be cleaner; so this is the last test that uses the guest's prototypes.
  assert.throws(() => addon.viaGuest(value, code.replace('new Map([])', 'new Map([[1, 2]])')), /ran/);
  const copy = addon.viaGuest(value, code);
  assert.deepStrictEqual(copy, [new Map(), value, { b: [1, 2], m: 1 }]);
  assert.deepStrictEqual(addon.viaGuest(value, '(x) => x'), value);
});
