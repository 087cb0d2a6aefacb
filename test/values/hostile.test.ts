import { deepStrictEqual } from 'node:assert/strict';
import type { JsFunction, Runtime } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from '../runtime/support.ts';

const runtimes = useRuntimes();

/** Replaces what code that walks over values would use, each with something that throws. */
const overwrite = `{
  const dirty = () => { throw new Error('the overwritten one ran'); };
  const all = [
    [Array.prototype, ['push', 'map', 'join', 'entries', 'forEach', 'slice', 'concat', Symbol.iterator]],
    [Object, ['keys', 'entries', 'assign', 'defineProperty', 'getPrototypeOf', 'getOwnPropertyNames', 'fromEntries']],
    [Object.prototype, ['toString', 'valueOf', 'hasOwnProperty', '__lookupGetter__']],
    [Reflect, ['ownKeys', 'apply', 'get', 'has', 'construct', 'getPrototypeOf']],
    [JSON, ['stringify', 'parse']],
    [Map.prototype, ['set', 'get', 'has', 'entries', 'keys', 'forEach', Symbol.iterator]],
    [Set.prototype, ['add', 'has', 'values', 'forEach', Symbol.iterator]],
    [Date.prototype, ['getTime', 'valueOf', 'toJSON', Symbol.toPrimitive]],
    [RegExp.prototype, ['toString', 'exec']],
    [Promise.prototype, ['then', 'catch', 'finally']],
    [Promise, ['resolve', 'reject', 'all']],
    [Function.prototype, ['call', 'apply', 'bind', 'toString']],
    [Error.prototype, ['toString']],
    [String.prototype, ['replace', 'split', 'toString', 'valueOf', Symbol.iterator]],
    [Number.prototype, ['toString', 'valueOf']],
    [BigInt.prototype, ['toString', 'valueOf']],
    [Object.getPrototypeOf(Uint8Array.prototype), ['set', 'slice', 'subarray', Symbol.iterator]],
    [ArrayBuffer.prototype, ['slice']],
  ];
  const put = Object.defineProperty;
  for (let i = 0; i < all.length; i++) {
    for (let j = 0; j < all[i][1].length; j++) {
      const name = all[i][1][j];
      if (name !== 'defineProperty') put(all[i][0], name, { value: dirty, writable: true, configurable: true });
    }
  }
  put(Object, 'defineProperty', { value: dirty });
  const names = ['a', 'b', 'then', 'cause', 'length', 'name', 'stack', 'toJSON', 'message'];
  for (let i = 0; i < names.length; i++) {
    put(Object.prototype, names[i], { get: dirty, set: dirty, configurable: true });
  }
  put(Array.prototype, '0', { get: dirty, set: dirty, configurable: true });
  0;
}`;

