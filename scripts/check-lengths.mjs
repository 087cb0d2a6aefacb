// No source file is longer than one idea takes. To change a long file one has to read it, and reads half.
// usage: node scripts/check-lengths.mjs     (part of `npm run lint`)
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const most = 350;
const folders = ['lib', 'native', 'server', 'test', 'bench', 'scripts', 'examples', '.ci'];
const source = /\.(?:[cm]?[jt]sx?|h|hpp|cc|c|css|html|sh|py)$/;
/** Not ours to write, or data. */
const leftOut = /^(?:node_modules|fixtures|build|dist|deps|peers)$/;

/**
 * @param {Iterable<readonly [file: string, text: string]>} files
 * @returns {string[]} what is wrong, a sentence each
 */
export function findLongFiles(files) {
  const found = [];
  for (const [file, text] of files) {
    const lines = text.split('\n').length - 1;
    if (lines <= most) continue;
    found.push(
      `${file} has ${lines} lines, ${lines - most} more than ${most}: move one of its ideas into a file of its own.`,
    );
  }
  return found;
}

/** @param {string} root @param {string} folder @returns {Generator<[string, string]>} */
function* sourcesIn(root, folder) {
  let entries;
  try {
    entries = readdirSync(join(root, folder), { withFileTypes: true });
  } catch {
    return;
  }
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory() && !leftOut.test(entry.name)) yield* sourcesIn(root, path);
    else if (entry.isFile() && source.test(entry.name)) yield [path, readFileSync(join(root, path), 'utf8')];
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const found = folders.flatMap((folder) => findLongFiles(sourcesIn(root, folder)));
  for (const problem of found) console.error(problem);
  if (found.length > 0) process.exitCode = 1;
}
