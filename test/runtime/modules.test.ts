import { getProcessStats, JavaScriptError, ModuleError, SnapshotBuilder, TimeoutError } from 'isolet';
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

describe('registered modules', () => {
  it('F050 F053 V37 B179 B187 are evaluated by bare name and answer their exports', () => {
    const runtime = make();
    runtime.addModule('main', 'export const value = 42; export default [value];');
    expect(runtime.evalModule('main')).toEqual({ value: 42, default: [42] });
  });

  it('B007 B008 count as their own kinds of calls', async () => {
    const runtime = make();
    runtime.addModule('main', 'export const a = 42, b = a + 1;');
    runtime.addModule('later', 'export const c = await Promise.resolve(21);');
    expect(runtime.evalModule('main')).toEqual({ a: 42, b: 43 });
    expect(await runtime.evalModuleAsync('later')).toEqual({ c: 21 });
    expect(runtime.getStats()).toMatchObject({
      counts: { evalModule: 1, evalModuleAsync: 1 },
      lastExecutionKind: 'evalModuleAsync',
    });
  });

  it('B180 B181 import each other by bare name', () => {
    const runtime = make();
    runtime.addModule('a', "export const a = 'a';");
    runtime.addModule('b', "import { a } from 'a'; export const b = a + 'b';");
    runtime.addModule('main', "import { a } from 'a'; import { b } from 'b'; export default a + b;");
    expect(runtime.evalModule('main')).toEqual({ default: 'aab' });
  });

  it('F050 are found by relative specifiers, seen from the importer', () => {
    const runtime = make();
    runtime.addModule('lib/deep/a', "export * from '../b'; export const url = import.meta.url;");
    runtime.addModule('lib/b', "export { c } from '/c';");
    runtime.addModule('c', 'export const c = 3;');
    runtime.addModule('main', "export * from './lib/./x/../deep/a';");
    expect(runtime.evalModule('main')).toEqual({ c: 3, url: 'isolet:/lib/deep/a' });
    expect(runtime.evalModule('isolet:/lib/b')).toEqual({ c: 3 });
  });

  it('F050 may have an absolute URL for a name', () => {
    const runtime = make();
    runtime.addModule('node:fs', 'export const none = true;');
    runtime.addModule('main', "export * from 'node:fs';");
    expect(runtime.evalModule('main')).toEqual({ none: true });
  });

  it('L-C11 any number of entries; one that ran is not run again', async () => {
    const runtime = make();
    runtime.addModule('one', 'globalThis.runs = (globalThis.runs ?? 0) + 1; export const n = runs;');
    runtime.addModule('two', "export { n } from 'one';");
    expect(runtime.evalModule('one')).toEqual({ n: 1 });
    expect(runtime.evalModule('two')).toEqual({ n: 1 });
    expect(await runtime.evalModuleAsync('one')).toEqual({ n: 1 });
    expect(runtime.eval('runs')).toBe(1);
  });

  it('F053 one that failed fails again with the same error and does not run again', async () => {
    const runtime = make();
    runtime.addModule('bad', 'globalThis.runs = (globalThis.runs ?? 0) + 1; throw new RangeError("run " + runs);');
    for (const evaluate of [() => runtime.evalModule('bad'), () => runtime.evalModuleAsync('bad')]) {
      const error = await failure(evaluate);
      expect(error).toBeInstanceOf(JavaScriptError);
      expect(error).toMatchObject({ name: 'RangeError', message: 'run 1' });
    }
  });

  it('F053 functions of a module are handles, and may be called later', async () => {
    const runtime = make();
    runtime.addModule(
      'math',
      'let calls = 0; export const add = (a, b) => { calls++; return a + b; }; export const count = () => calls;',
    );
    const { add, count } = runtime.evalModule<Record<'add' | 'count', (...n: number[]) => number>>('math');
    expect(add(2, 3)).toBe(5);
    expect(count()).toBe(1);
  });

  it('F050 a new source counts for modules that are not loaded yet', () => {
    const runtime = make();
    runtime.addModule('a', 'export default 1;');
    runtime.addModule('a', 'export default 2;');
    expect(runtime.evalModule('a')).toEqual({ default: 2 });
    runtime.addModule('a', 'export default 3;');
    expect(runtime.evalModule('a')).toEqual({ default: 2 });
  });

  it('cycles', async () => {
    const runtime = make();
    runtime.addModule('a', "import { b } from 'b'; export const a = () => 'a'; export const both = () => a() + b();");
    runtime.addModule('b', "import { a } from 'a'; export const b = () => 'b' + a(); export const own = await 1;");
    const { both } = await runtime.evalModuleAsync<{ both(): string }>('a');
    expect(both()).toBe('aba');
  });

  it('nothing new is on globalThis', () => {
    const runtime = make();
    const before = runtime.eval('Reflect.ownKeys(globalThis).map(String)');
    runtime.addModule('main', 'export default 1;');
    runtime.setModuleLoader(() => null);
    runtime.evalModule('main');
    expect(runtime.eval('Reflect.ownKeys(globalThis).map(String)')).toEqual(before);
  });

  it('work in runtimes from snapshots', () => {
    const snapshot = new SnapshotBuilder().executeScript('base.js', 'globalThis.base = 40;').build();
    const runtime = make({ snapshot });
    runtime.addModule('two', 'export default 2;');
    runtime.addModule('main', "import two from 'two'; export default base + two;");
    expect(runtime.evalModule('main')).toEqual({ default: 42 });
  });
});

