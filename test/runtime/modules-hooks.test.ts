import { ModuleError, TimeoutError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { deferred, failure, useRuntimes } from './support.ts';

const { make, create } = useRuntimes();

// (module (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add))
const addWasm = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 7, 1, 96, 2, 127, 127, 1, 127, 3, 2, 1, 0, 7, 7, 1, 3, 97, 100, 100, 0, 0, 10, 9, 1,
  7, 0, 32, 0, 32, 1, 106, 11,
]);
// (module (import "./env" "f" (func (result i32))) (func (export "twice f") (result i32) call 0 call 0 i32.add))
const importingWasm = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 2, 11, 1, 5, 46, 47, 101, 110, 118, 1, 102, 0, 0, 3, 2, 1, 0, 7,
  11, 1, 7, 116, 119, 105, 99, 101, 32, 102, 0, 1, 10, 9, 1, 7, 0, 16, 0, 16, 0, 106, 11,
]);

describe('resolver and loader', () => {
  it('B183 a resolver maps an alias', () => {
    const runtime = make();
    runtime.addModule('foo', "export default 'foo';");
    runtime.addModule('main', "import x from 'alias'; import y from 'other'; export default x + y;");
    runtime.setModuleResolver((specifier) => ({ alias: 'isolet:/foo', other: 'foo' })[specifier] ?? null);
    expect(runtime.evalModule('main')).toEqual({ default: 'foofoo' });
  });

  it('B184 an empty answer means the default rules; null unsets the resolver', async () => {
    const runtime = make();
    runtime.addModule('main', 'export default 1;');
    runtime.setModuleResolver(() => '');
    expect(runtime.evalModule('main')).toEqual({ default: 1 });
    runtime.setModuleResolver(() => 'isolet:/main');
    expect(runtime.evalModule('anything')).toEqual({ default: 1 });
    runtime.setModuleResolver(null);
    expect(await failure(() => runtime.evalModule('anything else'))).toBeInstanceOf(ModuleError);
  });

  it('F051 tells the resolver who imports what', async () => {
    const runtime = make();
    const asked: unknown[] = [];
    runtime.addModule('data', { source: '[1]', type: 'json' });
    runtime.addModule('main', "import data from 'data' with { type: 'json' }; export default data;");
    runtime.setModuleResolver(async (...question) => {
      asked.push(question);
      return null;
    });
    expect(await runtime.evalModuleAsync('main')).toEqual({ default: [1] });
    expect(asked).toEqual([
      ['main', null, { attributes: {}, isEntry: true }],
      ['data', 'isolet:/main', { attributes: { type: 'json' }, isEntry: false }],
    ]);
  });

  it('B185 B186 a loader serves URLs, sync or async, each once', async () => {
    const files: Record<string, string> = {
      'app:/main': "import { b } from './lib/b.js'; import 'app:/lib/b.js'; export default b;",
      'app:/lib/b.js': 'export const b = import.meta.url;',
    };
    for (const wait of [false, true]) {
      const runtime = make();
      const asked: unknown[] = [];
      runtime.setModuleLoader((url, { referrer }) => {
        asked.push([url, referrer]);
        return wait ? new Promise((resolve) => setTimeout(resolve, 2, files[url])) : files[url];
      });
      const evaluate = wait ? runtime.evalModuleAsync('app:/main') : runtime.evalModule('app:/main');
      expect(await evaluate).toEqual({ default: 'app:/lib/b.js' });
      expect(await runtime.evalModuleAsync('app:/main')).toEqual({ default: 'app:/lib/b.js' });
      expect(asked).toEqual([
        ['app:/main', null],
        ['app:/lib/b.js', 'app:/main'],
      ]);
    }
  });

  it('L-D22 loading does not hold up other calls, and calls share it', async () => {
    const runtime = make();
    const gate = deferred<string>();
    let asked = 0;
    runtime.setModuleLoader(() => {
      asked++;
      return gate.promise;
    });
    const first = runtime.evalModuleAsync('app:slow');
    const second = runtime.evalAsync("import('app:slow').then((m) => m.default)");
    expect(await runtime.evalAsync('1 + 1')).toBe(2);
    expect(runtime.eval('2 + 2')).toBe(4);
    gate.resolve('export default 7;');
    expect(await first).toEqual({ default: 7 });
    expect(await second).toBe(7);
    expect(asked).toBe(1);
  });

  it('B192 what a loader or resolver throws is the cause, the same object', async () => {
    const runtime = make();
    const reason = new Error('disk on fire');
    const fail = (): never => {
      throw reason;
    };
    runtime.setModuleLoader(fail);
    for (const evaluate of [() => runtime.evalModule('app:x'), () => runtime.evalModuleAsync('app:x')]) {
      const error = await failure(evaluate);
      expect(error).toBeInstanceOf(ModuleError);
      expect(error).toMatchObject({ code: 'ERR_ISOLET_MODULE', specifier: 'app:x' });
      expect(error.message).toContain('failed: disk on fire');
      expect(error.cause).toBe(reason);
    }
    runtime.setModuleLoader(async () => fail());
    expect((await failure(() => runtime.evalModuleAsync('app:x'))).cause).toBe(reason);
    runtime.setModuleResolver(fail);
    expect((await failure(() => runtime.evalModule('app:x'))).cause).toBe(reason);
    runtime.setModuleResolver(null);
    // A failed load is tried again.
    runtime.setModuleLoader(() => 'export default 1;');
    expect(runtime.evalModule('app:x')).toEqual({ default: 1 });
  });

  it('B194 an async loader in evalModule names evalModuleAsync', async () => {
    const runtime = make();
    runtime.setModuleLoader(async () => 'export default 1;');
    const error = await failure(() => runtime.evalModule('app:x'));
    expect(error).toBeInstanceOf(ModuleError);
    expect(error.message).toMatch(/asynchronous.*evalModuleAsync/);
    expect(await runtime.evalModuleAsync('app:x')).toEqual({ default: 1 });
  });

  it('F052 timeout and signal cover a loader that never answers', async () => {
    const runtime = make();
    runtime.setModuleLoader(() => new Promise(() => {}));
    expect(await failure(() => runtime.evalModuleAsync('app:x', { timeout: 30 }))).toBeInstanceOf(TimeoutError);
    expect(await failure(() => runtime.evalModuleAsync('app:x', { signal: AbortSignal.timeout(30) }))).toMatchObject({
      name: 'TimeoutError',
    });
    expect(runtime.eval('1')).toBe(1);
  });

  it('F052 a loader that answers nonsense, or nothing, is an error', async () => {
    const runtime = make();
    for (const answer of [42, {}, { source: 'x', type: 'css' }, { source: 'x', type: 'wasm' }]) {
      runtime.setModuleLoader(() => answer as never);
      expect(await failure(() => runtime.evalModuleAsync('app:x'))).toMatchObject({ code: 'ERR_ISOLET_MODULE' });
    }
    runtime.setModuleLoader(() => null);
    expect(await failure(() => runtime.evalModule('app:x'))).toMatchObject({ code: 'ERR_ISOLET_MODULE_NOT_FOUND' });
  });

  it('F052 a loader may use the runtime it loads for', async () => {
    const runtime = make();
    runtime.addModule('helper', 'export const make = (n) => "export default " + n + ";";');
    runtime.setModuleLoader((url) => runtime.evalModule<{ make(n: string): string }>('helper').make(url.slice(4)));
    expect(runtime.evalModule('app:5')).toEqual({ default: 5 });
    expect(await runtime.evalModuleAsync('app:6')).toEqual({ default: 6 });
  });
});

