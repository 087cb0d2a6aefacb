// Prints the C++ sources of the addon for native/binding.gyp, relative to the folder it is built from.
// usage: node list-native-sources.mjs <root as seen from the copy of binding.gyp>
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const prefix = (process.argv[2] ?? '.').replace(/\/+$/, '');

/** @param {string} folder @returns {string[]} */
function sourcesIn(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.cc'))
    .map((entry) => `${folder}/${entry.name}`)
    .sort();
}

const sources = ['native/engine', 'native/value', 'native/binding'].flatMap(sourcesIn);
for (const source of ['native/addon.cc', ...sources]) console.log(`${prefix}/${source}`);
