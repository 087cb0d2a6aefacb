// The rooms of lib/ in their order: a file imports only from its own room and from rooms before it, and no file imports
// one that imports it. A room that knew a later one could be neither understood nor tested without it.
// usage: node scripts/check-lib-rooms.mjs     (part of `npm run lint`)
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { readHouse, roomNames, roomProblems, roomUses } from './common/rooms.mjs';

/** First what knows nothing of the others. @type {readonly import('./common/rooms.mjs').Room[]} */
const order = [
  { name: 'shared' },
  { name: 'native', files: ['native.ts', 'binding.ts', 'node-snapshot.ts', 'guest-file.ts'] },
  { name: 'errors' },
  { name: 'options' },
  { name: 'cells' },
  { name: 'runtime' },
  { name: 'web' },
  {
    name: 'pool',
    first: ['engine.ts'],
    within: ['failures', 'secrets', 'function', 'report', 'options', 'cells', 'code', 'api', 'run', 'schedule'],
  },
  { name: 'serverless' },
  { name: 'cli' },
  { name: 'entry', files: ['index.ts'] },
];

/** @type {import('./common/rooms.mjs').House} */
const lib = {
  folder: 'lib',
  order,
  script: 'scripts/check-lib-rooms.mjs',
  guest: { name: 'guest', mayUse: ['shared'] },
  withoutNode: ['shared', 'guest'],
};

/** From the bottom up. */
export const libRooms = roomNames(lib);

/** @param {ReadonlyMap<string, string>} files texts by their paths below lib/. @returns {string[]} a sentence each */
export const findRoomProblems = (files) => roomProblems(lib, files);

/** Which rooms each room uses directly. @param {ReadonlyMap<string, string>} files @returns {Map<string, Set<string>>} */
export const findLibUses = (files) => roomUses(lib, files);

/** lib/ as it is. @param {string} root @returns {Map<string, string>} */
export const readLib = (root) => readHouse(lib, root);

if (argv[1] === fileURLToPath(import.meta.url)) {
  const problems = findRoomProblems(readLib(fileURLToPath(new URL('..', import.meta.url))));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}
