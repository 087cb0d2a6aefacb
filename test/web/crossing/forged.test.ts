import { type JsFunction, TransferError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from '../../runtime/support.ts';

const runtimes = useRuntimes();

const putInMaps = (key: string, value: string) =>
  `{ const { set } = Map.prototype; const { apply } = Reflect; Map.prototype.set = function (k, v) { return apply(set, this, [${key}, ${value}]); }; }`;

/** What a guest can do to the language before it makes an object, and the object whose parts that changes. */
const forgeries: [what: string, before: string, make: string][] = [
  ['numbers for headers', putInMaps('5', '6'), "new Headers({ a: 'b' })"],
  ['objects for headers', putInMaps('k', "{ toString() { return 'x'; } }"), "new Headers({ a: 'b' })"],
  ['a name of a header that is none', putInMaps("'a\\r\\nb'", "'c'"), "new Headers({ a: 'b' })"],
  ['headers of a response', putInMaps('k', '[v]'), "new Response(null, { headers: { a: 'b' } })"],
  ['headers of a request', putInMaps('null', 'v'), "new Request('https://example.com/', { headers: { a: 'b' } })"],
];

describe('parts that a guest has made up', () => {
  it.each(forgeries)('%s are a TransferError', async (_, before, make) => {
    const runtime = runtimes.make({ web: true });
    runtime.eval('new Headers(); new Request("https://example.com/"); new Response()');
    runtime.eval(before);
    const error = await failure(() => runtime.eval(make));
    expect(error).toBeInstanceOf(TransferError);
    expect(error.message).toContain("can't be made here");
    const call = await failure(() => runtime.evalAsync(`(async () => ${make})()`));
    expect(call).toBeInstanceOf(TransferError);
    runtime.bindFunction('take', () => 'taken');
    expect(runtime.eval(`try { take(${make}) } catch (error) { error.name }`)).toBe('TransferError');
    expect(runtime.eval('1 + 1')).toBe(2);
  });

  it('do not run the guest on the event loop', async () => {
    const runtime = runtimes.make({ web: true, timeout: 1000 });
    runtime.eval('new Headers()');
    runtime.eval(putInMaps('k', '{ [Symbol.toPrimitive]() { for (;;); }, toString() { for (;;); } }'));
    expect(await failure(() => runtime.eval("new Headers({ a: 'b' })"))).toBeInstanceOf(TransferError);
  });

  it('hold what the guest has done to the iteration of arrays, and to the prototype of all', async () => {
    const runtime = runtimes.make({ web: true });
    const [headers, form, blob] = await runtime.evalAsync<[Headers, FormData, Blob]>(`(async () => {
      const form = new FormData();
      form.append('a', 'b');
      const all = [new Headers({ a: 'b' }), form, new Blob(['x'])];
      Array.prototype[Symbol.iterator] = function () { throw new Error('iterated'); };
      Array.prototype.map = Array.prototype.slice = () => { throw new Error('mapped'); };
      Object.defineProperty(Object.prototype, 'listen', { get() { throw new Error('read'); } });
      return all;
    })()`);
    expect([headers.get('a'), form.get('a'), await blob.text()]).toEqual(['b', 'b', 'x']);
  });
});

describe('limits', () => {
  it('hold for bytes that many objects share: they are copied once', async () => {
    const runtime = runtimes.make({ web: true, maxHeapSize: 256 * 1024 * 1024 });
    const before = process.memoryUsage().rss;
    const [form, responses, blob] = runtime.eval<[FormData, Response[], Blob]>(`(() => {
      const bytes = new Blob([new Uint8Array(1_000_000).fill(65)]);
      const form = new FormData();
      for (let i = 0; i < 1000; i++) form.append('k', bytes, 'f' + i);
      const response = new Response(new Uint8Array(60_000).fill(66));
      return [form, Array.from({ length: 500 }, () => response.clone()), new Blob(Array(1000).fill(bytes))];
    })()`);
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
    expect([form.getAll('k').length, (form.get('k') as File).size, blob.size]).toEqual([1000, 1_000_000, 1e9]);
    expect(await (form.getAll('k')[999] as File).slice(0, 3).text()).toBe('AAA');
    expect((await responses[499]?.text())?.length).toBe(60_000);
    expect([...(responses[499] as Response).headers]).toEqual([]);
  });

  it('of bytes hold for what is made', async () => {
    const runtime = runtimes.make({ web: true, maxTransferBytes: 100_000 });
    const many = "Array.from({ length: 1000 }, () => new Response('x'))";
    const error = await failure(() => runtime.eval(many));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_TRANSFER', limit: 100_000 });
    const take = runtime.eval<JsFunction>('() => {}');
    const sent = await failure(() => take(Array.from({ length: 1000 }, () => new Response('x'))));
    expect(sent).toMatchObject({ code: 'ERR_ISOLET_TRANSFER', limit: 100_000 });
  });

  it('of depth count their parts', async () => {
    const runtime = runtimes.make({ web: true, maxTransferDepth: 5 });
    expect(runtime.eval("({ a: [new Headers({ a: 'b' })] })")).toMatchObject({ a: [expect.any(Headers)] });
    const error = await failure(() => runtime.eval("({ a: [[[new Headers({ a: 'b' })]]] })"));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_TRANSFER', limit: 5 });
    const signals = await failure(() =>
      runtime.eval('let s; for (let i = 0; i < 9; i++) s = AbortSignal.abort(s ?? 1); s'),
    );
    expect(signals).toMatchObject({ code: 'ERR_ISOLET_TRANSFER', limit: 5 });
  });

  it('name the place', async () => {
    const runtime = runtimes.make({ web: true });
    const error = await failure(() => runtime.eval('({ a: AbortSignal.abort([Symbol()]) })'));
    expect(error).toMatchObject({ path: 'result.a.reason[0]' });
    const itself = await failure(() => runtime.eval('const r = []; r[0] = AbortSignal.abort(r); r[0]'));
    expect(itself.message).toContain('web object in itself');
  });
});