describe('what goes wrong', () => {
  it('B182 B191 an unknown module is a ModuleError with specifier and referrer', async () => {
    const runtime = make();
    runtime.addModule('main', "import 'absent';");
    for (const evaluate of [() => runtime.evalModule('main'), () => runtime.evalModuleAsync('main')]) {
      const error = await failure(evaluate);
      expect(error).toBeInstanceOf(ModuleError);
      expect(error).toMatchObject({
        code: 'ERR_ISOLET_MODULE_NOT_FOUND',
        specifier: 'absent',
        referrer: 'isolet:/main',
      });
    }
    expect(await failure(() => runtime.evalModule('none'))).toMatchObject({ specifier: 'none', referrer: null });
    // Registered afterwards, it is found.
    runtime.addModule('absent', '');
    expect(runtime.evalModule('main')).toEqual({});
  });

  it('B193 syntax errors have file and position', async () => {
    const runtime = make();
    runtime.addModule('lib/broken', 'export const ok = 1;\nexport const = 2;');
    runtime.addModule('main', "import './lib/broken';");
    for (const evaluate of [() => runtime.evalModule('main'), () => runtime.evalModuleAsync('main')]) {
      const error = await failure(evaluate);
      expect(error).toBeInstanceOf(JavaScriptError);
      expect(error.name).toBe('SyntaxError');
      expect(error['frames']).toMatchObject([{ fileName: 'isolet:/lib/broken', lineNumber: 2, columnNumber: 14 }]);
    }
  });

  it('link errors have file and position', async () => {
    const runtime = make();
    runtime.addModule('a', 'export const a = 1;');
    runtime.addModule('main', "\nimport { b } from 'a';");
    const error = await failure(() => runtime.evalModuleAsync('main'));
    expect(error).toMatchObject({ name: 'SyntaxError', frames: [{ fileName: 'isolet:/main', lineNumber: 2 }] });
    expect(error.message).toContain("'b'");
  });

  it('B104 B188 a busy module is stopped, and so it is the next time', async () => {
    const runtime = make({ timeout: 50 });
    runtime.addModule('busy', 'for (;;);');
    runtime.addModule('main', "import 'busy';");
    for (const specifier of ['busy', 'main', 'busy']) {
      expect(await failure(() => runtime.evalModule(specifier))).toBeInstanceOf(TimeoutError);
      expect(await failure(() => runtime.evalModuleAsync(specifier))).toBeInstanceOf(TimeoutError);
    }
    expect(runtime.eval('1 + 1')).toBe(2);
  });

  it('B080 a timeout must be a positive number', async () => {
    const runtime = make();
    runtime.addModule('main', '');
    for (const timeout of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, '5']) {
      expect(await failure(() => runtime.evalModuleAsync('main', { timeout: timeout as number }))).toMatchObject({
        code: 'ERR_ISOLET_INVALID_ARG',
      });
    }
  });

  it('bad arguments name the argument', () => {
    const runtime = make();
    for (const name of ['', './a', '/a', 'a/../b', 'a/.', 7]) {
      expect(() => runtime.addModule(name as string, '')).toThrow(/'name'/);
    }
    expect(() => runtime.addModule('a', 7 as never)).toThrow(/'source'/);
    expect(() => runtime.addModule('a', { source: '', type: 'css' as never })).toThrow(/'source\.type'/);
    expect(() => runtime.addModule('a', { source: 'text', type: 'wasm' })).toThrow(/Uint8Array/);
    expect(() => runtime.setModuleLoader(undefined as never)).toThrow(/'loader'/);
    expect(() => runtime.setModuleResolver('x' as never)).toThrow(/'resolver'/);
    expect(() => runtime.evalModule('')).toThrow(/'specifier'/);
  });

  it('a module being evaluated can not be entered from a host function', async () => {
    const runtime = make();
    runtime.bindFunction('again', () => runtime.evalModule('main'));
    runtime.addModule('main', 'again(); export {};');
    const error = await failure(() => runtime.evalModule('main'));
    expect(error.message).toContain('still being evaluated');
    runtime.bindFunction('other', () => runtime.evalModule('leaf'));
    runtime.addModule('leaf', 'export default 1;');
    runtime.addModule('calls', 'export default other().default + 1;');
    expect(runtime.evalModule('calls')).toEqual({ default: 2 });
  });

  it('the exports of a module that exports `then` can not cross, and it is not called', async () => {
    const runtime = make();
    runtime.addModule('thenable', 'export function then() { for (;;); }');
    expect(await failure(() => runtime.evalModuleAsync('thenable'))).toMatchObject({ code: 'ERR_ISOLET_TRANSFER' });
    expect(await failure(() => runtime.evalModule('thenable'))).toMatchObject({ path: 'result.then' });
  });
});

