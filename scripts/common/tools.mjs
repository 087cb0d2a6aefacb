// node-gyp and the headers of node-addon-api. In the repository they are development dependencies; an installed package
// fetches the same versions into its own build/tools/ when somebody builds from source, and never before.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { writeAtomically } from './stamp.mjs';

/**
 * @typedef {object} BuildTools
 * @property {string} nodeGyp file to run with node
 * @property {string} modules folder that holds node-addon-api
 * @property {string} version of node-addon-api
 */

/** @param {string} root of the package @returns {BuildTools} */
export function findBuildTools(root) {
  const wanted = wantedVersions(root);
  return toolsIn(root) ?? toolsIn(fetchTools(join(root, 'build/tools'), wanted), true) ?? missing();

  /** @param {string} folder @param {boolean} [own] @returns {BuildTools | undefined} */
  function toolsIn(folder, own = false) {
    try {
      const require = createRequire(join(folder, 'package.json'));
      const headers = dirname(require.resolve('node-addon-api/package.json'));
      const { version } = JSON.parse(readFileSync(join(headers, 'package.json'), 'utf8'));
      // A program that uses this package may have other versions for purposes of its own.
      if (!own && majorOf(version) !== majorOf(wanted['node-addon-api'])) return undefined;
      const gyp = require.resolve('node-gyp/package.json');
      if (!own && majorOf(JSON.parse(readFileSync(gyp, 'utf8')).version) !== majorOf(wanted['node-gyp']))
        return undefined;
      return { nodeGyp: join(dirname(gyp), 'bin/node-gyp.js'), modules: dirname(headers), version };
    } catch {
      return undefined;
    }
  }
}

/** @param {string} root @returns {Record<'node-gyp' | 'node-addon-api', string>} */
function wantedVersions(root) {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return { 'node-gyp': devDependencies['node-gyp'], 'node-addon-api': devDependencies['node-addon-api'] };
}

/** @param {string} range `^12.4.0` or `12.4.0` */
const majorOf = (range) => /\d+/.exec(range)?.[0];

/** @param {string} folder @param {Record<string, string>} wanted */
function fetchTools(folder, wanted) {
  if (existsSync(join(folder, 'node_modules/node-gyp/package.json'))) return folder;
  const packages = Object.entries(wanted).map(([name, range]) => `${name}@${range.replace(/^\D+/, '')}`);
  console.error(`fetching ${packages.join(' and ')} into ${folder}`);
  mkdirSync(folder, { recursive: true });
  writeAtomically(join(folder, 'package.json'), '{ "private": true }\n');
  const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', ...packages];
  /** @type {import('node:child_process').SpawnSyncOptions} */
  const options = { cwd: folder, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' };
  const { status, error } = spawnSync('npm', install, options);
  if (status !== 0) throw new Error(`npm could not install ${packages.join(' ')}`, { cause: error });
  return folder;
}

/** @returns {never} */
function missing() {
  throw new Error('node-gyp and node-addon-api are not where npm should have put them');
}