describe('what the guest overwrote', () => {
  it('changes nothing of what the host receives and sends', () => {
    const runtime = runtimes.make();
    const value = {
      list: [5, 6, [7]],
      map: new Map<unknown, unknown>([[1, { x: 1 }]]),
      set: new Set([1]),
      when: new Date(5),
      re: /x/g,
      bytes: new Uint8Array([1, 2]),
      big: 5n,
      text: 'é',
      error: new RangeError('m'),
      box: Object('s') as unknown,
    };
    const seen: unknown[] = [];
    runtime.bindFunction('put', (x) => {
      seen.push(x);
    });
    runtime.bindFunction('get', () => value);
    const identity = runtime.eval<JsFunction>('(x) => x');
    runtime.eval(overwrite);
    deepStrictEqual(identity(value), value);
    deepStrictEqual(runtime.eval('get()'), value);
    runtime.eval('put(get())');
    deepStrictEqual(seen, [value]);
    deepStrictEqual(runtime.eval('({ own: [1, { two: 2 }] })'), { own: [1, { two: 2 }] });
    identity.release();
  });

  it('promises still settle, calls still work, errors still say what they are', async () => {
    const runtime = runtimes.make();
    runtime.bindFunction('later', async (n) => (n as number) + 1);
    runtime.eval(overwrite);
    expect(await runtime.evalAsync('(async () => (await later(1)) + 1)()')).toBe(3);
    expect(await runtime.eval<Promise<number>>('(async () => 4)()')).toBe(4);
    const error = await failure(() => runtime.eval('throw new TypeError("real")'));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_JAVASCRIPT', name: 'TypeError', message: 'real' });
    const rejected = await failure(() => runtime.evalAsync('(async () => { throw new URIError("later"); })()'));
    expect(rejected).toMatchObject({ name: 'URIError', message: 'later' });
  });

  it('replaced globals are not what arrives', () => {
    const runtime = runtimes.make();
    runtime.bindFunction('get', () => [
      new Map([[1, 2]]),
      new Set([1]),
      new Date(1),
      new TypeError('t'),
      new Uint8Array(1),
    ]);
    const names = ['Map', 'Set', 'Date', 'TypeError', 'Uint8Array'];
    const answer = runtime.eval(`{
      const real = [Map, Set, Date, TypeError, Uint8Array].map((C) => C.prototype);
      for (const name of ${JSON.stringify(names)}) globalThis[name] = class Evil {};
      get().map((x, i) => Object.getPrototypeOf(x) === real[i]);
    }`);
    expect(answer).toEqual([true, true, true, true, true]);
  });
});

describe('prototype pollution', () => {
  it.each([
    ['an own __proto__', `JSON.parse('{"__proto__": {"polluted": 1}}')`],
    ['a constructor with a prototype', `({ constructor: { prototype: { polluted: 1 } } })`],
    ['__proto__ at depth', `({ a: [JSON.parse('{"__proto__": {"polluted": 1}}')] })`],
    [
      '__proto__ of an Error',
      `Object.defineProperty(new Error('x'), '__proto__', { value: { polluted: 1 }, enumerable: true })`,
    ],
    ['a Map with such a key', `new Map([['__proto__', { polluted: 1 }]])`],
  ])('%s has no effect on the host', (_what, code) => {
    const runtime = runtimes.make();
    let seen: unknown;
    runtime.bindFunction('put', (x) => {
      seen = x;
    });
    const result = runtime.eval<object>(`put((${code})); (${code})`);
    for (const value of [result, seen as object]) {
      expect((value as { polluted?: unknown }).polluted).toBe(undefined);
      expect(({} as { polluted?: unknown }).polluted).toBe(undefined);
      const known = [Object.prototype, Map.prototype, Error.prototype].includes(Object.getPrototypeOf(value));
      expect(known).toBe(true);
    }
  });

  it("the guest can't reach the host's prototypes through what it is given", () => {
    const runtime = runtimes.make();
    runtime.bindObject('given', { f: () => ({}), list: [], map: new Map(), error: new Error('x') });
    runtime.eval(`for (const x of [given, given.f, given.f(), given.list, given.map, given.error]) {
      for (let p = x; p; p = Object.getPrototypeOf(p)) { try { p.polluted = 1; } catch {} }
    }`);
    for (const x of [{}, () => {}, [], new Map(), new Error()]) {
      expect((x as { polluted?: unknown }).polluted).toBe(undefined);
    }
    expect(runtime.eval(`given.f.constructor('return typeof process')()`)).toBe('undefined');
  });
});

