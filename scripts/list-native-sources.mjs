// Prints the C++ sources of the addon for binding.gyp, relative to the folder it is built from.
// usage: node list-native-sources.mjs <root as seen from the binding.gyp that asks>
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const prefix = (process.argv[2] ?? '.').replace(/\/+$/, '');

/** @param {string} folder @returns {string[]} */
function sourcesIn(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return sourcesIn(path);
      return entry.name.endsWith('.cc') ? [path] : [];
    });
}

for (const source of sourcesIn('native')) console.log(`${prefix}/${source}`);