describe('top-level await', () => {
  it('B189 B190 is waited for', async () => {
    const runtime = make();
    runtime.bindFunction('later', async (value) => value);
    runtime.addModule('dep', 'export const x = await later(100);');
    runtime.addModule('main', "import { x } from 'dep'; export const y = x + await later(23);");
    expect(await runtime.evalModuleAsync('main', { timeout: 5000 })).toEqual({ y: 123 });
  });

  it('evalModule waits for promises of the guest and says so for others', async () => {
    const runtime = make();
    runtime.addModule(
      'own',
      "export const a = await Promise.resolve(1); export const b = (await import('leaf')).default;",
    );
    runtime.addModule('leaf', 'export default await 2;');
    expect(runtime.evalModule('own')).toEqual({ a: 1, b: 2 });
    runtime.addModule('never', 'await new Promise(() => {});');
    const error = await failure(() => runtime.evalModule('never'));
    expect(error).toBeInstanceOf(ModuleError);
    expect(error.message).toContain('evalModuleAsync');
    expect(await failure(() => runtime.evalModuleAsync('never', { timeout: 30 }))).toMatchObject({ phase: 'pending' });
  });

  it('an aborted call stops, and the module may be evaluated by others', async () => {
    const runtime = make();
    const gate = deferred<number>();
    runtime.bindFunction('wait', () => gate.promise);
    runtime.addModule('main', 'export const x = await wait();');
    const controller = new AbortController();
    const aborted = runtime.evalModuleAsync('main', { signal: controller.signal });
    controller.abort(new Error('enough'));
    expect(await failure(() => aborted)).toMatchObject({ message: 'enough' });
    gate.resolve(1);
    expect(runtime.eval('1')).toBe(1);
  });
});