describe('guest code that runs while a value leaves', () => {
  const slow = (runtime: Runtime, code: string) => failure(() => runtime.eval(code, { timeout: 100 }));

  it('V30 is under the limits of the call', async () => {
    const runtime = runtimes.make();
    expect(await slow(runtime, '({ get a() { for (;;); } })')).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT' });
    runtime.bindFunction('put', () => {});
    expect(await slow(runtime, 'put({ get a() { for (;;); } })')).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT' });
    expect(runtime.eval('1')).toBe(1);
  });

  it('may change the value', () => {
    const runtime = runtimes.make();
    expect(runtime.eval('{ const a = [{ get x() { a.length = 1; return 1; } }, 2, 3]; a }')).toHaveLength(3);
    expect(runtime.eval('{ const a = [{ get x() { a.push(1); return 1; } }, 2]; a }')).toEqual([{ x: 1 }, 2]);
    expect(runtime.eval('{ const o = { get a() { delete o.b; return 1; }, b: 2, c: 3 }; o }')).toEqual({ a: 1, c: 3 });
    const map = runtime.eval<Map<unknown, unknown>>(
      '{ const m = new Map(); m.set({ get x() { m.clear(); return 1; } }, 1).set(2, 3); m }',
    );
    expect(map.size).toBe(2);
    expect(
      runtime.eval(
        '{ const b = new ArrayBuffer(8, { maxByteLength: 64 }); ({ get a() { b.resize(64); return 1; }, b }) }',
      ),
    ).toMatchObject({ a: 1 });
  });

  it('may call the host and close its own runtime', async () => {
    const runtime = runtimes.make();
    runtime.bindFunction('stop', () => runtime.close());
    expect(
      await failure(() => runtime.eval('({ get a() { stop(); return 1; }, get b() { for (;;); } })')),
    ).toMatchObject({
      code: 'ERR_ISOLET_CLOSED',
    });
  });

  it('makes values without an end, up to the limit', async () => {
    const runtime = runtimes.make();
    const endless =
      'class E { constructor() { Object.defineProperty(this, "next", { enumerable: true, get: () => new E() }); } }; new E()';
    expect(await failure(() => runtime.eval(endless))).toMatchObject({
      code: 'ERR_ISOLET_TRANSFER',
      limit: 100,
      actual: 101,
    });
  });

  it('toJSON, toString, valueOf and Symbol.toPrimitive do not run', () => {
    const runtime = runtimes.make();
    const code = `{
      const o = { a: 1 };
      for (const name of ['toJSON', 'toString', 'valueOf', 'then', Symbol.toPrimitive]) {
        Object.defineProperty(o, name, { get() { throw new Error('ran'); } });
      }
      o;
    }`;
    expect(runtime.eval(code)).toEqual({ a: 1 });
  });
});

describe("a host object's own code", () => {
  it('V30 an error of its getter is that very error, and the guest did not run', () => {
    const runtime = runtimes.make();
    const mine = new RangeError('mine');
    const fn = runtime.eval<JsFunction>('() => { globalThis.ran = true; }');
    expect(() =>
      fn({
        get x() {
          throw mine;
        },
      }),
    ).toThrow(mine);
    expect(runtime.eval('typeof ran')).toBe('undefined');
  });

  it('a getter may close the runtime', async () => {
    const runtime = runtimes.make();
    const fn = runtime.eval<JsFunction>('(x) => x');
    const error = await failure(() =>
      fn({
        get x() {
          runtime.close();
          return 1;
        },
      }),
    );
    expect(error).toMatchObject({ code: 'ERR_ISOLET_CLOSED' });
  });
});

