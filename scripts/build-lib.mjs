// Builds dist/ from lib/: one CommonJS bundle, an ESM wrapper that re-exports it (so that every class exists once,
// however it is loaded), declarations for both, the command `isolet`, what cells run,
// and a copy of binding.gyp for `isolet build`.
// usage: node scripts/build-lib.mjs
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { packedDescription } from './common/description.mjs';
import { withSteadyModules } from './common/lazy-modules.mjs';
import { withLock } from './common/lock.mjs';
import { fingerprint, readStamp, writeAtomically } from './common/stamp.mjs';
import { streamFixes } from './common/stream-fixes.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const dist = join(root, 'dist');
const stampFile = join(dist, '.stamp');

const currentStamp = () =>
  fingerprint(root, [
    'lib',
    'types',
    'package.json',
    'package-lock.json',
    'binding.gyp',
    'tsconfig.json',
    'tsconfig.build.json',
    'scripts/build-lib.mjs',
    'scripts/common/stream-fixes.mjs',
    'scripts/common/lazy-modules.mjs',
  ]);

/** @type {import('esbuild').BuildOptions} */
const options = {
  absWorkingDir: root,
  entryPoints: ['lib/index.ts'],
  bundle: true,
  platform: 'node',
  target: 'node20',
  packages: 'external',
  write: false,
  logLevel: 'warning',
};

