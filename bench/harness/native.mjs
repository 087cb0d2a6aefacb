// Builds the floor addon for one Node and loads it. Parent side: buildFloor; child side: loadFloor.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'native');
const require = createRequire(import.meta.url);

const addonPath = (abi) => join(folder, 'build', `abi-${abi}`, 'floor.node');

/** The folder with `include/node` that belongs to a Node binary, or undefined: node-gyp then downloads headers. */
export function headersOf(nodePath) {
  const root = dirname(dirname(nodePath));
  return existsSync(join(root, 'include', 'node', 'node.h')) ? root : undefined;
}

/** Runs the project's node-gyp in `cwd` for another Node; throws with what it printed. */
export function nodeGyp(cwd, target) {
  const gyp = require.resolve('node-gyp/bin/node-gyp.js');
  const headers = headersOf(target.path);
  const options = headers ? [`--nodedir=${headers}`] : [];
  const result = spawnSync(
    process.execPath,
    [gyp, 'configure', 'build', '--release', `--target=${target.version}`, ...options],
    { cwd, encoding: 'utf8' },
  );
  if (result.status !== 0) throw new Error(`node-gyp failed in ${cwd}:\n${result.stdout}${result.stderr}`);
}

export function buildFloor(target) {
  const output = addonPath(target.abi);
  const sources = readdirSync(folder).filter((name) => /\.(cc|h|gyp)$/.test(name));
  const newest = Math.max(...sources.map((name) => statSync(join(folder, name)).mtimeMs));
  if (existsSync(output) && statSync(output).mtimeMs >= newest) return;
  nodeGyp(folder, target);
  mkdirSync(dirname(output), { recursive: true });
  copyFileSync(join(folder, 'build', 'Release', 'floor.node'), output);
}

export function loadFloor() {
  return require(addonPath(process.versions.modules));
}
