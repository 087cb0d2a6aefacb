import { JavaScriptError, ModuleError, SnapshotBuilder, TimeoutError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from './support.ts';

const { make } = useRuntimes();

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
    expect(runtime.eval('1 + 1', { timeout: 60_000 })).toBe(2);
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
