import { describe, expect, it } from 'vitest';
import { expectSameAsNode, thrownBy, useWebRuntimes } from '../same-as-node.ts';

const { make } = useWebRuntimes();

/** What a value is, as data that can be compared, whatever realm it is of. */
const facts = `
  const facts = (value, seen = new Map()) => {
    if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
    if (Object.is(value, -0)) return '-0';
    if (typeof value !== 'object' || value === null) return value === undefined ? 'undefined' : value;
    if (seen.has(value)) return 'seen ' + seen.get(value);
    seen.set(value, seen.size);
    const tag = Object.prototype.toString.call(value);
    const result = { tag, proto: Object.getPrototypeOf(value)?.constructor?.name };
    if (value instanceof Map) result.entries = [...value].map((entry) => entry.map((item) => facts(item, seen)));
    if (value instanceof Set) result.entries = [...value].map((item) => facts(item, seen));
    if (value instanceof Date) result.time = String(value.getTime());
    if (value instanceof RegExp) result.source = String(value) + value.lastIndex;
    if (ArrayBuffer.isView(value)) Object.assign(result, { offset: value.byteOffset, size: value.byteLength,
      buffer: facts(value.buffer, seen) });
    else if (value instanceof ArrayBuffer) result.bytes = [...new Uint8Array(value)].join();
    else result.members = Reflect.ownKeys(value).filter((key) => key !== 'stack').map((key) => {
      const { value: own, enumerable, writable } = Object.getOwnPropertyDescriptor(value, key);
      return [String(key), facts(own, seen), enumerable, writable];
    });
    if (/^(Boolean|Number|String|BigInt)$/.test(result.proto)) result.wrapped = String(value);
    return result;
  };`;

