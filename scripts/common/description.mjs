// Where the description of the addon's build is: in the repository's root, where everybody looks for it. In the published
// package, where npm would take it for an install script, under another name.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Made from binding.gyp by scripts/build-lib.mjs. */
export const packedDescription = 'dist/addon.gyp';

/** @param {string} root @returns {string} relative to `root` */
export function buildDescription(root) {
  const found = ['binding.gyp', packedDescription].find((file) => existsSync(join(root, file)));
  if (!found) throw new Error(`neither binding.gyp nor ${packedDescription} is in ${root}`);
  return found;
}
