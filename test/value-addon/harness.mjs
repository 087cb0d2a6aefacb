// The addon, and what its checks are made of. Everything is done twice: within Node's isolate and through a raw one.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

export const addon = createRequire(import.meta.url)('./build/Release/value_addon.node');
export const major = Number(process.versions.node.split('.')[0]);
export const within = (value, options) => addon.roundTrip(value, options);
export const through = (value, options) => addon.viaGuest(value, '(x) => x', options);

let passed = 0;
/** How many checks have passed. */
export const count = () => passed;
export function test(name, body) {
  try {
    body();
  } catch (error) {
    console.error(`not ok: ${name}`);
    throw error;
  }
  assert.equal(addon.counts().kept, 0, `${name}: every handle was taken back or imported`);
  passed++;
}
export function both(name, body) {
  test(`${name} (within)`, () => body(within));
  test(`${name} (through a guest)`, () => body(through));
}
export const same = (name, ...values) =>
  both(name, (trip) => {
    for (const value of values) {
      const copy = trip(value);
      assert.deepStrictEqual(copy, value);
      assert.deepStrictEqual(trip([value, { value }]), [value, { value }]);
    }
  });
export function failure(body, kind, path) {
  let caught;
  try {
    body();
  } catch (error) {
    caught = error;
  }
  assert.ok(caught, 'something was thrown');
  assert.equal(caught.kind, kind, caught.stack);
  if (path !== undefined) assert.equal(caught.path, path);
  return caught;
}
