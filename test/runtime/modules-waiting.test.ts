import { getProcessStats, ModuleError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { deferred, failure, useRuntimes } from './support.ts';

const { make } = useRuntimes();

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
