// Draws the rooms of lib/ and native/ into docs/architecture.md, from the rooms' order and from what their files name.
// usage: node scripts/rooms-picture.mjs [--check]     (`npm run docs:rooms`; the check is part of `npm run lint`)
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { findLibUses, libRooms, readLib } from './check-lib-rooms.mjs';
import { findUses, rooms } from './check-rooms.mjs';

/** @typedef {ReadonlyMap<string, ReadonlySet<string>>} Uses what each room uses directly */

/** Only arrows that no longer way says already. @param {Uses} uses @returns {[string, string][]} */
function arrows(uses) {
  /** @param {string} from @param {string} to @returns {boolean} */
  const reaches = (from, to) => [...(uses.get(from) ?? [])].some((next) => next === to || reaches(next, to));
  return [...uses].flatMap(([room, used]) =>
    [...used]
      .filter((one) => ![...used].some((other) => other !== one && reaches(other, one)))
      .sort()
      .map((one) => /** @type {[string, string]} */ ([room, one])),
  );
}

/** @param {string} title @param {readonly string[]} names @param {Uses} uses @returns {string[]} */
function group(title, names, uses) {
  const id = (/** @type {string} */ name) => `${title}_${name.replaceAll('/', '_')}`;
  return [
    `  subgraph ${title}["${title}/"]`,
    ...names.toReversed().map((name) => `    ${id(name)}["${name}"]`),
    ...arrows(uses).map(([from, to]) => `    ${id(from)} --> ${id(to)}`),
    '  end',
  ];
}

/** @param {string} root @returns {string} a diagram for Mermaid: an arrow leads to what is used */
export function roomsPicture(root) {
  return [
    'flowchart TD',
    ...group('lib', libRooms, findLibUses(readLib(root))),
    ...group(
      'native',
      rooms.map(({ name }) => name),
      findUses(join(root, 'native')),
    ),
    '  lib_native -. "one native call per operation" .-> native_binding_api',
  ].join('\n');
}

/** The page with the picture as it has to be. @param {string} page @param {string} root */
export function withPicture(page, root) {
  return page.replace(/^```mermaid\n.*?^```$/ms, () => `\`\`\`mermaid\n${roomsPicture(root)}\n\`\`\``);
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const page = join(root, 'docs/architecture.md');
  const before = readFileSync(page, 'utf8');
  const after = withPicture(before, root);
  if (!argv.includes('--check')) writeFileSync(page, after);
  else if (after !== before) {
    console.error('The picture of the rooms in docs/architecture.md is not what the files say: npm run docs:rooms');
    process.exitCode = 1;
  }
}
