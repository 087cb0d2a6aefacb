import { type JsFunction, TransferError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { useRuntimes } from '../runtime/support.ts';

const { make } = useRuntimes();

const get = 'function get() { return this === undefined || this === globalThis ? "none" : this.n }';
type Held = { n: number; get: JsFunction };

describe('a function found on an object keeps that object', () => {
  it('a method that two objects of one message share is called on each', () => {
    const held = make().eval<Held[]>(`${get}; [{ n: 1, get }, { n: 2, get }]`);
    expect(held.map((object) => object.get())).toEqual([1, 2]);
  });

  it('at any depth, beside the same function as a plain value, twice on one object, in Maps and errors', () => {
    const runtime = make();
    runtime.eval(`${get}; var o = { n: 1, get, list: [get, { n: 2, get, deeper: { n: 3, get } }] }; o.again = get;`);
    const [plain, o] = runtime.eval<[JsFunction, Held & Record<string, never>]>('[get, o]');
    const list = o['list'] as unknown as [JsFunction, Held & { deeper: Held }];
    expect([plain(), o.get(), list[0](), list[1].get(), list[1].deeper.get()]).toEqual(['none', 1, 'none', 2, 3]);
    expect([o['again'] === o.get, list[0] === plain]).toEqual([true, true]);
    const map = runtime.eval<Map<string, Held & JsFunction>>('new Map([["object", { n: 4, get }], ["value", get]])');
    expect([map.get('object')?.get(), map.get('value')?.()]).toEqual([4, 'none']);
    const errors = runtime.eval<Held[]>('[5, 6].map((n) => Object.assign(new Error("e"), { n, get }))');
    expect(errors.map((error) => error.get())).toEqual([5, 6]);
  });

  it('own methods of instances, and arguments of host functions', () => {
    const runtime = make();
    const seen: unknown[] = [];
    runtime.bindFunction('see', (...held: Held[]) => void seen.push(...held.map((object) => object.get())));
    runtime.eval(
      `${get}; class K { constructor(n) { this.n = n; this.get = get } } see(new K(7), new K(8), { n: 9, get })`,
    );
    expect(seen).toEqual([7, 8, 9]);
  });

  it('comes home as the function itself, whichever object it was found on', () => {
    const runtime = make();
    const [a, b] = runtime.eval<[Held, Held]>(`${get}; [{ n: 1, get }, { n: 2, get }]`);
    expect(runtime.eval<JsFunction>('(a, b) => a === get && b === get')(a.get, b.get)).toBe(true);
  });

  it('ten thousand objects that share a method are ten thousand handles, found at once', () => {
    const many = make({ maxTransferBytes: 2 ** 25 }).eval<Held[]>(
      `${get}; Array.from({ length: 9_999 }, (_, n) => ({ n, get }))`,
    );
    expect([many[0]?.get(), many[9_998]?.get()]).toEqual([0, 9_998]);
  });

  it("a function under the key 'then' does not get through as one that was there before", () => {
    const runtime = make();
    for (const code of ['({ a: get, then: get })', '({ a: { get }, then: get })', '[get, { then: get }]']) {
      expect(() => runtime.eval(`${get}; ${code}`)).toThrow(TransferError);
    }
  });

  it('a host function is one function wherever it is found', () => {
    const runtime = make();
    const f = (): number => 1;
    runtime.bindObject('o', { f, deep: { f, list: [f] } });
    expect(runtime.eval('o.f === o.deep.f && o.f === o.deep.list[0]')).toBe(true);
    expect(runtime.eval<{ f: unknown }[]>('[{ f: o.f }, { f: o.f }]').map((object) => object.f)).toEqual([f, f]);
  });
});

describe('what a function says of itself', () => {
  it('name and length arrive in the host', () => {
    const runtime = make();
    const functions = runtime.eval<JsFunction[]>(
      '[function named(a, b, c) {}, (a, b) => a, class K { constructor(a) {} }, function rest(a, ...b) {}, (() => 1).bind(null)]',
    );
    expect(functions.map(({ name, length }) => [name, length])).toEqual([
      ['named', 3],
      ['', 2],
      ['K', 1],
      ['rest', 1],
      ['bound ', 0],
    ]);
  });

  it('name and length arrive in the guest', () => {
    const runtime = make();
    runtime.bindFunction('one', function hash(_a: unknown, _b: unknown) {});
    runtime.bindFunction('two', async (_a: unknown) => {}, { mode: 'async' });
    runtime.bindObject('o', { deep: { three(_a: unknown, _b: unknown, _c: unknown) {} } });
    const facts = 'f.name, f.length, Object.keys(f).length, String(f).includes("[native code]")';
    expect(runtime.eval(`[one, two, o.deep.three].map((f) => [${facts}])`)).toEqual([
      ['one', 2, 0, true],
      ['two', 1, 0, true],
      ['three', 3, 0, true],
    ]);
    expect(runtime.eval<JsFunction>('(f) => [f.name, f.length]')(function named(_a: unknown) {})).toEqual(['named', 1]);
  });

  it('a getter in place of the length is not asked, and odd lengths do no harm', () => {
    const runtime = make();
    const length = (value: string): number =>
      runtime.eval<JsFunction>(`Object.defineProperty(() => 1, 'length', ${value})`).length;
    expect(length('{ get() { for (;;); } }')).toBe(0);
    expect(['NaN', '-1', '"3"', '1e9', 'Infinity', '2.5'].map((value) => length(`{ value: ${value} }`))).toEqual([
      0, 0, 0, 65_535, 65_535, 2,
    ]);
  });

  it('a bound global is enumerable, like one that the guest makes', () => {
    const runtime = make();
    runtime.bindFunction('f', () => 1);
    runtime.bindObject('o', {});
    expect(runtime.eval('Object.keys(globalThis)')).toEqual(expect.arrayContaining(['f', 'o']));
  });

  it('a guest function that is bound under another name keeps its own', () => {
    const runtime = make();
    runtime.bindFunction('alias', runtime.eval<JsFunction>('globalThis.own = function own() {}'));
    expect(runtime.eval('[alias === own, own.name]')).toEqual([true, 'own']);
  });
});
