import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from './support.ts';

const { make } = useRuntimes();

describe('import.meta.resolve', () => {
  it('answers the URL that an import would lead to', () => {
    const runtime = make();
    runtime.addModule('tools/name', '');
    runtime.addModule('node:fs', '');
    runtime.addModule(
      'lib/main',
      `export default ['tools/name', './x', '../x', '/x/y.js', 'node:fs', 'https://a.example/b'].map(import.meta.resolve)`,
    );
    expect(runtime.evalModule('lib/main')).toEqual({
      default: ['isolet:/tools/name', 'isolet:/lib/x', 'isolet:/x', 'isolet:/x/y.js', 'node:fs', 'https://a.example/b'],
    });
  });

  it('refuses a bare name that is not registered, as browsers and Node do', () => {
    const runtime = make();
    runtime.addModule(
      'main',
      `let code, message; try { import.meta.resolve('missing'); } catch (e) { ({ code, message } = e); }
       export { code, message };`,
    );
    expect(runtime.evalModule('main')).toEqual({
      code: 'ERR_ISOLET_MODULE_NOT_FOUND',
      message: "Cannot find module 'missing' imported from isolet:/main: no module is registered under that name",
    });
  });

  it('asks the resolver, which is told who asks', async () => {
    const runtime = make();
    const asked: unknown[] = [];
    runtime.setModuleResolver((specifier, referrer, { isEntry }) => {
      asked.push([specifier, referrer, isEntry]);
      return specifier === 'map' ? 'https://a.example/mapped.js' : null;
    });
    runtime.addModule('main', `export const of = (s) => import.meta.resolve(s); export const at = of('map');`);
    const { of, at } = (await runtime.evalModuleAsync('main')) as { of(specifier: unknown): string; at: string };
    expect(at).toBe('https://a.example/mapped.js');
    expect(of('./next')).toBe('isolet:/next');
    expect(asked).toEqual([
      ['main', null, true],
      ['map', 'isolet:/main', false],
      ['./next', 'isolet:/main', false],
    ]);
    expect(await failure(() => of('nothing'))).toMatchObject({ code: 'ERR_ISOLET_MODULE_NOT_FOUND' });
  });

  it('joins with a URL of the host', () => {
    const runtime = make();
    runtime.setModuleLoader(() => `export default [import.meta.resolve('./b?q'), import.meta.resolve('/c')]`);
    expect(runtime.evalModule('https://a.example/x/y.js')).toEqual({
      default: ['https://a.example/x/b?q', 'https://a.example/c'],
    });
  });

  it('fails with what the resolver threw, and cannot wait for one that is asynchronous', async () => {
    const runtime = make();
    const cause = new Error('not today');
    runtime.setModuleResolver((specifier) => {
      if (specifier === 'throws') throw cause;
      return specifier === 'waits' ? Promise.resolve('x:y') : null;
    });
    runtime.addModule('main', 'export const of = (s) => import.meta.resolve(s);');
    const { of } = runtime.evalModule('main') as { of(specifier: string): string };
    const error = await failure(() => of('throws'));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_MODULE', specifier: 'throws', referrer: 'isolet:/main' });
    expect(error.cause).toBe(cause);
    expect((await failure(() => of('waits'))).message).toContain(
      "The resolver is asynchronous, and import.meta.resolve can't wait for it.",
    );
  });

  it('converts what it is given, and has the shape of the standard', async () => {
    const runtime = make();
    runtime.addModule('7', '');
    runtime.addModule(
      'main',
      `export const of = (s) => import.meta.resolve(s);
       const { name, length } = import.meta.resolve;
       export const shape = [name, length, Object.keys(import.meta).join(), 'prototype' in import.meta.resolve];
       export const seven = import.meta.resolve({ toString: () => '7' });`,
    );
    const { of, shape, seven } = runtime.evalModule('main') as { of(s: unknown): string; [name: string]: unknown };
    expect(shape).toEqual(['resolve', 1, 'url,resolve', false]);
    expect(seven).toBe('isolet:/7');
    expect(await failure(() => of('x'.repeat(8193)))).toMatchObject({ name: 'RangeError' });
    expect(await failure(() => runtime.eval('throw import.meta'))).toMatchObject({ name: 'SyntaxError' });
  });
});
