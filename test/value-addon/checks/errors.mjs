// Errors, instances, boxes and getters.
import assert from 'node:assert/strict';
import { addon, both, major, test, within } from '../harness.mjs';

both('V27 Errors', (trip) => {
  for (const Type of [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]) {
    const error = new Type('mess€age', { cause: { deep: [1] } });
    error.code = 'E_X';
    const copy = trip(error);
    assert.equal(Object.getPrototypeOf(copy), Type.prototype);
    assert.deepStrictEqual(copy, error);
    assert.equal(copy.stack, error.stack);
    assert.deepStrictEqual(Object.keys(copy), ['code']);
    assert.deepStrictEqual(Object.getOwnPropertyDescriptor(copy, 'cause'), {
      value: { deep: [1] },
      writable: true,
      enumerable: false,
      configurable: true,
    });
    assert.equal(trip(error, { stacks: false }).stack, `${Type.name}: mess€age`);
  }
  const aggregate = new AggregateError([new TypeError('a'), 2], 'many');
  const copy = trip(aggregate);
  assert.equal(Object.getPrototypeOf(copy), AggregateError.prototype);
  assert.ok(copy.errors[0] instanceof TypeError);
  assert.equal(copy.errors[1], 2);
  class Own extends TypeError {
    constructor(message) {
      super(message);
      this.name = 'Own';
      this.extra = this;
    }
  }
  const own = trip(new Own('m'));
  assert.equal(Object.getPrototypeOf(own), TypeError.prototype);
  assert.equal(own.name, 'Own');
  assert.equal(own.extra, own);
  assert.equal(own.message, 'm');
  assert.equal(trip(new Own('m'), { stacks: false }).stack, 'Own: m');
  class Inherited extends Error {
    get name() {
      return 'Inherited';
    }
  }
  assert.equal(trip(new Inherited('q')).name, 'Inherited');
  assert.ok(!Object.hasOwn(trip(new Error()), 'message'));
  assert.equal(trip(new Error()).stack.split('\n')[0], 'Error');
  const loop = new Error('loop');
  loop.cause = loop;
  const looped = trip(loop);
  assert.equal(looped.cause, looped);
  const dom = trip(
    Object.assign(new Error('x'), {
      name: 5,
      message: {
        toString() {
          return 'no';
        },
      },
    }),
  );
  assert.equal(dom.name, 5);
  assert.ok(!Object.hasOwn(trip(new Error('x', { cause: new WeakMap() })), 'cause'));
});
test('V27 names the guest replaced do not matter', () => {
  const value = [new AggregateError([1], 'm'), new TypeError('t'), new URIError('u')];
  const copy = addon.viaGuest(
    value,
    `(x) => {
    const real = [globalThis.AggregateError, TypeError, URIError];
    globalThis.AggregateError = globalThis.TypeError = globalThis.URIError = class Evil {};
    const ok = x.map((e, i) => e instanceof real[i] && Object.getPrototypeOf(e) === real[i].prototype);
    [globalThis.AggregateError, globalThis.TypeError, globalThis.URIError] = real;
    return ok;
  }`,
  );
  assert.deepStrictEqual(copy, [true, true, true]);
});

test('a context that was never prepared', () => {
  const copy = addon.unprepared({
    b: 1,
    a: [new AggregateError([1], 'm'), new TypeError('t')],
    3: new Map([[{}, {}]]),
  });
  assert.deepStrictEqual(Object.keys(copy), ['3', 'b', 'a']);
  assert.equal(copy.a[0].name, 'AggregateError');
  assert.equal(copy.a[0].message, 'm');
  assert.equal(copy.a[0].errors[0], 1);
  assert.equal(copy.a[1].name, 'TypeError');
  assert.equal(copy[3].size, 1);
});

both('V28-V29 instances and boxes', (trip) => {
  class Point {
    x = 1;
    #y = 2;
    get y() {
      return this.#y;
    }
  }
  assert.deepStrictEqual(trip(new Point()), { x: 1 });
  const boxes = [
    Object(1),
    Object(-0),
    Object('s€'),
    Object(true),
    Object(false),
    Object(2n ** 100n),
    Object(Symbol.iterator),
  ];
  assert.deepStrictEqual(trip(boxes), boxes);
  const box = Object('x');
  const pair = trip([box, box]);
  assert.equal(pair[0], pair[1]);
  for (const regexp of [/a/, /\//dgimsuy, new RegExp(''), /[\]/]\n/, new RegExp('\n'), /€/u]) {
    const copy = trip(regexp);
    assert.deepStrictEqual(copy, regexp);
    assert.equal(copy.lastIndex, 0);
  }
  if (major >= 20) assert.equal(trip(new RegExp('[a--b]', 'v')).flags, 'v');
});

test('V30 a getter that throws', () => {
  const mine = new Error('mine');
  assert.throws(
    () =>
      within({
        get a() {
          throw mine;
        },
      }),
    (error) => error === mine,
  );
  assert.throws(() => addon.viaGuest(0, '() => ({ get a() { throw new Error("theirs") } })'), /guest: Error: theirs/);
});