describe('structuredClone', () => {
  it.each([
    ['primitives', `[1, -0, NaN, 'text', '\\ud800', true, null, undefined, 10n]`],
    [
      'objects',
      `[{ a: 1, b: { c: 2 }, 5: 'five', ['__proto__']: 1 }, Object.create(null, { x: { value: 1, enumerable: true } })]`,
    ],
    ['what is not enumerable', `[Object.defineProperty({ a: 1, [Symbol('s')]: 2 }, 'hidden', { value: 3 })]`],
    ['getters', `[{ get a() { return { deep: 1 } } }]`],
    ['instances', `[new (class Point { constructor() { this.x = 1 } get y() { return 2 } })()]`],
    ['arrays', `[[1, 2, 3], [], [1, , 3], Object.assign([1], { extra: 'x' }), new Array(5), [[[]]]]`],
    [
      'sparse arrays',
      `(() => { const a = []; a[100_000] = 1; a.name = 2; return [a.length, [a].map((b) => Object.keys(structuredClone(b)))] })()`,
    ],
    ['maps and sets', `[new Map([[{ k: 1 }, 'v'], ['k', new Set([1, {}])]]), new Set(['a', new Map()])]`],
    ['dates and patterns', `[new Date(5), new Date(NaN), /a+/giu, Object.assign(/x/g, { lastIndex: 3 })]`],
    ['wrapped primitives', `[new Boolean(false), new Number(-0), new String('text'), Object(5n)]`],
    [
      'buffers',
      `[new Uint8Array([1, 2, 3]).buffer, new Uint8Array([1, 2]), new DataView(new ArrayBuffer(4), 1, 2), new Float64Array(2)]`,
    ],
    [
      'views of one buffer',
      `(() => { const b = new Uint8Array([1, 2, 3, 4]).buffer; return [new Uint8Array(b, 1), new DataView(b), b, new Uint16Array(b, 2, 1)] })()`,
    ],
    [
      'cycles',
      `(() => { const a = { list: [] }; a.self = a; a.list.push(a, a.list); const m = new Map(); m.set(m, m); a.m = m; return [a] })()`,
    ],
    [
      'errors',
      `[new Error('a'), new RangeError('b'), new AggregateError([1], 'c'), Object.assign(new TypeError('d'), { extra: 1 }),
      Object.assign(new Error('e'), { name: 'SyntaxError' }), new Error('f', { cause: { deep: new Error('g') } }), new (class Mine extends Error {})('h')]`,
    ],
    ['what the language has and cannot be copied deep', `[Math, JSON, globalThis.undefinedName]`],
  ])('copies %s as Node does', async (_name, values) => {
    await expectSameAsNode(make(), `${facts} const value = ${values}; return facts(structuredClone(value));`);
  });

  it('refuses what Node refuses, with a DOMException', async () => {
    await expectSameAsNode(
      make(),
      `const results = [];
      for (const value of [() => {}, Symbol('x'), { f() {} }, new WeakMap(), new WeakSet(), Promise.resolve(), new Proxy({}, {}),
        (function* () {})(), new Map().entries(), new WeakRef({}), Object(Symbol('x')), [class {}], new Error('x', { cause: () => {} }),
        new Intl.NumberFormat('en')]) {
        try { structuredClone(value); results.push('cloned') }
        catch (error) { results.push([error instanceof DOMException, error.name, error.code]) }
      }
      return results;`,
    );
  });

  it('refuses what is half done, and passes on what a getter throws', async () => {
    await expectSameAsNode(
      make(),
      `${thrownBy} return [() => structuredClone(), () => structuredClone(1, 5), () => structuredClone(1, { transfer: 5 }),
        () => structuredClone(1, { transfer: [5] }), () => structuredClone({ get a() { throw new RangeError('mine') } }),
        () => structuredClone(1, null), () => structuredClone(1, undefined)].map(thrown);`,
    );
  });

  it('copies what the platform has, and refuses the rest of it', () => {
    expect(
      make().eval(`const error = new DOMException('gone', 'NotFoundError');
        const copy = structuredClone({ error, again: error });
        const refused = [new Event('x'), new EventTarget(), new AbortController().signal, performance, new MessageChannel().port1,
          performance.mark('x'), new ReadableStream()].map((value) => {
          try { structuredClone({ value }); return 'cloned' } catch ({ name, message }) { return name + ': ' + message }
        });
        [copy.error === error, copy.error === copy.again, copy.error instanceof DOMException, copy.error.name, copy.error.message,
          copy.error.code, copy.error.stack === error.stack, refused]`),
    ).toEqual([
      false,
      true,
      true,
      'NotFoundError',
      'gone',
      8,
      true,
      ['Event', 'EventTarget', 'AbortSignal', 'Performance', 'MessagePort', 'PerformanceMark', 'ReadableStream'].map(
        (name) => `DataCloneError: ${/^[AE]/.test(name) ? 'An' : 'A'} ${name} can't be cloned`,
      ),
    ]);
  });

  // Node 20 makes a Blob of a File.
  it('copies Blobs and Files, which a guest that has lost their names still gets', async () => {
    const code = `const facts = async (it) => [Object.prototype.toString.call(it), it.type, it.size, await it.text(), it.name, it.lastModified];
      const blob = new Blob(['a', new Uint8Array([0xc3, 0xa4]), 'b'], { type: 'a/b' });
      class Own extends File { get name() { return 'mine' } }
      const file = new Own([blob, 'c'], 'f.txt', { type: 'c/d', lastModified: 7 });
      const copy = structuredClone({ blob, list: [blob, blob.slice(1, 3)], file });
      const seen = [copy.blob === blob, copy.blob === copy.list[0], copy.file instanceof Own, copy.file instanceof File];
      for (const it of [copy.blob, copy.list[1], copy.file]) seen.push(await facts(it));
      delete globalThis.File;
      seen.push(await facts(structuredClone(file)));
      return seen;`;
    const file = ['[object File]', 'c/d', 5, 'aäbc', 'f.txt', 7];
    expect(await make().evalAsync(`(async () => {${code}})()`)).toEqual([
      ...[false, true, false, true],
      ['[object Blob]', 'a/b', 4, 'aäb', undefined, undefined],
      ['[object Blob]', '', 2, 'ä', undefined, undefined],
      file,
      file,
    ]);
  });

  it('a view that its buffer has become too short for is refused', () => {
    const code = (view: string) => `(() => {
      const buffer = new ArrayBuffer(8, { maxByteLength: 8 });
      const view = new ${view}(buffer, 4, 4);
      buffer.resize(2);
      try { structuredClone(view) } catch (error) { return [error instanceof DOMException, error.name] }
    })()`;
    for (const view of ['DataView', 'Uint8Array']) {
      expect(make().eval(code(view)), view).toEqual([true, 'DataCloneError']);
    }
  });

  it('moves what is transferred, wherever it stands in the value', async () => {
    await expectSameAsNode(
      make(),
      `const buffer = new Uint8Array([1, 2, 3, 4]).buffer;
      const view = new Uint8Array(buffer, 1, 2);
      const value = { buffer, view, map: new Map([[buffer, view], ['k', 1]]), set: new Set([view, 'x']), list: [view, buffer], n: 1 };
      const copy = structuredClone(value, { transfer: [buffer] });
      const top = structuredClone(copy.buffer, { transfer: new Set([copy.buffer]) });
      return [buffer.byteLength, view.length, copy.buffer.byteLength, top.byteLength, Object.keys(copy), [...copy.map.keys()].length,
        [...copy.map.keys()][0] === copy.buffer, [...copy.map.values()][0] === copy.view, [...copy.set][0] === copy.view,
        copy.list[0] === copy.view, copy.list[1] === copy.buffer, copy.view.buffer === copy.buffer];`,
    );
  });

  it('leaves everything as it was when it fails', () => {
    const [sizes, names] = make().eval(`const buffer = new ArrayBuffer(4); const other = new ArrayBuffer(2);
      structuredClone(other, { transfer: [other] });
      const names = [() => structuredClone([buffer, () => {}], { transfer: [buffer] }),
        () => structuredClone(1, { transfer: [buffer, buffer] }), () => structuredClone(1, { transfer: [buffer, {}] }),
        () => structuredClone(1, { transfer: [buffer, other] }), () => structuredClone(1, { transfer: [new SharedArrayBuffer(1)] }),
        () => structuredClone(1, { transfer: [new WebAssembly.Memory({ initial: 0 }).buffer] }),
        () => structuredClone(other)].map((f) => { try { f(); return 'cloned' } catch (error) { return error.name } });
      [[buffer.byteLength, other.byteLength], names]`) as [number[], string[]];
    expect(sizes).toEqual([4, 0]);
    expect(names).toEqual(new Array(7).fill('DataCloneError'));
  });

  it('resizable buffers stay so, and views follow them', () => {
    expect(
      make().eval(`const buffer = new ArrayBuffer(4, { maxByteLength: 16 });
        const copy = structuredClone({ view: new Uint8Array(buffer), fixed: new Uint8Array(buffer, 0, 2), buffer });
        copy.buffer.resize(8);
        [copy.buffer.maxByteLength, copy.view.length, copy.fixed.length, copy.view.buffer === copy.buffer]`),
    ).toEqual([16, 8, 2, true]);
  });

  it('a deep value fails as an error of the guest, and a large one at its limit', () => {
    const runtime = make({ maxHeapSize: 32 * 1024 * 1024 });
    expect(() =>
      runtime.eval('let deep = {}; for (let i = 0; i < 1e5; i++) deep = { deep }; structuredClone(deep)'),
    ).toThrow();
    expect(runtime.eval('1 + 1')).toBe(2);
  });
});