describe('regular expressions', () => {
  const refused: [string, string][] = [
    ['a long source', 'new RegExp("(?:a)".repeat(1.5e6))'],
    ['a source of one character too many', 'new RegExp("a".repeat(65_537))'],
    ['classes that grow with each other', 'new RegExp("[" + "\\\\W".repeat(300) + "]", "iu")'],
    ['properties', 'new RegExp("\\\\p{L}".repeat(300), "u")'],
    [
      'properties of strings',
      'new RegExp(["\\\\p{L}", "\\\\p{N}", "a", "b", "c"].join("--").replace(/^/, "[") + "]" + "\\\\p{L}".repeat(3), "v")',
    ],
  ];
  // Node 20 and later know the flag v.
  it.each(refused)('with %s do not cross to the host', (_name, source) => {
    const error = failureOf(() => runtimes.make().eval(`const r = ${source}; ({ a: [r] })`));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_TRANSFER', path: 'result.a[0]', limit: 65_536 });
    expect(error.message).toMatch(/^The source of a RegExp is too long to cross: it counts as \d+ characters/);
  });

  it.each(refused)('with %s do not cross to the guest', (_name, source) => {
    const take = runtimes.make().eval<(x: unknown) => void>('(x) => 1');
    const regexp: unknown = new Function(`return ${source}`)();
    expect(() => take({ a: regexp })).toThrow(/RegExp is too long to cross.*arguments\[0\]\.a/);
  });

  it('a guest gets a RangeError of its own for an argument', () => {
    const runtime = runtimes.make();
    runtime.bindFunction('take', () => 1);
    const code = 'try { take(new RegExp("a".repeat(70_000))) } catch (e) { e.constructor === RangeError && e.message }';
    expect(runtime.eval(code)).toContain('counts as 70000 characters, the limit is 65536 (at arguments[0])');
  });

  it('cross up to the limit', () => {
    const runtime = runtimes.make();
    expect(runtime.eval<RegExp>('new RegExp("a".repeat(65_536), "g")').source).toHaveLength(65_536);
    expect(runtime.eval<RegExp[]>('[/[\\p{L}--\\p{Lu}]+/v, /\\p{L}\\w/iu, /\\\\p/u]').map(String)).toEqual([
      '/[\\p{L}--\\p{Lu}]+/v',
      '/\\p{L}\\w/iu',
      '/\\\\p/u',
    ]);
  });

  it('count for what they take when there are many', () => {
    const runtime = runtimes.make();
    expect(runtime.eval<RegExp[]>('Array.from({ length: 10_000 }, (_, i) => new RegExp("a" + i))')).toHaveLength(
      10_000,
    );
    const error = failureOf(() => runtime.eval('Array.from({ length: 200_000 }, (_, i) => new RegExp("a" + i))'));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_TRANSFER', limit: 10 * 1024 * 1024 });
  });
});

describe('what the host would wait for', () => {
  it('a host function named then does not come home under that name', async () => {
    const runtime = runtimes.make();
    const called: unknown[] = [];
    const store = (...args: unknown[]) => called.push(args);
    runtime.bindFunction('store', store);
    runtime.bindFunction('echo', async (value: unknown) => value);
    const direct = failureOf(() => runtime.eval('({ then: store })'));
    expect(direct).toMatchObject({ code: 'ERR_ISOLET_TRANSFER', path: 'result.then' });
    expect(direct.message).toContain("A function named 'then' can't cross");
    expect(await failure(() => runtime.evalAsync('echo({ then: store })'))).toMatchObject({ name: 'TypeError' });
    expect(called).toEqual([]);
    expect(runtime.eval('({ now: store })')).toEqual({ now: store });
  });

  it.each([
    ['no object', 5],
    ['a species that is no constructor', { [Symbol.species]: 1 }],
    ['a getter that throws', undefined],
  ])('a promise whose constructor is %s is a TransferError', async (_name, made) => {
    const promise = Promise.resolve(1);
    const throws = () => {
      throw new Error('constructor');
    };
    Object.defineProperty(promise, 'constructor', made === undefined ? { get: throws } : { value: made });
    const runtime = runtimes.make();
    const take = runtime.eval<JsFunction>('(x) => 1');
    if (Number(process.versions.node.split('.')[0]) >= 26) {
      // V8 14 asks no constructor of a promise that it looks at.
      expect(take({ a: promise })).toBe(1);
      return;
    }
    const expected = { code: 'ERR_ISOLET_TRANSFER', path: 'arguments[0].a' };
    expect(failureOf(() => take({ a: promise }))).toMatchObject(expected);
    expect(await failure(() => take.callAsync([{ a: promise }]))).toMatchObject(expected);
    runtime.bindFunction('give', () => ({ promise }));
    expect(await failure(() => runtime.evalAsync('give()'))).toMatchObject({
      message: "A value can't cross: promise without a usable constructor (at result.promise)",
    });
  });
});

function failureOf(run: () => unknown): Error & Record<string, unknown> {
  try {
    run();
  } catch (error) {
    return error as never;
  }
  throw new Error('nothing was thrown');
}
