import { describe, expect, test } from 'vitest';
import {
  bytesOf,
  defineInterface,
  definePairIterable,
  internal,
  requireArguments,
  requireInternal,
  toBoolean,
  toBufferSource,
  toByte,
  toByteString,
  toDictionary,
  toDOMString,
  toDouble,
  toEnum,
  toLongLong,
  toOctet,
  toRecord,
  toSequence,
  toUnsignedLong,
  toUnsignedLongLong,
  toUnsignedShort,
  toUSVString,
} from '../../../lib/guest/web/base/webidl.ts';

describe('numbers', () => {
  test('wrap, clamp or are enforced', () => {
    expect([toOctet(-1), toOctet(257.9), toByte(128), toUnsignedLong(-1), toUnsignedShort(65536)]).toEqual([
      255, 1, -128, 4294967295, 0,
    ]);
    expect([toLongLong(2 ** 63), toUnsignedLongLong(-1), toUnsignedLongLong(2 ** 64)]).toEqual([
      -(2 ** 63),
      2 ** 64,
      0,
    ]);
    expect([NaN, Infinity, '0x10', null, undefined, []].map((value) => toOctet(value))).toEqual([0, 0, 16, 0, 0, 0]);
    expect([1.5, 2.5, 0.5, -1, 300, NaN].map((value) => toOctet(value, 'x', { clamp: true }))).toEqual([
      2, 2, 0, 0, 255, 0,
    ]);
    expect(Object.is(toOctet(-0.2, 'x', { enforceRange: true }), 0)).toBe(true);
    for (const value of [-1, 256, NaN, Infinity]) {
      expect(() => toOctet(value, 'The size', { enforceRange: true })).toThrow(
        /^The size must be a number from 0 to 255/,
      );
    }
    expect(() => toOctet(1n)).toThrow(TypeError);
    expect(() => toDouble('x', 'The time')).toThrow('The time must be a finite number, got NaN');
  });
});

describe('strings', () => {
  test('are converted as their type asks', () => {
    expect(toDOMString({ toString: () => 'own' })).toBe('own');
    expect(() => toDOMString(Symbol('x'), 'The type')).toThrow('The type must be a string, got a symbol');
    expect(toUSVString('a\ud800b\udc00\ud83d\ude00')).toBe('a\ufffdb\ufffd\ud83d\ude00');
    expect(toByteString('\u00ff')).toBe('\u00ff');
    expect(() => toByteString('a\u0100')).toThrow(/character 256 at index 1/);
    expect(toEnum('b', ['a', 'b'])).toBe('b');
    expect(() => toEnum('c', ['a', 'b'], 'The mode')).toThrow("The mode must be one of 'a', 'b', got 'c'");
  });
});

describe('objects', () => {
  test('sequences are what iterates, and are not closed when a conversion throws', () => {
    expect(toSequence(new Set([1, 2]), toDOMString)).toEqual(['1', '2']);
    let closed = false;
    const endless = {
      [Symbol.iterator]: () => ({ next: () => ({ done: false, value: Symbol('x') }), return: () => (closed = true) }),
    };
    expect(() => toSequence(endless, toDOMString, 'The list')).toThrow('The list[0] must be a string, got a symbol');
    expect(closed).toBe(false);
    for (const value of [null, 1, 'text', {}, { [Symbol.iterator]: 1 }]) {
      expect(() => toSequence(value, toDOMString)).toThrow(TypeError);
    }
  });

  test('records keep order and the last of equal keys', () => {
    const value = Object.defineProperty({ b: 1, a: 2, '\ud800': 3, '\ufffd': 4 }, 'hidden', { value: 5 });
    expect(toRecord(value, toUSVString, toDOMString)).toEqual([
      ['b', '1'],
      ['a', '2'],
      ['\ufffd', '4'],
    ]);
    expect(() => toRecord({ [Symbol('x')]: 1 }, toDOMString, toDOMString)).toThrow(TypeError);
  });

  test('dictionaries are read in order, with defaults and required members', () => {
    const read: string[] = [];
    const given = new Proxy(
      { b: 1 },
      {
        get(of, key) {
          read.push(String(key));
          return Reflect.get(of, key);
        },
      },
    );
    const members = { a: { to: toBoolean, default: false }, b: { to: toDOMString }, c: { to: toDOMString } };
    expect({ ...toDictionary(given, members) }).toEqual({ a: false, b: '1', c: undefined });
    expect(read).toEqual(['a', 'b', 'c']);
    expect({ ...toDictionary(null, members) }).toEqual({ a: false, b: undefined, c: undefined });
    expect(() => toDictionary(1, members, 'EventInit')).toThrow('EventInit must be an object, got a number');
    const required = { x: { to: toDOMString, required: true } };
    expect(() => toDictionary({}, required, 'Init')).toThrow("Init must have a member 'x'");
  });

  test('bytes are what they are, whatever prototypes say', () => {
    const buffer = new Uint8Array([1, 2, 3]).buffer;
    expect([...bytesOf(toBufferSource(new DataView(buffer, 1)))]).toEqual([2, 3]);
    expect([...bytesOf(toBufferSource(new Uint16Array(new Uint8Array([1, 2]).buffer)))]).toEqual([1, 2]);
    expect([...bytesOf(toBufferSource(Object.setPrototypeOf(buffer, null)))]).toEqual([1, 2, 3]);
    const shared = new SharedArrayBuffer(2);
    for (const value of [{ __proto__: ArrayBuffer.prototype }, [1], shared, new Uint8Array(shared)]) {
      expect(() => toBufferSource(value)).toThrow(TypeError);
    }
    expect(bytesOf(toBufferSource(shared, 'x', { shared: true })).length).toBe(2);
    expect(bytesOf(toBufferSource(new Uint8Array(shared), 'x', { shared: true })).length).toBe(2);
    const Resizable = ArrayBuffer as unknown as new (size: number, options: object) => ArrayBuffer;
    const resizable = new Resizable(1, { maxByteLength: 2 });
    expect(() => toBufferSource(resizable)).toThrow(/resizable/);
    expect(toBufferSource(resizable, 'x', { resizable: true })).toBe(resizable);
    const gone = new DataView(new ArrayBuffer(4));
    structuredClone(gone.buffer, { transfer: [gone.buffer] });
    expect([bytesOf(gone).length, bytesOf(gone.buffer).length]).toEqual([0, 0]);
  });
});

