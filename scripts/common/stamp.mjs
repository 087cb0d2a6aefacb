// "Is this output newer than what it was made of?", answered from names, sizes and times of the inputs.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * @param {string} root
 * @param {string[]} inputs files or folders, relative to root
 * @param {string[]} extra anything else the output depends on
 */
export function fingerprint(root, inputs, extra = []) {
  const hash = createHash('sha256');
  for (const part of extra) hash.update(`${part}\0`);
  for (const input of inputs) addPath(hash, root, input);
  return hash.digest('hex');
}

/** @param {import('node:crypto').Hash} hash @param {string} root @param {string} path */
function addPath(hash, root, path) {
  const full = join(root, path);
  const stat = statSync(full, { throwIfNoEntry: false });
  if (stat?.isDirectory()) {
    for (const name of readdirSync(full).sort()) addPath(hash, root, `${path}/${name}`);
  } else {
    hash.update(stat ? `${path}\0${stat.size}\0${stat.mtimeMs}\0` : `${path}\0missing\0`);
  }
}

/** @param {string} file */
export function readStamp(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Readers see the old text or the new one, never half of it. @param {string} file @param {string | Uint8Array} data */
export function writeAtomically(file, data) {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, data);
  renameSync(temporary, file);
}
