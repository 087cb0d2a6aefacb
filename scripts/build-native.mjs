// Builds the addon into build/abi<N>/isolet.node, on Linux with the launcher of cells beside it. Prints nothing on stdout; takes a blink when nothing changed.
// usage: node scripts/build-native.mjs [--node <prefix with bin/node and include/node>] [--sanitize address,undefined]
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findCompilers } from './common/compilers.mjs';
import { buildDescription } from './common/description.mjs';
import { withLock } from './common/lock.mjs';
import { fingerprint, readStamp, writeAtomically } from './common/stamp.mjs';
import { findTarget } from './common/target.mjs';
import { findBuildTools } from './common/tools.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: args } = parseArgs({
  options: { node: { type: 'string' }, sanitize: { type: 'string', default: '' } },
});

const target = findTarget(args.node);
const variant = args.sanitize ? `-${args.sanitize.replaceAll(',', '-')}` : '';
const folder = join(root, 'build', `abi${target.abi}${variant}`);
const made = process.platform === 'linux' ? ['isolet.node', 'isolet-launcher'] : ['isolet.node'];
const stampFile = join(folder, 'stamp');
const configuredFile = join(folder, 'configured');

const description = buildDescription(root);
const tools = findBuildTools(root);
const toolStamp = [
  tools.version,
  target.version,
  target.nodedir ?? '',
  process.platform,
  process.arch,
  process.env.CXX ?? '',
];

function currentStamp() {
  return fingerprint(root, ['native', description], toolStamp);
}

/** What makes another makefile necessary: the build description and the set of files, not their content. */
function currentConfiguration() {
  const { stdout, status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/list-native-sources.mjs')], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return [...toolStamp, readFileSync(join(root, description), 'utf8'), stdout].join('\n');
}

function buildEnvironment() {
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, NODE_PATH: tools.modules };
  // For node-gyp these would win over its own parameters.
  for (const name of Object.keys(env)) {
    if (/^npm_(config|package_config_node_gyp)_(nodedir|target|loglevel)$/i.test(name)) delete env[name];
  }
  Object.assign(env, findCompilers());
  return env;
}

/** @param {string[]} parameters */
function nodeGyp(parameters) {
  const common = ['-C', folder, '--loglevel=warn', '--isolet-root=../..', `--target=${target.version}`];
  if (args.sanitize) common.push(`--isolet-sanitize=${args.sanitize}`);
  if (target.nodedir) common.push(`--nodedir=${target.nodedir}`);
  const { status, error } = spawnSync(process.execPath, [tools.nodeGyp, ...parameters, ...common], {
    cwd: root,
    env: buildEnvironment(),
    stdio: ['ignore', 2, 2],
  });
  if (error) throw error;
  if (status !== 0) {
    console.error(`node-gyp ${parameters[0]} failed for Node ${target.version} (ABI ${target.abi})`);
    process.exit(status ?? 1);
  }
}

const isMade = (/** @type {string} */ stamp) =>
  made.every((name) => existsSync(join(folder, name))) && readStamp(stampFile) === stamp;

function build() {
  const stamp = currentStamp();
  if (isMade(stamp)) return;
  console.error(`building isolet.node for Node ${target.version} (ABI ${target.abi})`);
  mkdirSync(folder, { recursive: true });
  const configuration = currentConfiguration();
  if (!existsSync(join(folder, 'build')) || readStamp(configuredFile) !== configuration) {
    copyFileSync(join(root, description), join(folder, 'binding.gyp'));
    nodeGyp(['configure']);
    writeAtomically(configuredFile, configuration);
  }
  nodeGyp(['build', '--jobs=2']);
  // A process that has the old file loaded keeps it: the name moves, the bytes do not change.
  for (const name of made) {
    const output = join(folder, name);
    copyFileSync(join(folder, 'build/Release', name), `${output}.tmp`);
    renameSync(`${output}.tmp`, output);
  }
  writeAtomically(stampFile, stamp);
}

if (!isMade(currentStamp())) {
  await withLock(join(root, 'build', `abi${target.abi}${variant}.lock`), build);
}
