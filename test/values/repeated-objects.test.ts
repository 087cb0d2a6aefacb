import { type JsFunction, Runtime } from 'isolet';
import { describe, expect, it } from 'vitest';
import { useRuntimes } from '../runtime/support.ts';

const { make } = useRuntimes();

/** More than it takes until objects with the same keys are made another way than the first ones. */
const MANY = 300;
const many = <T>(item: (index: number) => T): T[] => Array.from({ length: MANY }, (_, index) => item(index));

const keys = {
  plain: ['id', 'name', 'price'],
  'names the language knows': ['__proto__', 'constructor', 'toString', 'then', 'arguments', 'eval', 'class'],
  'odd texts': [
    '',
    ' ',
    '"',
    "'",
    '`',
    '\\',
    '\n',
    '\0',
    '\u2028',
    'é',
    '€',
    '\u{1f600}',
    '\ud800',
    ']:1}',
    '-1',
    '1.5',
  ],
  'that only look like an index': ['01', '4294967295', '4294967296', '1e3'],
  'and indices': ['b', '5', 'a', '0', '4294967294'],
  'more than go into one literal': many((index) => `key${index}`).slice(0, 40),
  'long ones': ['x'.repeat(64), 'y'.repeat(65)],
};

const objectOf = (names: string[], value: (index: number) => unknown) => {
  const object = {};
  for (const [index, name] of names.entries()) {
    Object.defineProperty(object, name, {
      value: value(index),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return object;
};

describe('objects with the same keys that come again and again', () => {
  for (const [title, names] of Object.entries(keys)) {
    it(`have their own keys in their order: ${title}`, () => {
      const runtime = make();
      const same = runtime.eval<JsFunction<[unknown], object[]>>('(value) => value');
      const facts = runtime.eval<JsFunction<[object[]], unknown>>(
        `(list) => list.map((object) => [Object.getPrototypeOf(object) === Object.prototype, Object.keys(object),
          Object.entries(Object.getOwnPropertyDescriptors(object)).every(([, own]) =>
            own.enumerable && own.writable && own.configurable)])`,
      );
      const list = many((index) => objectOf(names, (place) => `${index} ${place}`));
      const expected = Object.keys(list[0] as object);
      expect(facts(list)).toEqual(many(() => [true, expected, true]));
      for (const [index, object] of same(list).entries()) {
        expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
        expect(Object.entries(object)).toEqual(Object.entries(list[index] as object));
      }
    });
  }

  it('in messages of their own, and from guests that say different things under the same keys', () => {
    const [first, second] = [make(), make()].map((runtime) =>
      runtime.eval<JsFunction<[object], object>>('({ a, b }) => ({ a, b, sum: a + b })'),
    ) as [JsFunction<[object], object>, JsFunction<[object], object>];
    for (let i = 0; i < MANY; i += 1) {
      expect(first({ a: i, b: 1 })).toEqual({ a: i, b: 1, sum: i + 1 });
      expect(second({ a: `${i}`, b: 'x' })).toEqual({ a: `${i}`, b: 'x', sum: `${i}x` });
      expect(Object.keys(second({ b: 1, a: 2 }))).toEqual(['a', 'b', 'sum']);
    }
  });

  it('refer to each other and to themselves', () => {
    const same = make().eval<JsFunction<[unknown], Node[]>>('(value) => value');
    type Node = { index: number; self?: Node; next: Node | null; list: Node[] };
    const list: Node[] = [];
    for (let index = 0; index < MANY; index += 1) {
      const node: Node = { index, next: list[index - 1] ?? null, list: [] };
      if (index % 3 === 0) node.list.push(node);
      list.push(node);
    }
    const rings = list.map((node) => ({ index: node.index, next: null, list: node.list }));
    for (const message of [list, [...list, ...rings]]) {
      const arrived = same(message);
      for (const [index, node] of arrived.slice(0, MANY).entries()) {
        expect(node.index).toBe(index);
        expect(node.next).toBe(arrived[index - 1] ?? null);
        expect(node.list).toHaveLength(index % 3 === 0 ? 1 : 0);
        if (index % 3 === 0) expect(node.list[0]).toBe(node);
      }
    }
  });

  it('run nothing where they arrive', () => {
    const runtime = make();
    const count = runtime.eval<JsFunction<[unknown], number>>(
      `let calls = 0;
       for (const name of ['id', 'name', 'constructor'])
         Object.defineProperty(Object.prototype, name, { get: () => calls++, set: () => calls++, configurable: true });
       Object.freeze(Object.prototype);
       (list) => calls + list.filter((object) => Object.hasOwn(object, 'id') && object.name === 'n').length`,
    );
    expect(count(many((id) => ({ id, name: 'n', constructor: 1 })))).toBe(MANY);
  });

  it('read getters once each, and leave out what a getter took away', () => {
    const runtime = make();
    const list = runtime.eval<{ n: number; after?: number }[]>(
      `var reads = 0;
       Array.from({ length: ${MANY} }, (_, index) => {
         const object = { get n() { reads++; if (index % 2) delete this.after; return index; } };
         object.after = index;
         return object;
       })`,
    );
    expect(runtime.eval('reads')).toBe(MANY);
    expect(list).toEqual(many((index) => (index % 2 ? { n: index } : { n: index, after: index })));
  });

  it('take the keys of one another only as long as they have the same', () => {
    const runtime = make();
    const list = runtime.eval<Record<string, number>[]>(
      `const list = Array.from({ length: ${MANY} }, (_, index) => ({ a: index, b: index, c: index }));
       for (const [index, object] of list.entries()) {
         if (index % 7 === 1) delete object.b;
         if (index % 7 === 2) object.d = index;
         if (index % 7 === 3) Object.defineProperty(object, 'b', { enumerable: false });
         if (index % 7 === 4) object[3] = index;
         if (index % 7 === 5) { delete object.a; object.a = index; }
         if (index % 7 === 6) Object.defineProperty(object, 'c', { enumerable: true, get() {
           const next = list[index + 1];
           if (next) { delete next.b; next.e = index; }
           return index;
         } });
       }
       list`,
    );
    const expected = many((index) => {
      const kind = index % 7;
      const entries: [string, number][] = [
        ['a', index],
        ['b', index],
        ['c', index],
      ];
      if (kind === 1 || kind === 3) entries.splice(1, 1);
      if (kind === 2) entries.push(['d', index]);
      if (kind === 4) entries.unshift(['3', index]);
      if (kind === 5) entries.push(entries.shift() as [string, number]);
      if (kind === 0 && index > 0) entries.splice(1, 2, ['c', index], ['e', index - 1]);
      return entries;
    });
    expect(list.map((object) => Object.entries(object))).toEqual(expected);
  });

  it('take the keys of earlier messages only as long as they have the same', () => {
    const runtime = make();
    const next = runtime.eval<JsFunction<[number], object>>(
      `class Mark extends function (object) { return object; } { #mark = 'hidden'; }
       (index) => {
         const object = { a: index, b: 1.5, c: 'c' };
         switch (index % 9) {
           case 1: delete object.b; break;
           case 2: object.d = index; break;
           case 3: Object.defineProperty(object, 'b', { enumerable: false }); break;
           case 4: object[3] = index; break;
           case 5: delete object.a; object.a = index; break;
           case 6: Object.defineProperty(object, 'b', { get() { delete object.c; return index; } }); break;
           case 7: object[Symbol('s')] = 'symbol'; object.d = index; break;
           case 8: new Mark(object); object.d = index; break;
         }
         return object;
       }`,
    );
    for (let index = 0; index < 4 * MANY; index += 1) {
      const b = index % 9 === 6 ? index : 1.5;
      const entries: [string, unknown][] = Object.entries({ a: index, b, c: 'c' });
      if ([1, 3].includes(index % 9)) entries.splice(1, 1);
      if ([2, 7, 8].includes(index % 9)) entries.push(['d', index]);
      if (index % 9 === 4) entries.unshift(['3', index]);
      if (index % 9 === 5) entries.push(entries.shift() as [string, number]);
      if (index % 9 === 6) entries.pop();
      expect(Object.entries(next(index))).toEqual(entries);
    }
  });

  it('have no values but those under their keys, whatever else is in them', () => {
    const next = make().eval<JsFunction<[number], object>>(
      `class Mark extends function (object) { return object; } { #mark = 'private'; }
       (index) => {
         const object = {};
         if (index % 4 === 1) Object.defineProperty(object, 'hidden', { value: 'hidden' });
         if (index % 4 === 2) new Mark(object);
         if (index % 4 === 3) object[Symbol('s')] = 'symbol';
         object.a = 'a'; object.b = index + 0.5; object.c = index % 8 < 4 ? index : null;
         return object;
       }`,
    );
    for (let index = 0; index < 4 * MANY; index += 1) {
      const expected = { a: 'a', b: index + 0.5, c: index % 8 < 4 ? index : null };
      expect(Object.entries(next(index))).toEqual(Object.entries(expected));
    }
  });

  it('are read on as they have become when a getter inside changed them', () => {
    const next = make().eval<JsFunction<[number], object>>(
      `(index) => {
         const outer = { inner: { get x() {
           if (index % 3 === 1) outer.b += 1;
           if (index % 3 === 2) { outer.b = 'changed'; delete outer.c; outer.d = 1; }
           return index;
         } }, b: index + 0.5, c: 'c' };
         return outer;
       }`,
    );
    for (let index = 0; index < 3 * MANY; index += 1) {
      const inner = { x: index };
      const expected = [
        { inner, b: index + 0.5, c: 'c' },
        { inner, b: index + 1.5, c: 'c' },
        { inner, b: 'changed' },
      ];
      expect(next(index)).toEqual(expected[index % 3]);
    }
  });

  it('leave no keys behind that went with what an Error left out', () => {
    const runtime = make();
    const next = runtime.eval<JsFunction<[number], Error & { rows: object[] }>>(
      `(index) => {
         const row = (id) => ({ id, name: 'n', more: id });
         const lost = { id: 0, name: 'n', more: new WeakMap() };
         return { id: Object.assign(new Error('e'), { lost, kept: row(index) }), name: row(index), more: index };
       }`,
    );
    for (let index = 0; index < MANY; index += 1) {
      const row = { id: index, name: 'n', more: index };
      const answer = next(index) as unknown as { id: { kept: object } };
      expect({ ...answer, id: { ...answer.id } }).toEqual({ id: { kept: row }, name: row, more: index });
    }
  });

  it('come out of a runtime whose language was changed', () => {
    const runtime = make();
    const list = runtime.eval<object[]>(
      `Object.keys = () => ['wrong']; Object.values = () => ['wrong']; Function.prototype.call = () => 'wrong';
       Array.from({ length: ${MANY} }, (_, id) => ({ id, name: 'n' }))`,
    );
    expect(list).toEqual(many((id) => ({ id, name: 'n' })));
  });

  it('count as what they are', () => {
    const runtime = new Runtime({ maxTransferBytes: 64 * 1024 });
    const list = (length: number) => `Array.from({ length: ${length} }, (_, id) => ({ id, name: 'n', more: id }))`;
    expect(runtime.eval<object[]>(list(800))).toHaveLength(800);
    expect(() => runtime.eval(list(1500))).toThrow(/maxTransferBytes/);
    expect(runtime.eval<object[]>(list(800))).toHaveLength(800);
    runtime.close();
  });
});
