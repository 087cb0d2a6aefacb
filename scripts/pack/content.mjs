// What the tarball holds, how much of it, and what must not be there.
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { check } from './report.mjs';

/** @param {string} root @param {string} folder @returns {string} the tarball */
export function pack(root, folder) {
  const { status, stdout, stderr } = spawnSync('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(stderr);
  const listing = JSON.parse(stdout.slice(stdout.search(/^[[{]/m)));
  const [first] = Array.isArray(listing) ? listing : Object.values(listing);
  return join(folder, first.filename);
}

/** Names, sizes and content of a tar file. @param {string} tarball */
function entriesOf(tarball) {
  const bytes = gunzipSync(readFileSync(tarball));
  /** @type {Map<string, Buffer>} */
  const entries = new Map();
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0; ) {
    const text = (/** @type {number} */ from, /** @type {number} */ length) =>
      bytes.toString('utf8', at + from, at + from + length).replace(/\0.*$/s, '');
    const size = Number.parseInt(text(124, 12), 8);
    const name = [text(345, 155), text(0, 100)]
      .filter(Boolean)
      .join('/')
      .replace(/^package\//, '');
    if (text(156, 1) === '0') entries.set(name, bytes.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return entries;
}

/** @param {string} tarball */
export function checkContent(tarball) {
  const entries = entriesOf(tarball);
  printWeights(entries, statSync(tarball).size);
  check('has no install script', () => {
    const { scripts = {}, gypfile } = JSON.parse(String(entries.get('package.json')));
    const found = ['preinstall', 'install', 'postinstall'].filter((name) => name in scripts);
    if (found.length > 0) throw new Error(`package.json has ${found.join(', ')}`);
    if (entries.has('binding.gyp') || gypfile !== false) throw new Error('npm would build it on install');
  });
  check('has what it needs and nothing else', () => {
    const needed = [
      'dist/index.cjs',
      'dist/index.js',
      'dist/index.d.ts',
      'dist/index.d.cts',
      'dist/cli.js',
      'dist/cell.cjs',
    ];
    needed.push(
      'dist/guest/index.d.ts',
      'dist/addon.gyp',
      'native/addon.cc',
      'scripts/build-native.mjs',
      'README.md',
      'LICENSE',
    );
    const missing = needed.filter((name) => !entries.has(name));
    if (missing.length > 0) throw new Error(`lacks ${missing.join(', ')}`);
    const known = /^(dist|docs|examples|native|prebuilds|scripts)\/|^(package\.json|LICENSE|(?:[\w/]+\/)?[A-Z]+\.md)$/;
    const strange = [...entries.keys()].filter((name) => !known.test(name) || /\.(tmp|o|tgz)$|\/\.stamp$/.test(name));
    if (strange.length > 0) throw new Error(`has ${strange.join(', ')}`);
  });
  check('says nothing about the machine it was built on', () => {
    const cwd = Buffer.from(process.cwd());
    const telling = [...entries].filter(([, content]) => content.includes(cwd)).map(([name]) => name);
    if (telling.length > 0) throw new Error(`${process.cwd()} stands in ${telling.join(', ')}`);
  });
}

/** @param {Map<string, Buffer>} entries @param {number} packed */
function printWeights(entries, packed) {
  /** @type {Map<string, { files: number, bytes: number }>} */
  const groups = new Map();
  for (const [name, { length }] of entries) {
    const key = name.startsWith('prebuilds/') ? name : name.includes('/') ? `${name.split('/')[0]}/` : name;
    const group = groups.get(key) ?? { files: 0, bytes: 0 };
    groups.set(key, { files: group.files + 1, bytes: group.bytes + length });
  }
  const kibibytes = (/** @type {number} */ bytes) => `${(bytes / 1024).toFixed(0).padStart(6)} KiB`;
  for (const [name, { files, bytes }] of groups) {
    console.log(`${kibibytes(bytes)}  ${name}${files > 1 ? ` (${files} files)` : ''}`);
  }
  const total = [...entries.values()].reduce((sum, { length }) => sum + length, 0);
  console.log(`${kibibytes(total)}  in ${entries.size} files, ${kibibytes(packed).trim()} packed`);
}
