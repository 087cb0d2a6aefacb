// The rooms of native/, in their order: a file includes what is in its own room and in rooms before it, and nothing
// that comes later. So each room can be read, built and tested without those after it. Also: each room has a README.md
// of at most 15 lines, and no file has more than 350.
// usage: node scripts/check-rooms.mjs     (part of `npm run lint`)
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

/** @typedef {{ name: string, about: string }} Room */

/** From the bottom up. @type {Room[]} */
export const rooms = [
  { name: 'launcher', about: 'a program of its own that builds walls around a process and becomes node' },
  { name: 'v8', about: 'V8 itself, the differences between its versions, and small tools over it' },
  { name: 'value', about: 'how values cross: the encoder, the decoder and what they cost' },
  { name: 'threads', about: 'threads, turns and deadlines; knows no V8' },
  { name: 'progress', about: 'whether a thread that was told to stop is slow or stuck' },
  { name: 'calls', about: 'what a call is, who stops it, who answers, and what a guest asks of its host' },
  { name: 'memory_use', about: 'what the memory of a guest is, inside the heap and outside, and its limits' },
  { name: 'isolate', about: 'making, locking and leaving isolates, and how many there may be' },
  { name: 'lost', about: 'what V8 never comes back from' },
  { name: 'boundary', about: "the guest's end of the value protocol: values, functions, promises, errors, answers" },
  { name: 'entry', about: 'the one way into guest code' },
  { name: 'wasm', about: 'what WebAssembly takes of the system or the process unasked' },
  { name: 'code', about: 'from source text to code that runs, and code that is used again' },
  { name: 'realm', about: 'what a guest has beside the language, and what of the language is replaced' },
  { name: 'modules', about: 'asking for, compiling, linking and running modules' },
  { name: 'web', about: "native operations of the web's interfaces in guests" },
  { name: 'guest', about: 'puts the parts of one guest together: its calls, its turns, its end' },
  { name: 'cell', about: 'a process behind walls seals itself, and tries each wall' },
  { name: 'programs', about: 'what a guest can be asked to run' },
  { name: 'snapshot', about: 'making, checking and keeping startup snapshots' },
  { name: 'wire', about: 'guests in another process: what is asked and said over a socket, both ends' },
  { name: 'binding/environment', about: 'the state of one Node environment, and reading and writing its values' },
  { name: 'binding/host', about: 'one runtime as its host sees it: what guests ask, what is held of them' },
  { name: 'binding/api', about: 'from JavaScript calls to what a guest is asked' },
];

const mostLines = 350;
const mostLinesOfReadme = 15;
const advice =
  'Take what is needed as a parameter or behind an interface of the lower room (calls/guest_life.h is one), or move the part.';

/** @param {string} folder @param {string} [prefix] @returns {string[]} */
function filesIn(folder, prefix = '') {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(prefix, entry.name);
    if (entry.isDirectory()) return filesIn(folder, path);
    return /\.(?:h|cc?)$/.test(entry.name) ? [path] : [];
  });
}

/** @param {string} text @returns {string[]} paths from native/ */
const includesOf = (text) => [...text.matchAll(/^#include "([^"]+)"/gm)].map(([, included = '']) => included);

/**
 * What is wrong with the files of `folder`, a sentence each.
 * @param {string} folder
 * @param {Room[]} [order]
 * @returns {string[]}
 */
export function checkRooms(folder, order = rooms) {
  const rank = new Map(order.map(({ name }, at) => [name, at]));
  /** @type {string[]} */
  const wrong = [];
  const found = new Set();
  for (const file of filesIn(folder)) {
    const room = posix.dirname(file);
    const text = readFileSync(join(folder, file), 'utf8');
    const lines = text.split('\n').length - 1;
    if (lines > mostLines) {
      wrong.push(`${file} has ${lines} lines; ${mostLines} are the most. Which of its ideas is a file of its own?`);
    }
    if (room === '.') continue; // addon.cc, which exports all
    found.add(room);
    const own = rank.get(room);
    if (own === undefined) {
      wrong.push(
        `${file} is in no room that scripts/check-rooms.mjs knows: add '${room}' where it stands in the order`,
      );
      continue;
    }
    for (const included of includesOf(text)) {
      const there = rank.get(posix.dirname(included));
      if (there === undefined) {
        wrong.push(`${file} includes "${included}", which names no room: paths begin at native/`);
      } else if (there > own) {
        wrong.push(`${file} includes ${included}, but ${room} comes before ${posix.dirname(included)}. ${advice}`);
      }
    }
  }
  for (const room of found) {
    const readme = join(folder, room, 'README.md');
    if (!rank.has(room)) continue;
    if (!existsSync(readme)) {
      wrong.push(`${room} has no README.md that says what it is for, on which threads, and what it may use`);
    } else if (readFileSync(readme, 'utf8').trimEnd().split('\n').length > mostLinesOfReadme) {
      wrong.push(`${room}/README.md has more than ${mostLinesOfReadme} lines`);
    }
  }
  return wrong;
}

/**
 * Which rooms each room uses directly.
 * @param {string} folder
 * @returns {Map<string, Set<string>>}
 */
export function findUses(folder) {
  const uses = new Map(rooms.map(({ name }) => [name, /** @type {Set<string>} */ (new Set())]));
  for (const file of filesIn(folder)) {
    const used = uses.get(posix.dirname(file));
    for (const included of includesOf(readFileSync(join(folder, file), 'utf8'))) {
      const there = posix.dirname(included);
      if (there !== posix.dirname(file) && uses.has(there)) used?.add(there);
    }
  }
  return uses;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const wrong = checkRooms(fileURLToPath(new URL('../native', import.meta.url)));
  for (const line of wrong) console.error(line);
  if (wrong.length > 0) process.exitCode = 1;
}
