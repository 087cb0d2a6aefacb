import { type JsFunction, ModuleError, SnapshotBuilder } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from '../runtime/support.ts';

const { make, create } = useRuntimes();

/** A lone high and a lone low surrogate, apart, beside what takes two, three and four bytes. */
const odd = 'a\ud800é\udfff\ud7ff€\u{1f600}\ud83d';
/** The same inside an identifier is not possible: inside text of a program it is. */
const program = `"${odd}"`;

describe('lone surrogates', () => {
  it('in the text of a program', async () => {
    const runtime = make();
    expect(runtime.eval(program)).toBe(odd);
    expect(await runtime.evalAsync(program)).toBe(odd);
    expect(runtime.eval(`/${odd}/.source`)).toBe(odd);
    expect(runtime.eval(`(function f() { return ${program} }).toString()`)).toBe(`function f() { return ${program} }`);
    expect(make({ bootstrap: `var text = ${program}` }).eval('text')).toBe(odd);
    expect(make({ bootstrap: `var text = ${program}` }).eval('text')).toBe(odd);
  });

  it('halves that meet are one character again', () => {
    expect(make().eval('"\ud83d" + "\ude00"')).toBe('\u{1f600}');
  });

  it('in modules, their names, specifiers and URLs', async () => {
    const runtime = await create();
    runtime.addModule('main', `import { text } from './${odd}'; export { text }; export const url = import.meta.url;`);
    runtime.addModule(odd, `export const text = ${program}; export const url = import.meta.url;`);
    runtime.addModule('data', {
      source: JSON.stringify(odd).replace(/\\u(d[89a-f]..)/g, (_, hex) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      ),
      type: 'json',
    });
    runtime.addModule('text', { source: odd, type: 'text' });
    expect(runtime.evalModule('main')).toMatchObject({ text: odd });
    expect(runtime.evalModule(odd)).toMatchObject({ url: `isolet:/${odd}` });
    expect([runtime.evalModule('data'), runtime.evalModule('text')]).toMatchObject([
      { default: odd },
      { default: odd },
    ]);
    const asked: string[] = [];
    runtime.setModuleLoader((url) => {
      asked.push(url);
      return `export default ${program}`;
    });
    expect(await runtime.evalModuleAsync(`x:${odd}`)).toMatchObject({ default: odd });
    expect(asked).toEqual([`x:${odd}`]);
    runtime.setModuleLoader(null);
    const missing = await failure(() => runtime.evalModule(`none${odd}`));
    expect(missing).toBeInstanceOf(ModuleError);
    expect(missing).toMatchObject({ specifier: `none${odd}`, message: expect.stringContaining(odd) });
  });

  it('in names that are bound and removed', () => {
    const runtime = make();
    runtime.bindFunction(odd, () => 'called');
    runtime.bindObject(`${odd}2`, { [odd]: odd });
    expect(runtime.eval(`globalThis[${program}]()`)).toBe('called');
    expect(runtime.eval(`globalThis[${program}].name`)).toBe(odd);
    expect(runtime.eval(`globalThis[${program} + 2]`)).toEqual({ [odd]: odd });
    expect([runtime.unbind(odd), runtime.unbind(odd)]).toEqual([true, false]);
  });

  it('in names of functions, both ways', () => {
    const runtime = make();
    expect(runtime.eval<JsFunction>(`({ [${program}]() {} })[${program}]`).name).toBe(odd);
    expect(runtime.eval<JsFunction>('(f) => f.name')(Object.defineProperty(() => 1, 'name', { value: odd }))).toBe(odd);
  });

  it('in what is thrown, both ways, and in file names', async () => {
    const runtime = make();
    for (const run of [
      () => runtime.eval(`throw Object.assign(new Error(${program}), { name: ${program} })`, { filename: `${odd}.js` }),
      () =>
        runtime.evalAsync(`throw Object.assign(new Error(${program}), { name: ${program} })`, {
          filename: `${odd}.js`,
        }),
    ]) {
      const error = await failure(run);
      expect([error.message, error.name, (error.thrown as Error).message]).toEqual([odd, odd, odd]);
      expect(error.stack).toContain(`${odd}.js:1`);
      expect((error.frames as { fileName: string }[])[0]?.fileName).toBe(`${odd}.js`);
    }
    expect((await failure(() => runtime.eval(`throw ${program}`))).message).toContain(odd);
    expect((await failure(() => runtime.eval(`throw Symbol(${program})`))).message).toContain(odd);
    runtime.bindFunction('f', () => {
      throw new Error(odd);
    });
    expect(runtime.eval('try { f() } catch (error) { error.message }')).toBe(odd);
    expect((await failure(() => runtime.eval('f()'))).message).toBe(odd);
  });

  it('on the console, and as a reason to terminate', async () => {
    const lines: unknown[] = [];
    const runtime = make({ console: (_level, args) => lines.push(args) });
    runtime.eval(`console.log(${program}, { [${program}]: 1 }); console.log(Symbol(${program}))`);
    await expect.poll(() => lines.length).toBe(2);
    expect(lines).toEqual([[odd, { [odd]: 1 }], [`Symbol(${odd})`]]);
    runtime.terminate(odd);
    expect(runtime.terminationReason).toBe(odd);
  });

  it('in the scripts of a snapshot, and in a Runtime that comes from it', async () => {
    const snapshot = new SnapshotBuilder()
      .executeScript(`${odd}.js`, `var text = ${program}; var f = () => { throw new Error(text) }`)
      .build();
    const runtime = make({ snapshot });
    expect(runtime.eval('text')).toBe(odd);
    const error = await failure(() => runtime.eval('f()'));
    expect([error.message, (error.frames as { fileName: string }[])[0]?.fileName]).toEqual([odd, `${odd}.js`]);
  });

  it('text that is cut is not cut through a character', async () => {
    const runtime = make();
    // The limit for messages is 65,536 characters: a pair would stand on it.
    const error = await failure(() => runtime.eval(`throw new Error('x'.repeat(65535) + '\u{1f600}'.repeat(10))`));
    expect(error.message.replace(/\u{1f600}/gu, '')).not.toMatch(/[\ud800-\udfff]/);
  });
});
