import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { program } from '../exit/support.ts';

const folder = fileURLToPath(new URL('../../lib/', import.meta.url));

/** Every name of something that may be left out, wherever the library reads it: options, fields, parts of answers. */
function optionalNames(): string[] {
  const names = new Set<string>();
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    for (const [, name] of readFileSync(folder + file, 'utf8').matchAll(/^ *(?:readonly )?(\w+)\?: /gm)) {
      names.add(name as string);
    }
  }
  return [...names].sort();
}

describe('an enumerable property on Object.prototype is no option', () => {
  it('whatever its name is, everything that takes options does what it does without it', async () => {
    const names = optionalNames();
    expect(names).toEqual(
      expect.arrayContaining(['timeout', 'snapshot', 'mode', 'tier', 'detailed', 'drain', 'cause']),
    );
    const others = ['get', 'set', 'value', 'writable', 'enumerable', 'configurable', 'handler', 'message'];
    const ended = await program('', {
      args: ['test/options/polluted-prototype.mjs', ...names, ...others],
      timeout: 120_000,
    });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const { expected, different } = JSON.parse(ended.stdout);
    expect(different).toEqual([]);
    expect(Object.keys(expected).length).toBeGreaterThan(20);
    expect(expected).toMatchObject({ runtime: '2', 'a platform': expect.stringContaining('function') });
  });

  it('and an object of the host is no promise because all objects have `then`', async () => {
    const ended = await program(`
      const { Runtime, RuntimePool } = require('isolet');
      const runtime = new Runtime();
      runtime.bindFunction('f', () => ({ a: 1 }));
      runtime.bindFunction('g', () => [1], { mode: 'sync' });
      runtime.setModuleLoader((url) => ({ source: 'export default ' + JSON.stringify(url) }));
      Object.prototype.then = () => { throw new Error('called') };
      const out = [runtime.eval('f().a'), runtime.eval('g()[0]'), runtime.evalModule('app:x').default];
      delete Object.prototype.then;
      console.log(JSON.stringify(out));
    `);
    expect(ended).toMatchObject({ code: 0, stderr: '', stdout: '[1,1,"app:x"]\n' });
  });
});
