// clang-tidy over native/, every warning an error. Prints what it finds and `N files, N with findings`.
// usage: node scripts/clang-tidy.mjs [--changed [BASE]] [file ...]
//   --changed  only .cc files that differ from BASE (main); a header is looked at through the files that include it
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findTarget } from './common/target.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: { changed: { type: 'boolean', default: false } },
});
const folder = join(root, 'build/clang-tidy');

if (spawnSync('clang-tidy', ['--version']).status !== 0) {
  console.error('clang-tidy is not installed (apt-get install clang-tidy)');
  process.exit(1);
}
configure();
const files = choose();
const found = await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
const bad = found.flat();
console.log(`${files.length} files, ${bad.length} with findings`);
process.exitCode = bad.length > 0 ? 1 : 0;

/** compile_commands.json, through cmake. */
function configure() {
  const parameters = ['-S', root, '-B', folder, '-DCMAKE_EXPORT_COMPILE_COMMANDS=ON'];
  const { nodedir } = findTarget(undefined);
  if (nodedir) parameters.push(`-DCMAKE_JS_INC=${join(nodedir, 'include/node')}`);
  const { status, stderr } = spawnSync('cmake', parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

function choose() {
  /** @type {{ file: string }[]} */
  const commands = JSON.parse(readFileSync(join(folder, 'compile_commands.json'), 'utf8'));
  const all = commands.map(({ file }) => file).filter((file) => relative(root, file).startsWith('native/'));
  if (args.changed) {
    const base = positionals[0] ?? 'main';
    const { stdout } = spawnSync('git', ['diff', '--name-only', base], { cwd: root, encoding: 'utf8' });
    const changed = new Set(stdout.split('\n').map((name) => join(root, name)));
    return [...new Set(all)].filter((file) => changed.has(file));
  }
  if (positionals.length === 0) return [...new Set(all)];
  return positionals.map((name) => join(process.cwd(), name)).filter((file) => existsSync(file));
}

/** @returns {Promise<string[]>} the files with findings */
async function work() {
  const bad = [];
  for (let file = files[next()]; file; file = files[next()]) {
    if (!(await check(file))) bad.push(file);
  }
  return bad;
}

function next() {
  next.at = (next.at ?? -1) + 1;
  return next.at;
}
next.at = /** @type {number | undefined} */ (undefined);

/** @param {string} file @returns {Promise<boolean>} */
function check(file) {
  return new Promise((resolve) => {
    const tool = spawn('clang-tidy', ['-p', folder, '--quiet', file], { stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    tool.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    tool.on('close', (code) => {
      if (code !== 0) console.log(`${relative(root, file)}\n${output}`);
      resolve(code === 0);
    });
  });
}
