// The rooms of server/src in their order, as those of lib/: a file imports only from its own room and from rooms before
// it. That storage/libsql comes late is what keeps the engine out of everything else: only what puts the server together
// may know it.
// usage: node scripts/check-server-rooms.mjs     (part of `npm run lint`)
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { readHouse, roomNames, roomProblems } from './common/rooms.mjs';

/** @type {import('./common/rooms.mjs').House} */
const server = {
  folder: 'server/src',
  order: [
    { name: 'config', files: ['version.ts'] },
    { name: 'errors' },
    { name: 'storage' },
    { name: 'secrets' },
    { name: 'bindings' },
    { name: 'platform' },
    { name: 'http' },
    { name: 'admin' },
    { name: 'gateway' },
    { name: 'page' },
    { name: 'storage/libsql' },
    { name: 'serve', files: ['serve.ts', 'operator-routes.ts'] },
    { name: 'cli' },
  ],
  script: 'scripts/check-server-rooms.mjs',
};

/** From the bottom up. */
export const serverRooms = roomNames(server);

/** @param {ReadonlyMap<string, string>} files texts by their paths below server/src/. @returns {string[]} a sentence each */
export const findServerRoomProblems = (files) => roomProblems(server, files);

/** server/src as it is. @param {string} root @returns {Map<string, string>} */
export const readServer = (root) => readHouse(server, root);

if (argv[1] === fileURLToPath(import.meta.url)) {
  const problems = findServerRoomProblems(readServer(fileURLToPath(new URL('..', import.meta.url))));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}
