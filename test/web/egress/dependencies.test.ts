import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isolet-egress-'));
  const own = join(folder, 'node_modules/isolet');
  mkdirSync(own, { recursive: true });
  cpSync(join(root, 'package.json'), join(own, 'package.json'));
  const needed = (file: string) => !/types|\.map$/.test(file.slice(root.length));
  cpSync(join(root, 'dist'), join(own, 'dist'), { recursive: true, filter: needed });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a program in a project without further packages prints. */
function run(program: string): unknown {
  const addons = join(root, 'build', `abi${process.versions.modules}`);
  const addon = readdirSync(addons).find((name) => name.endsWith('.node')) as string;
  const env = { ...process.env, ISOLET_ADDON: join(addons, addon) };
  writeFileSync(join(folder, 'main.cjs'), program);
  return JSON.parse(execFileSync(process.execPath, ['main.cjs'], { cwd: folder, env, encoding: 'utf8' }));
}

function install(...names: string[]): void {
  for (const name of names) {
    cpSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), { recursive: true });
  }
}

const tell = `
  const { egress, IsoletError } = require('isolet');
  try { egress(); console.log('"made"'); }
  catch ({ code, message, packages, constructor }) { console.log(JSON.stringify({ code, message, packages, is: constructor.prototype instanceof IsoletError })); }`;

test('packages that are missing are named, with what to install', () => {
  expect(run(tell)).toEqual({
    code: 'ERR_ISOLET_DEPENDENCY',
    message:
      'egress() needs undici and ipaddr.js, which are not installed. Install them: npm install undici@7 ipaddr.js@2',
    packages: ['undici', 'ipaddr.js'],
    is: true,
  });
});

test('a package that is missing beside the other is the only one that is named', () => {
  install('ipaddr.js');
  expect(run(tell)).toMatchObject({
    message: 'egress() needs undici, which is not installed. Install it: npm install undici@7',
    packages: ['undici'],
  });
});

test('neither is loaded before it is used', () => {
  install('undici', 'ipaddr.js');
  const loaded = run(`
    const { egress } = require('isolet');
    const count = () => Object.keys(require.cache).filter((file) => /undici|ipaddr/.test(file)).length;
    const before = count();
    egress();
    console.log(JSON.stringify([before, count() > 1]));`);
  expect(loaded).toEqual([0, true]);
});
