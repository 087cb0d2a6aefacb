// The addon under sanitizers, compiled for speed of the build: a few bundles of sources instead of one compiler per
// file, because reading V8's headers and checking their inline functions is most of the work. Linux, g++.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCompilers } from './compilers.mjs';
import { withLock } from './lock.mjs';
import { fingerprint, readStamp, writeAtomically } from './stamp.mjs';
import { findTarget } from './target.mjs';
import { findBuildTools } from './tools.mjs';

const bundleCount = 8;
const jobs = 2;

const language = ['-std=gnu++20', '-fno-exceptions', '-fno-rtti', '-fvisibility=hidden', '-fPIC', '-pthread', '-w'];
// Null, alignment and object-size checks at every access double the time of the compiler and find what
// AddressSanitizer finds; the decoder, which reads strangers' bytes, is fuzzed with them (scripts/fuzz-decoder.mjs).
const checks = [
  '-fsanitize=address,undefined',
  '-fno-sanitize=vptr,null,alignment,object-size',
  '-fno-sanitize-recover=undefined',
  '-fno-omit-frame-pointer',
  '-O1',
  '-g1',
];
const defines = [
  '-DNAPI_VERSION=9',
  '-DNAPI_DISABLE_CPP_EXCEPTIONS',
  '-DNODE_ADDON_API_DISABLE_DEPRECATED',
  '-DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
];

/** @param {string} root @returns {Promise<string>} the addon's file for the running Node */
export async function buildSanitizedAddon(root) {
  const { abi, nodedir } = findTarget(undefined);
  if (!nodedir) throw new Error('no headers of this Node; run with npm_config_nodedir=<prefix>');
  const folder = join(root, 'build', `sanitized-abi${abi}`);
  const output = join(folder, 'isolet.node');
  const stampFile = join(folder, 'stamp');
  const current = () => fingerprint(root, ['native', 'scripts/common/sanitized-addon.mjs'], [nodedir]);
  await withLock(`${folder}.lock`, async () => {
    const stamp = current();
    if (readStamp(stampFile) === stamp) return;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    await build(root, folder, nodedir, output);
    writeAtomically(stampFile, stamp);
  });
  return output;
}

/** @param {string} root @param {string} folder @param {string} nodedir @param {string} output */
async function build(root, folder, nodedir, output) {
  const compiler = (findCompilers({ CC: 'gcc', CXX: 'g++' }).CXX ?? 'g++').split(' ');
  const system = [join(nodedir, 'include/node'), join(findBuildTools(root).modules, 'node-addon-api')];
  const include = ['-I', join(root, 'native'), ...system.flatMap((path) => ['-isystem', path])];
  const compile = (/** @type {string} */ source, /** @type {string} */ object) =>
    run(root, [...compiler, ...language, ...checks, ...defines, ...include, '-c', source, '-o', object]);

  const queue = bundles(root).map((sources, index) => ({ sources, index }));
  /** @type {string[]} */
  const objects = [];
  async function work() {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { sources, index } = next;
      const bundle = join(folder, `bundle${index}.cc`);
      writeFileSync(bundle, sources.map((source) => `#include "${source}"\n`).join(''));
      if ((await compile(bundle, `${bundle}.o`)) === '') {
        objects.push(`${bundle}.o`);
        continue;
      }
      // Two files of one bundle have the same name for different things, which is their right.
      console.error(`bundle ${index}: one file at a time`);
      for (const [at, source] of sources.entries()) {
        const object = `${bundle}.${at}.o`;
        const failure = await compile(source, object);
        if (failure !== '') throw new Error(failure);
        objects.push(object);
      }
    }
  }
  await Promise.all(Array.from({ length: jobs }, work));
  const link = [...compiler, '-shared', '-pthread', '-Wl,-z,nodelete', ...checks, ...objects.sort(), '-o', output];
  const failure = await run(root, link);
  if (failure !== '') throw new Error(failure);
}

/** Sources in bundles of about the same size, no two with the same private name in one. @param {string} root */
function bundles(root) {
  const { stdout } = spawnSync(process.execPath, [join(root, 'scripts/list-native-sources.mjs'), root], {
    encoding: 'utf8',
  });
  const made = Array.from({ length: bundleCount }, () => ({
    size: 0,
    names: new Set(),
    sources: /** @type {string[]} */ ([]),
  }));
  const sources = stdout.trim().split('\n');
  const texts = new Map(sources.map((source) => [source, readFileSync(source, 'utf8')]));
  const size = (/** @type {string} */ source) => texts.get(source)?.length ?? 0;
  for (const source of sources.sort((a, b) => size(b) - size(a))) {
    const names = privateNames(texts.get(source) ?? '');
    made.sort((a, b) => a.size - b.size);
    const fitting = made.find((bundle) => !names.some((name) => bundle.names.has(name))) ?? made[0];
    if (!fitting) continue;
    fitting.size += size(source);
    fitting.sources.push(source);
    for (const name of names) fitting.names.add(name);
  }
  return made.map((bundle) => bundle.sources.sort()).filter((bundle) => bundle.length > 0);
}

/** Names that a file declares in its unnamed namespace. @param {string} text */
function privateNames(text) {
  const names = [];
  for (const [, part = ''] of text.matchAll(/^namespace \{\n(.*?)^\} {2}\/\/ namespace\n/gms)) {
    const declaration = /^(?:(?:struct|class|using|enum class) (\w+)|[\w:<>*&, [\]]*?[ *&](\w+)(?=\(| = |\{|;|\[))/gm;
    for (const [, type, other] of part.matchAll(declaration)) names.push(type ?? other);
  }
  return names;
}

/** @param {string} cwd @param {string[]} command @returns {Promise<string>} what it said when it failed, or '' */
function run(cwd, [command = '', ...parameters]) {
  return new Promise((resolve) => {
    const tool = spawn(command, parameters, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    tool.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    tool.on('error', (error) => resolve(error.message));
    tool.on('close', (code) => resolve(code === 0 ? '' : `${command} ${parameters.join(' ')}\n${said}` || 'failed'));
  });
}
