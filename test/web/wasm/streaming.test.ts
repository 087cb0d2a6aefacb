import { type Runtime, SnapshotBuilder } from 'isolet';
import { describe, expect, it } from 'vitest';
import { useRuntimes } from '../../runtime/support.ts';

const runtimes = useRuntimes();

/** A module that exports `add`, and imports `m.n` as what is added once more. */
const prelude = `
  const bytes = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 7, 1, 96, 2, 127, 127, 1, 127, 3, 2, 1, 0, 7, 7, 1, 3, 97,
    100, 100, 0, 0, 10, 9, 1, 7, 0, 32, 0, 32, 1, 106, 11]);
  const type = { headers: { 'content-type': 'application/wasm' } };
  const both = [WebAssembly.compileStreaming, WebAssembly.instantiateStreaming];
  const told = async (run) => {
    try { return await run(); } catch (error) { return [error.name, error.message]; }
  };
`;
const run = <T = unknown>(runtime: Runtime, code: string) =>
  runtime.evalAsync<T>(`(async () => {${prelude}${code}})()`);

describe('WebAssembly.compileStreaming and instantiateStreaming', () => {
  it('make what compile and instantiate do, of a Response or a promise of one', async () => {
    const runtime = runtimes.make({ web: true });
    expect(
      await run(
        runtime,
        `const module = await WebAssembly.compileStreaming(new Response(bytes, type));
         const made = await WebAssembly.instantiateStreaming(Promise.resolve(new Response(new Blob([bytes]), type)));
         return [module instanceof WebAssembly.Module, made.module instanceof WebAssembly.Module,
           made.instance.exports.add(2, 3), new WebAssembly.Instance(module).exports.add(4, 5)];`,
      ),
    ).toEqual([true, true, 5, 9]);
  });

  it('are defined as their interface says, where the web is and nowhere else', () => {
    const runtime = runtimes.make({ web: true });
    const described = runtime.eval(`['compileStreaming', 'instantiateStreaming'].map((name) => {
      const { value, ...rest } = Object.getOwnPropertyDescriptor(WebAssembly, name);
      return [value.name, value.length, 'prototype' in value, rest];
    })`);
    const rest = { writable: true, enumerable: true, configurable: true };
    expect(described).toEqual([
      ['compileStreaming', 1, false, rest],
      ['instantiateStreaming', 1, false, rest],
    ]);
    expect(runtimes.make({ streams: true }).eval('typeof WebAssembly.compileStreaming')).toBe('undefined');
  });

  it.each([
    ["new Response(bytes, { headers: { 'content-type': ' Application/WASM\\t' } })", undefined],
    ['new Response(bytes)', 'TypeError'],
    ["new Response(bytes, { headers: { 'content-type': 'application/wasm;' } })", 'TypeError'],
    ["new Response(bytes, { headers: { 'content-type': 'text/wasm' } })", 'TypeError'],
    ['new Response(bytes, { ...type, status: 404 })', 'TypeError'],
    ['bytes', 'TypeError'],
    ['undefined', 'TypeError'],
    ["Promise.reject(new RangeError('own'))", 'RangeError'],
    ['new Response(null, type)', 'CompileError'],
    ["new Response('no module', type)", 'CompileError'],
    ['(() => { const used = new Response(bytes, type); used.text(); return used; })()', 'TypeError'],
    ['new Response(new ReadableStream({ start: (c) => c.error(new URIError()) }), type)', 'URIError'],
    ["new Response(new ReadableStream({ start: (c) => c.enqueue('text') }), type)", 'TypeError'],
  ])('of %s: %s', async (source, name) => {
    const runtime = runtimes.make({ web: true });
    const seen = await run<unknown[]>(
      runtime,
      `const seen = [];
       for (const stream of both) seen.push(await stream(${source}).then(() => undefined, (error) => error.name));
       return seen;`,
    );
    expect(seen).toEqual([name, name]);
  });

  it('refuse imports that are no object before anything is read, and what does not fit as a LinkError', async () => {
    const runtime = runtimes.make({ web: true });
    expect(
      await run(
        runtime,
        `const response = new Response(bytes, type);
         const refused = await told(() => WebAssembly.instantiateStreaming(response, 1));
         const needs = Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, 2, 8, 1, 1, 109, 1, 110, 3, 127, 0]);
         const link = (imports) => told(() => WebAssembly.instantiateStreaming(new Response(needs, type), imports));
         return [refused[0], response.bodyUsed, (await link({ m: { n: 'x' } }))[0], (await link())[0],
           (await link({ m: { n: 7 } })).instance instanceof WebAssembly.Instance];`,
      ),
    ).toEqual(['TypeError', false, 'LinkError', 'TypeError', true]);
  });

  it('refuse where code may not be compiled, without a look at the Response', async () => {
    const runtime = runtimes.make({ web: true, codeGeneration: { wasm: false } });
    const refused = await run<unknown[]>(
      runtime,
      `const response = new Response(bytes, type);
       const seen = [];
       for (const stream of both) seen.push((await told(() => stream(response)))[0]);
       return [...seen, response.bodyUsed];`,
    );
    expect(refused).toEqual(['CompileError', 'CompileError', false]);
  });

  it('work whatever the guest has made of WebAssembly, and meet the limits of its modules', async () => {
    const runtime = runtimes.make({ web: true, maxHeapSize: 32 * 1024 * 1024 });
    expect(
      await run(
        runtime,
        `const [compile] = both;
         WebAssembly.compile = WebAssembly.instantiate = () => 'mine';
         const module = await compile(new Response(bytes, type));
         // A data section of zeros, as large as a module can be and larger than this guest.
         const large = new Uint8Array(24 * 1024 * 1024);
         large.set([0, 97, 115, 109, 1, 0, 0, 0, 0, 0xf3, 0xff, 0xff, 0x0b, 0]);
         const refused = await told(() => compile(new Response(new Blob([large]), type)));
         return [module instanceof WebAssembly.Module, refused[0]];`,
      ),
    ).toEqual([true, 'RangeError']);
  });

  it('end with the guest when a body never does', async () => {
    const runtime = runtimes.make({ web: true });
    const endless = `new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(65536)) })`;
    const compiled = runtime.evalAsync(
      `WebAssembly.compileStreaming(new Response(${endless}, { headers: { 'content-type': 'application/wasm' } }))`,
    );
    await expect(compiled).rejects.toMatchObject({ code: 'ERR_ISOLET_HEAP_LIMIT' });
  });

  it('are there in runtimes that start from a snapshot', async () => {
    const snapshot = new SnapshotBuilder({ web: true }).executeScript('made.js', 'globalThis.made = 1;').build();
    const runtime = runtimes.make({ web: true, snapshot });
    expect(await run(runtime, 'return (await both[1](new Response(bytes, type))).instance.exports.add(1, made);')).toBe(
      2,
    );
    const late = new SnapshotBuilder().executeScript('made.js', 'globalThis.made = 2;').build();
    const other = runtimes.make({ web: true, snapshot: late });
    expect(await run(other, 'return (await both[1](new Response(bytes, type))).instance.exports.add(1, made);')).toBe(
      3,
    );
  });
});
