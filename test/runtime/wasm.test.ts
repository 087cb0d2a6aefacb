import { JavaScriptError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from './support.ts';

const { make } = useRuntimes();

const mebibyte = 1024 * 1024;

/** Guest code: `bytes(section, …)` makes a module, `section(id, content)` a part of it. */
const helpers = `
  const number = (n) => { const b = []; do { b.push((n & 127) | (n > 127 ? 128 : 0)); n >>>= 7; } while (n); return b; };
  const section = (id, content) => [id, ...number(content.length), ...content];
  const bytes = (...sections) => new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, ...sections.flat()]);
  const kinds = [0x7f, 0x7e, 0x7d, 0x7c];
  /** Different function types: with ten parameters, numbered from 'first'. */
  const types = (count, first = 0) => bytes(section(1, [...number(count), ...Array.from({ length: count }, (_, i) => {
    let x = i + first;
    return [0x60, 10, ...Array.from({ length: 10 }, () => { const kind = kinds[x % 4]; x = Math.floor(x / 4); return kind; }), 0];
  }).flat()]));
  /** A module with one function of so many bytes. */
  const large = (size) => { const body = new Array(size).fill(1); body[0] = 0; body[size - 1] = 11;
    return bytes(section(1, [1, 0x60, 0, 0]), section(3, [1, 0]), section(10, [1, ...number(size), ...body])); };
  /** A module whose binary is so long. */
  const long = (size, mark) => { const head = [0, 97, 115, 109, 1, 0, 0, 0, 0, ...number(size), 1, 65]; const all = new Uint8Array(head.length + size - 2); all.set(head); all[all.length - 1] = mark; return all; };
  const answer = bytes(section(1, [1, 0x60, 0, 1, 0x7f]), section(3, [1, 0]), section(7, [1, 1, 102, 0, 0]),
    section(10, [1, 4, 0, 0x41, 42, 11]));
  const name = (make) => { try { make(); return 'made'; } catch (error) { return error.name + ': ' + error.message; } };`;

const prepared = (options = {}) => make({ bootstrap: helpers, timeout: 10_000, ...options });

const ways = [
  ['Module', 'new WebAssembly.Module(m)'],
  ['compile', 'await WebAssembly.compile(m)'],
  ['instantiate', 'await WebAssembly.instantiate(m)'],
  ['subclass', 'new (class extends WebAssembly.Module {})(m)'],
] as const;

describe('WebAssembly', () => {
  it('works in all its ways, as V8 made it', async () => {
    const runtime = prepared();
    const results = await runtime.evalAsync(`(async () => {
      class Mine extends WebAssembly.Module { hi() { return 'hi'; } }
      const mine = new Mine(answer);
      const tag = new WebAssembly.Tag({ parameters: ['i32', 'f64'] });
      return [
        mine.hi(), mine instanceof Mine, new WebAssembly.Instance(mine).exports.f(),
        Reflect.construct(WebAssembly.Module, [answer], Array) instanceof Array,
        (await WebAssembly.compile(answer)) instanceof WebAssembly.Module,
        (await WebAssembly.instantiate(answer)).instance.exports.f(),
        (await WebAssembly.instantiate(mine)).exports.f(),
        WebAssembly.validate(answer), WebAssembly.validate(new Uint8Array(4)),
        tag instanceof WebAssembly.Tag, tag.constructor === WebAssembly.Tag, WebAssembly.Tag.name,
        new WebAssembly.Exception(tag, [1, 2.5]).getArg(tag, 1),
      ];
    })()`);
    expect(results).toEqual(['hi', true, 42, true, true, 42, 42, true, false, true, true, 'Tag', 2.5]);
  });

  it.each([
    'new WebAssembly.Module()',
    'new WebAssembly.Module(5)',
    'WebAssembly.Module(new Uint8Array(8))',
    'new WebAssembly.Module(new Uint8Array(8))',
    'WebAssembly.validate(5)',
    'new WebAssembly.Tag()',
    'WebAssembly.Tag({ parameters: [] })',
    'new WebAssembly.Tag({})',
    "new WebAssembly.Tag({ parameters: ['x'] })",
    'WebAssembly.Memory({ initial: 1 })',
  ])('refuses nonsense in the words of V8: %s', (code) => {
    const guest = prepared().eval(`name(() => ${code})`);
    const body = `try { ${code}; return 'made'; } catch (e) { return e.name + ': ' + e.message; }`;
    const host: unknown = new Function(body)();
    expect(guest).toBe(host);
  });

  it.each(ways)('%s: a compilation that fails rejects or throws what V8 says', async (_name, code) => {
    const error = await failure(() => prepared().evalAsync(`(async (m) => { ${code} })(new Uint8Array(8))`));
    expect(error).toBeInstanceOf(JavaScriptError);
    expect(error).toMatchObject({ name: 'CompileError', message: expect.stringContaining('magic word') });
  });
});

describe('types, which V8 keeps for the process', () => {
  it.each(ways)('%s: a guest that brings in too many is told, and goes on', async (_name, code) => {
    const runtime = prepared();
    const error = await failure(() =>
      runtime.evalAsync(`(async () => { for (let i = 0; ; i++) { const m = types(400, i * 400); ${code}; } })()`),
    );
    expect(error).toMatchObject({
      name: 'CompileError',
      message: expect.stringContaining('too many WebAssembly types'),
    });
    expect(runtime.eval('new WebAssembly.Instance(new WebAssembly.Module(answer)).exports.f()')).toBe(42);
  });

  it('validate answers false, tags are refused', () => {
    const runtime = prepared();
    expect(runtime.eval('let i = 0; while (WebAssembly.validate(types(400, i * 400))) i++; i > 0')).toBe(true);
    const tag =
      "new WebAssembly.Tag({ parameters: i.toString(4).split('').map((d) => ['i32', 'i64', 'f32', 'f64'][d]) })";
    const error = runtime.eval(`name(() => { for (let i = 1e6; ; i++) ${tag}; })`);
    expect(error).toBe('RangeError: the runtime has declared too many WebAssembly types');
  });

  it('known ones are free: a module may come again and again', async () => {
    for (let i = 0; i < 20; i++) {
      const runtime = prepared();
      expect(runtime.eval('for (let i = 0; i < 50; i++) new WebAssembly.Module(types(100)); "made"')).toBe('made');
      await runtime.closeAsync();
    }
  });

  it('structures and recursive types count as well', () => {
    const runtime = prepared();
    // (type (struct (field i32 …))), not of equal length
    const code = `for (let i = 1; ; i++) { const fields = Array.from({ length: i }, () => [0x7f, 0]).flat();
      WebAssembly.validate(bytes(section(1, [...number(400), ...Array.from({ length: 400 }, () => [0x5f, ...number(i), ...fields]).flat()]))); }`;
    expect(runtime.eval(`name(() => { ${code.replace('WebAssembly.validate', 'new WebAssembly.Module')} })`)).toMatch(
      /CompileError/,
    );
  });

  it('asm.js runs as JavaScript', () => {
    const code = `function asm() { 'use asm'; function f(x) { x = x | 0; return (x + 1) | 0; } return { f: f }; } asm().f(41)`;
    expect(prepared().eval(code)).toBe(42);
  });
});

describe('what no limit of V8 sees', () => {
  it.each(ways)('%s: a function too large for the heap limit is refused', async (_name, code) => {
    const runtime = prepared({ maxHeapSize: 32 * mebibyte });
    await runtime.evalAsync(`(async (m) => { ${code} })(large(60_000))`);
    const error = await failure(() => runtime.evalAsync(`(async (m) => { ${code} })(large(70_000))`));
    expect(error).toMatchObject({ name: 'CompileError', message: expect.stringContaining('at most 65536 bytes') });
    expect(prepared().eval('new WebAssembly.Module(large(70_000)) instanceof WebAssembly.Module')).toBe(true);
  });

  it.each(ways)('%s: binaries count as long as their modules live', async (_name, code) => {
    const runtime = prepared({ maxHeapSize: 64 * mebibyte });
    await runtime.evalAsync(`(async () => { for (let i = 0; i < 60; i++) { const m = long(1e6, i); ${code}; } })()`);
    const ended = await failure(() =>
      runtime.evalAsync(
        `(async () => { const kept = []; for (let i = 0; ; i++) { const m = long(1e6, i); kept.push(${code}); } })()`,
      ),
    );
    expect(ended.code === 'ERR_ISOLET_HEAP_LIMIT' || ended.name === 'RangeError').toBe(true);
  });
});
