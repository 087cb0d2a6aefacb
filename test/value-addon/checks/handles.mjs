// Functions, promises and branded objects, which cross as handles.
import assert from 'node:assert/strict';
import { addon, both, failure, test, within } from '../harness.mjs';

both('V24-V26 functions, promises and branded objects', (trip) => {
  const fn = () => 1;
  const callable = new Proxy(fn, {});
  const promise = Promise.resolve(1);
  const stream = new (class Stream {})();
  addon.brand(stream);
  class Fn extends Function {}
  const values = { fn, list: [fn, callable, promise], stream, deep: new Map([[fn, { stream }]]), C: class {}, f: Fn };
  const copy = trip(values);
  if (trip === within) {
    assert.equal(copy.fn, fn);
    assert.equal(copy.list[1], callable);
    assert.equal(copy.list[2], promise);
    assert.equal(copy.stream, stream);
  } else {
    assert.equal(typeof copy.fn.handle, 'number');
  }
  assert.equal(copy.list[0], copy.fn);
  assert.equal(copy.deep.get(copy.fn).stream, copy.stream);
});
test('handles are taken back when encoding fails', () => {
  failure(() => within([() => 1, Promise.resolve(), new WeakMap()]), 'unsupported', 'value[2]');
  assert.throws(
    () =>
      within([
        () => 1,
        {
          get x() {
            throw new Error('mine');
          },
        },
      ]),
    /mine/,
  );
});
test('plain objects are not asked about', () => {
  const before = addon.counts().asked;
  within({ a: [{ b: 1 }, Object.create(null)], m: new Map(), d: new Date() });
  assert.equal(addon.counts().asked, before);
  within([new (class A {})(), new Error('x')]);
  assert.equal(addon.counts().asked, before + 2);
});