describe('import()', () => {
  it('F055 works from scripts, functions and modules', async () => {
    const runtime = make();
    runtime.addModule('lib/a', "export const a = 1; export const more = () => import('./b');");
    runtime.addModule('lib/b', 'export const b = 2;');
    expect(await runtime.evalAsync("import('lib/a').then((m) => m.more()).then((m) => m.b)")).toBe(2);
    expect(await runtime.evalAsync("import('./lib/a').then((m) => m.a)")).toBe(1);
    expect(await runtime.evalAsync('new Function("return import(\'lib/b\')")().then((m) => m.b)')).toBe(2);
    const { more } = runtime.evalModule<{ more(): Promise<unknown> }>('lib/a');
    expect(await runtime.evalAsync("import('lib/a').then((m) => import('lib/a').then((n) => m === n))")).toBe(true);
    void more;
  });

  it('F055 failures can be caught in the guest, and come out as ModuleErrors', async () => {
    const runtime = make();
    expect(await runtime.evalAsync("import('none').catch((e) => [e instanceof Error, e.code])")).toEqual([
      true,
      'ERR_ISOLET_MODULE_NOT_FOUND',
    ]);
    const error = await failure(() => runtime.evalAsync("import('none')"));
    expect(error).toBeInstanceOf(ModuleError);
    expect(error).toMatchObject({ specifier: 'none', referrer: '<eval>' });
  });

  it('F055 a module may import itself and its importers while it runs', async () => {
    const runtime = make();
    runtime.addModule(
      'late',
      "export let got; import('late').then((m) => { got = m; }); export const read = () => typeof got;",
    );
    const { read } = await runtime.evalModuleAsync<{ read(): string }>('late');
    expect(read()).toBe('object');
  });

  it('hostile specifiers and attributes are refused', async () => {
    const runtime = make({ timeout: 1000 });
    expect(await failure(() => runtime.evalAsync("import('x'.repeat(1e6))"))).toMatchObject({ name: 'RangeError' });
    expect(await failure(() => runtime.evalAsync("import('x', { with: { kind: 'json' } })"))).toMatchObject({
      name: 'TypeError',
    });
    expect(await failure(() => runtime.evalAsync("import('x', { with: { type: 'css' } })"))).toMatchObject({
      name: 'TypeError',
    });
  });
});

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

describe('code cache', () => {
  it('a source that was seen before is not compiled again, and means the same', () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyz'];
    // Single-character names, strings, nested functions and a class, over a kilobyte.
    const source = `export const seed = '${Math.random()}';
      export const o = {${letters.map((c) => `${c}: '${c.toUpperCase()}'`)}};
      export class K { #p = 1; get p() { return this.#p + o.a; } static s = [${letters.map((c) => `'${c}'`)}]; }
      export const text = Object.entries(o).flat().join('') + new K().p + K.s.join('');
      // ${'padding '.repeat(100)}`;
    const results = Array.from({ length: 3 }, () => {
      const before = getProcessStats().codeCacheHits;
      const runtime = make();
      runtime.addModule('main', source);
      const { text, seed } = runtime.evalModule('main');
      return { text, seed, hits: getProcessStats().codeCacheHits - before };
    });
    const text = `${letters.map((c) => c + c.toUpperCase()).join('')}1A${letters.join('')}`;
    expect(results.map((r) => r.text)).toEqual([text, text, text]);
    expect(new Set(results.map((r) => r.seed)).size).toBe(1);
    expect(results.map((r) => r.hits)).toEqual([0, 0, 1]);
    expect(getProcessStats().codeCacheBytes).toBeGreaterThan(source.length);
  });
});
