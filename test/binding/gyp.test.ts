import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { buildDescription } = (await import(new URL('../../scripts/common/description.mjs', import.meta.url).href)) as {
  buildDescription(root: string): string;
};

const folder = mkdtempSync(join(tmpdir(), 'isolet-gyp-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sources = (): string[] =>
  readdirSync(join(root, 'native'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.cc'))
    .map((name) => `native/${name.replaceAll('\\', '/')}`)
    .sort();

// Compiling takes minutes and is what `npm run test:pack -- --from-source` does. On Windows a link to a folder needs rights
// that a user may not have.
test.skipIf(process.platform === 'win32')(
  'in a clone node-gyp finds the addon and all its sources by itself',
  () => {
    const clone = join(folder, 'clone');
    for (const name of ['binding.gyp', 'package.json', 'native', 'scripts']) {
      cpSync(join(root, name), join(clone, name), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
    const gyp = join(root, 'node_modules/node-gyp/bin/node-gyp.js');
    const nodedir = dirname(dirname(process.execPath));
    const { status, stderr } = spawnSync(process.execPath, [gyp, 'configure', `--nodedir=${nodedir}`], {
      cwd: clone,
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    const made = readFileSync(join(clone, 'build/isolet.target.mk'), 'utf8');
    const objects = [...made.matchAll(/\/(native\/\S+)\.o\b/g)].map(([, path]) => `${path}.cc`);
    expect([...new Set(objects)].sort()).toEqual(sources());
  },
  120_000,
);

test('what is published has no binding.gyp in its root, for npm would run it, and one under another name to build from', () => {
  const options = { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' } as const;
  const { stdout, stderr } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], options);
  const [first] = Object.values(JSON.parse(stdout.slice(stdout.search(/^[[{]/m)))) as { files: { path: string }[] }[];
  const files = first?.files.map(({ path }) => path) ?? [];
  expect(files, stderr).toContain('native/addon.cc');
  expect(files).toContain('dist/addon.gyp');
  expect(files.filter((path) => path.endsWith('binding.gyp'))).toEqual([]);
  expect(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).toMatchObject({ gypfile: false });

  expect(buildDescription(root)).toBe('binding.gyp');
  const installed = join(folder, 'installed');
  cpSync(join(root, 'dist/addon.gyp'), join(installed, 'dist/addon.gyp'));
  expect(buildDescription(installed)).toBe('dist/addon.gyp');
  expect(readFileSync(join(installed, 'dist/addon.gyp'))).toEqual(readFileSync(join(root, 'binding.gyp')));
});
