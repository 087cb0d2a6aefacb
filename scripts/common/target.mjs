// Which Node to build for, and where its headers are.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * @typedef {object} Target
 * @property {string} version without the v
 * @property {string} abi `process.versions.modules` of that Node
 * @property {string | undefined} nodedir folder that holds include/node; undefined: node-gyp finds or fetches headers
 */

/** @param {string | undefined} prefix install folder of another Node; undefined: the running one @returns {Target} */
export function findTarget(prefix) {
  if (prefix !== undefined) {
    const nodedir = resolve(prefix);
    const headers = readHeaders(nodedir);
    if (!headers) throw new Error(`no include/node/node_version.h in ${nodedir}`);
    return { ...headers, nodedir };
  }
  const version = process.versions.node;
  const abi = process.versions.modules;
  // npm hands its own `nodedir` setting down; it counts only when it is about this Node.
  const candidates = [process.env.npm_config_nodedir, dirname(dirname(process.execPath))];
  const nodedir = candidates.find((dir) => dir && readHeaders(dir)?.version === version);
  return { version, abi, nodedir };
}

/** @param {string} nodedir prefix that holds include/node; undefined: there is none */
export function readHeaders(nodedir) {
  const file = join(nodedir, 'include/node/node_version.h');
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  const number = (/** @type {string} */ name) => text.match(new RegExp(`#define ${name} (\\d+)`))?.[1] ?? '?';
  return {
    version: `${number('NODE_MAJOR_VERSION')}.${number('NODE_MINOR_VERSION')}.${number('NODE_PATCH_VERSION')}`,
    abi: number('NODE_MODULE_VERSION'),
  };
}
