import { types } from 'node:util';
import { expect, test } from 'vitest';
import { DOMException as Guests, isDOMException } from '../../../lib/guest/web/base/dom-exception.ts';
import { QuotaExceededError } from '../../../lib/guest/web/base/quota-exceeded-error.ts';

const Nodes = globalThis.DOMException as unknown as typeof Guests;
const both = [Guests, Nodes];

test('a DOMException has the shape that Node gives its own', () => {
  const shape = (Class: typeof Guests) => {
    const all = (of: object) => {
      const { stack, prototype, ...rest } = Object.getOwnPropertyDescriptors(of) as Record<string, PropertyDescriptor>;
      return Object.fromEntries(
        Object.entries(rest)
          .map(([name, { value, enumerable, configurable, writable }]) => [
            name,
            [typeof value === 'function' ? 'function' : value, enumerable, configurable, writable],
          ])
          .sort(),
      );
    };
    // Node has further names of its own.
    const { [Symbol.toStringTag]: tag, ...constants } = all(Class);
    return { constants, tag: Class.prototype[Symbol.toStringTag as never], length: Class.length, name: Class.name };
  };
  expect(shape(Guests)).toEqual(shape(Nodes));
  expect(Object.getPrototypeOf(Guests)).toBe(Function.prototype);
  expect(Object.getPrototypeOf(Guests.prototype)).toBe(Error.prototype);
});

test('names, codes and messages are those of Node for every argument', () => {
  const argumentLists: unknown[][] = [
    [],
    ['text'],
    [undefined, undefined],
    [null, null],
    [1, 'DataCloneError'],
    ['', ''],
    ['x', 'toString'],
    ['x', '__proto__'],
    ...['Index', 'Abort', 'Timeout', 'Network', 'QuotaExceeded', 'InvalidState', 'Encoding', 'NotAllowed'].map(
      (name) => ['x', `${name}Error`],
    ),
  ];
  for (const list of argumentLists) {
    const [ours, nodes] = both.map((Class) => {
      const made = Reflect.construct(Class, list) as Guests;
      return [made.name, made.message, made.code, String(made), Object.prototype.toString.call(made)];
    });
    expect(ours).toEqual(nodes);
  }
  expect(() => new Guests(Symbol('x'))).toThrow(TypeError);
});

test('it is an error of the language, with a stack that begins where it was made', () => {
  function maker() {
    return new Guests('gone', 'NotFoundError');
  }
  const made = maker();
  expect(types.isNativeError(made)).toBe(true);
  expect(made.stack.split('\n')[0]).toBe('NotFoundError: gone');
  expect(made.stack.split('\n')[1]).toContain('maker');
  expect(Object.keys(made)).toEqual([]);
});

test('what only looks like one is none', () => {
  class Derived extends Guests {}
  expect(isDOMException(new Derived('x', 'AbortError'))).toBe(true);
  expect(new Derived() instanceof Derived).toBe(true);
  expect(isDOMException(Object.create(Guests.prototype))).toBe(false);
  for (const member of ['name', 'message', 'code'] as const) {
    expect(() => Object.create(Guests.prototype)[member]).toThrow(TypeError);
  }
  expect(() => (Guests as unknown as () => void)()).toThrow(TypeError);
});

test('a QuotaExceededError says what was too much', () => {
  const made = new QuotaExceededError('too much', { quota: 5, requested: '6' });
  expect([made.name, made.code, made.message, made.quota, made.requested]).toEqual([
    'QuotaExceededError',
    22,
    'too much',
    5,
    6,
  ]);
  expect(made).toBeInstanceOf(Guests);
  expect([new QuotaExceededError().quota, new QuotaExceededError().requested]).toEqual([null, null]);
  for (const init of [{ quota: -1 }, { requested: -1 }, { quota: 2, requested: 1 }]) {
    expect(() => new QuotaExceededError('', init)).toThrow(RangeError);
  }
  expect(() => new QuotaExceededError('', { quota: NaN })).toThrow(TypeError);
});