describe('types and attributes', () => {
  it('F056 json, text and bytes, registered or loaded', async () => {
    const runtime = await create();
    runtime.addModule('j', { source: '{"__proto__": 1, "a": [1]}', type: 'json' });
    runtime.addModule('t', { source: 'héllo', type: 'text' });
    runtime.addModule('b', { source: Uint8Array.of(1, 2, 3), type: 'bytes' });
    runtime.addModule(
      'main',
      `import j from 'j' with { type: 'json' }; import t from 't'; import b from 'b' with { type: 'bytes' };
       import lj from 'app:j' with { type: 'json' }; import lt from 'app:j' with { type: 'text' };
       import lb from 'app:j' with { type: 'bytes' }; import { default as js } from 'app:js';
       export { t, b, lj, lt, lb, js }; export const a = j.a;`,
    );
    runtime.setModuleLoader((url) => (url === 'app:j' ? new TextEncoder().encode('[true]') : 'export default 0;'));
    expect(await runtime.evalModuleAsync('main')).toEqual({
      a: [1],
      t: 'héllo',
      b: Uint8Array.of(1, 2, 3),
      lj: [true],
      lt: '[true]',
      lb: new TextEncoder().encode('[true]'),
      js: 0,
    });
  });

  it('F056 an attribute that does not fit the module is an error', async () => {
    const runtime = make();
    runtime.addModule('js', 'export default 1;');
    runtime.addModule('main', "import x from 'js' with { type: 'json' };");
    expect(await failure(() => runtime.evalModule('main'))).toBeInstanceOf(ModuleError);
    runtime.addModule('odd', "import x from 'js' with { color: 'red' };");
    expect(await failure(() => runtime.evalModule('odd'))).toMatchObject({ name: 'TypeError' });
    runtime.addModule('j', { source: '{', type: 'json' });
    const error = await failure(() => runtime.evalModule('j'));
    expect(error.name).toBe('SyntaxError');
    expect(error.message).toContain('isolet:/j');
  });

  it('F057 WebAssembly modules export what they export and import what they import', async () => {
    const runtime = make();
    runtime.addModule('add.wasm', { source: addWasm, type: 'wasm' });
    runtime.addModule('twice.wasm', { source: importingWasm, type: 'wasm' });
    runtime.addModule('env', 'export const f = () => 21;');
    runtime.addModule(
      'main',
      "import { add } from './add.wasm'; import { 'twice f' as twice } from './twice.wasm'; export default [add(2, 3), twice()];",
    );
    expect(runtime.evalModule('main')).toEqual({ default: [5, 42] });
    expect(await failure(() => make().addModule('x', { source: 'no', type: 'wasm' }))).toMatchObject({
      name: 'TypeError',
    });
    runtime.addModule('broken.wasm', { source: Uint8Array.of(0, 1, 2), type: 'wasm' });
    expect(await failure(() => runtime.evalModule('broken.wasm'))).toMatchObject({ name: 'CompileError' });
  });

  it('F057 codeGeneration.wasm: false refuses them', async () => {
    const runtime = make({ codeGeneration: { wasm: false } });
    runtime.addModule('add.wasm', { source: addWasm, type: 'wasm' });
    const error = await failure(() => runtime.evalModule('add.wasm'));
    expect(error).toMatchObject({ name: 'TypeError' });
    expect(error.message).toContain('switched off');
  });
});