describe('interfaces', () => {
  class Thing2 {
    #pairs = [['a', '1']] as [string, string][];
    constructor(token?: unknown) {
      requireInternal(token);
    }
    get size() {
      return this.#pairs.length;
    }
    append(name: string, value: string, _rest?: string) {
      requireArguments(arguments.length, 2, 'Thing.append');
      this.#pairs.push([name, value]);
    }
    static make() {
      return new Thing2(internal);
    }
    static at(self: Thing2, index: number) {
      return self.#pairs[index];
    }
  }
  defineInterface(Thing2, {
    name: 'Thing',
    members: ['size', 'append'],
    statics: ['make'],
    constants: { NONE: 0 },
    lengths: { constructor: 0, append: 2 },
  });
  definePairIterable(Thing2 as never, 'Thing', Thing2.at as never);

  test('have the shape of Web IDL', () => {
    expect([Thing2.name, Thing2.length, Thing2.prototype.append.length]).toEqual(['Thing', 0, 2]);
    expect(Object.keys(Thing2.prototype)).toEqual(['size', 'append', 'NONE', 'entries', 'keys', 'values', 'forEach']);
    expect(Object.keys(Thing2)).toEqual(['make', 'NONE']);
    expect(Object.prototype.toString.call(Thing2.make())).toBe('[object Thing]');
    expect(Object.getOwnPropertyDescriptor(Thing2, 'NONE')).toEqual({
      value: 0,
      writable: false,
      enumerable: true,
      configurable: false,
    });
    expect(() => new Thing2()).toThrow(new TypeError('Illegal constructor'));
    expect(() => (Thing2.make() as any).append('a')).toThrow(
      new TypeError('Thing.append needs 2 arguments, but got 1'),
    );
    expect(() => Thing2.prototype.size).toThrow(TypeError);
  });

  test('iterate over pairs that come while they do', () => {
    const thing = Thing2.make() as any;
    const iterator = thing[Symbol.iterator]();
    thing.append('b', '2');
    expect([...iterator]).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
    expect([...thing.keys(), ...thing.values()]).toEqual(['a', 'b', '1', '2']);
    const seen: unknown[] = [];
    thing.forEach(function (this: unknown, ...args: unknown[]) {
      seen.push([this, ...args]);
    }, 'self');
    expect(seen).toEqual([
      ['self', '1', 'a', thing],
      ['self', '2', 'b', thing],
    ]);
    expect(Object.prototype.toString.call(iterator)).toBe('[object Thing Iterator]');
    expect(Object.getPrototypeOf(Object.getPrototypeOf(iterator))).toBe(
      Object.getPrototypeOf(Object.getPrototypeOf([].values())),
    );
    expect(Object.getPrototypeOf(thing).entries).toBe(Object.getPrototypeOf(thing)[Symbol.iterator]);
    expect(() => Object.getPrototypeOf(thing).keys()).toThrow(TypeError);
  });
});
