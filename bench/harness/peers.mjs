// The other libraries. They live in bench/peers/build/node-MAJOR, one folder per Node major because isolated-vm's
// releases and binaries belong to one. Parent side: installPeers; child side: loadPeer.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeGyp } from './native.mjs';
import { Unavailable } from './unavailable.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'peers');
const prefixFor = (major) => join(folder, 'build', `node-${major}`);

export function installPeers(target) {
  const { dependencies, isolatedVm } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const prefix = prefixFor(target.major);
  mkdirSync(prefix, { recursive: true });
  const wanted = { ...dependencies, 'isolated-vm': isolatedVm[target.major] };
  writeFileSync(join(prefix, 'package.json'), JSON.stringify({ private: true, dependencies: wanted }, null, 2));
  // Scripts are off: isolated-vm's only builds it, and that is done below with headers that fit the measured Node.
  const options = ['install', '--prefix', prefix, '--ignore-scripts', '--no-audit', '--no-fund'];
  const npm = spawnSync('npm', options, { cwd: prefix, encoding: 'utf8' });
  if (npm.status !== 0) throw new Error(`npm install failed in ${prefix}:\n${npm.stdout}${npm.stderr}`);
  const home = join(prefix, 'node_modules', 'isolated-vm');
  const load = ['--no-node-snapshot', '-e', `require(${JSON.stringify(home)})`];
  if (spawnSync(target.path, load).status !== 0) nodeGyp(home, target);
  const check = spawnSync(target.path, load, { encoding: 'utf8' });
  if (check.status !== 0) throw new Error(`isolated-vm does not load in Node ${target.version}:\n${check.stderr}`);
}

export function loadPeer(name) {
  const prefix = prefixFor(process.versions.node.split('.')[0]);
  if (!existsSync(join(prefix, 'node_modules', name)))
    throw new Unavailable('not installed (npm run bench -- --peers)');
  return createRequire(join(prefix, 'package.json'))(name);
}

export function peerVersions(target) {
  const versions = {};
  for (const name of ['isolated-vm', 'quickjs-emscripten']) {
    const file = join(prefixFor(target.major), 'node_modules', name, 'package.json');
    if (existsSync(file)) versions[name] = JSON.parse(readFileSync(file, 'utf8')).version;
  }
  return versions;
}