/** @param {import('esbuild').BuildOptions} more */
async function bundleCommonJs(more) {
  const { outputFiles } = await build({
    ...options,
    ...more,
    format: 'cjs',
    // CommonJS has no import.meta; __filename says the same.
    define: { 'import.meta.url': 'isoletModuleUrl' },
    banner: { js: "const isoletModuleUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
  for (const file of outputFiles ?? []) writeAtomically(file.path, file.contents);
}

const bundle = () => bundleCommonJs({ outfile: 'dist/index.cjs', sourcemap: 'linked' });

/** What a cell's process runs: as little as can be, for it stands between its start and its seal. */
const bundleCell = () => bundleCommonJs({ entryPoints: ['lib/cells/inside.ts'], outfile: 'dist/cell.cjs' });

/** The names lib/index.ts exports, found without running it. */
async function exportedNames() {
  const { metafile } = await build({ ...options, format: 'esm', outfile: 'dist/index.mjs', metafile: true });
  const names = Object.values(metafile?.outputs ?? {}).flatMap((output) => output.exports);
  if (names.length === 0) throw new Error('lib/index.ts exports nothing');
  return names.sort();
}

async function wrapForImport() {
  const names = await exportedNames();
  // The name of the function `eval` may be exported but not declared.
  const declared = names.map((name) => (name === 'eval' ? 'eval: evalInDefault' : name)).join(',\n  ');
  const exported = names.map((name) => (name === 'eval' ? 'evalInDefault as eval' : name)).join(',\n  ');
  const lines = [
    "import isolet from './index.cjs';",
    `const {\n  ${declared},\n} = isolet;`,
    `export {\n  ${exported},\n};`,
    '',
  ];
  writeAtomically(join(dist, 'index.js'), lines.join('\n'));
}

/**
 * The licences that must stay with the code of packages, which do not bring them in their files.
 * @param {string[]} files one in the folder of each package
 */
function licensesOf(files) {
  const texts = files.map((name) => {
    const folder = dirname(require.resolve(name));
    const file = readdirSync(folder).find((entry) => /^licen[sc]e/i.test(entry));
    if (!file) throw new Error(`${folder} has no licence`);
    return `${dirname(name)}\n\n${readFileSync(join(folder, file), 'utf8').trim()}`;
  });
  return `/*!\n${texts.join('\n\n')}\n*/\n`;
}

/**
 * What runs inside guests: one script whose value is what lib/guest/<name>.ts exports.
 * @param {string} name
 * @param {(code: string) => string} [finish]
 * @param {import('esbuild').BuildOptions} [more]
 */
async function bundleForGuests(name, finish = (/** @type {string} */ code) => code, more = {}) {
  const { outputFiles } = await build({
    ...more,
    absWorkingDir: root,
    entryPoints: [`lib/guest/${name}.ts`],
    bundle: true,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    plugins: [streamFixes],
    target: 'es2022',
    format: 'iife',
    globalName: 'exported',
    minifyWhitespace: true,
    minifySyntax: true,
    // Guests see the names of classes.
    minifyIdentifiers: false,
    legalComments: 'inline',
    write: false,
    logLevel: 'warning',
  });
  const [file] = outputFiles ?? [];
  if (!file) throw new Error(`lib/guest/${name}.ts could not be bundled`);
  // A function around it keeps the name out of the guest's global scope.
  writeAtomically(join(dist, `guest-${name}.js`), `(() => {${finish(file.text)}return exported;})()\n`);
}

/** Its code looks for the platform in globals, which are the guest's. */
const bundleEncodings = () =>
  bundleForGuests('legacy-encodings', (code) => licensesOf(['@exodus/bytes/utf8.js']) + code, {
    conditions: ['react-native'],
    define: { globalThis: 'noGlobals' },
    inject: ['lib/guest/no-globals.ts'],
  });

/** Without the encodings that are for documents that are not UTF-8. */
const bundleUrlParser = () =>
  bundleForGuests(
    'whatwg-url',
    (code) => licensesOf(['whatwg-url/package.json', 'tr46/package.json', 'punycode/package.json']) + code,
    {
      inject: ['lib/guest/whatwg-url-text.ts'],
      alias: {
        '@exodus/bytes/encoding.js': './lib/guest/whatwg-url-text.ts',
        '@exodus/bytes/whatwg.js': './lib/guest/whatwg-url-text.ts',
      },
    },
  );

/** The command `isolet`, which loads the library like any program: by its name, and only when a guest is to run. */
async function bundleCommand() {
  const { outputFiles } = await build({
    ...options,
    entryPoints: ['lib/cli/main.ts'],
    outfile: 'dist/cli.js',
    format: 'esm',
    external: ['isolet'],
    banner: { js: '#!/usr/bin/env node' },
  });
  for (const file of outputFiles ?? []) writeAtomically(file.path, file.contents);
  chmodSync(join(dist, 'cli.js'), 0o755);
}

function declare() {
  const types = join(dist, 'types');
  rmSync(types, { recursive: true, force: true });
  const tsc = require.resolve('typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error('tsc could not write the declarations');
  for (const name of readdirSync(types, { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.d.ts')) useJsSpecifiers(join(types, name));
  }
  // Declarations of one kind serve both entries: the types a program gets by import and by require are the same.
  writeAtomically(join(types, 'package.json'), '{ "type": "commonjs" }\n');
  for (const entry of ['index.d.ts', 'index.d.cts']) {
    writeAtomically(join(dist, entry), "export * from './types/index.js';\n");
  }
}

/** The types of a guest's globals, and of its handlers: for those who write functions. */
function declareGuest() {
  rmSync(join(dist, 'guest'), { recursive: true, force: true });
  cpSync(join(root, 'types/guest'), join(dist, 'guest'), { recursive: true });
  // As above.
  writeAtomically(join(dist, 'guest/package.json'), '{ "type": "commonjs" }\n');
}

/** tsc leaves './x.ts' in declarations, which not every consumer's settings allow. @param {string} file */
function useJsSpecifiers(file) {
  const text = readFileSync(file, 'utf8');
  writeAtomically(file, text.replace(/(from |import\()(['"])(\.{1,2}\/[^'"]+)\.ts\2/g, '$1$2$3.js$2'));
}

if (readStamp(stampFile) !== currentStamp()) {
  mkdirSync(dist, { recursive: true });
  await withLock(join(root, 'build', 'lib.lock'), async () => {
    const stamp = currentStamp();
    if (readStamp(stampFile) === stamp) return;
    await Promise.all([
      bundle(),
      bundleCell(),
      wrapForImport(),
      bundleForGuests('streams'),
      bundleForGuests('check'),
      bundleForGuests('web', withSteadyModules),
      bundleEncodings(),
      bundleUrlParser(),
      bundleCommand(),
    ]);
    declare();
    declareGuest();
    writeAtomically(join(root, packedDescription), readFileSync(join(root, 'binding.gyp')));
    writeAtomically(stampFile, stamp);
  });
}
