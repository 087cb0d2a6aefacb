// The rooms of lib/ in their order: a file imports only from its own room and from rooms before it, and no file imports
// one that imports it. Imports of types count: to read a file one has to read what it names. A room that knew a later one
// could be neither understood nor tested without it.
// usage: node scripts/check-lib-rooms.mjs     (part of `npm run lint`)
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/**
 * A room is a folder, and files that belong to it without standing in it. `within`: its own rooms, in their order; files
 * that stand beside those come last, but those in `first`.
 *
 * @typedef {{ name: string, files?: readonly string[], within?: readonly string[], first?: readonly string[] }} Room
 */

/** First what knows nothing of the others. @type {readonly Room[]} */
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

/** What is bundled into guests: no file of the host is there, and no file of it is in the host. */
const guest = { name: 'guest', mayUse: ['shared'] };

/** From the bottom up. */
export const libRooms = [...order.map(({ name }) => name), guest.name];

/** Rooms for code that runs without Node, or in both places. */
const withoutNode = new Set(['shared', guest.name]);

const ofNode = /^node:/;
const byPlace = /^\./;

/**
 * @param {ReadonlyMap<string, string>} files texts by their paths below lib/
 * @returns {string[]} what is wrong, a sentence each
 */
export function findRoomProblems(files) {
  const imports = new Map([...files].map(([file, text]) => [file, importsOf(file, text)]));
  return [...files.keys()]
    .flatMap((file) => strayProblem(file))
    .concat(
      [...imports].flatMap(([file, found]) => found.flatMap((to) => directionProblem(file, to))),
      circles(imports).map(circleProblem),
    );
}

/** @param {string} file */
function strayProblem(file) {
  if (placeOf(file) || roomName(file) === guest.name) return [];
  return [
    `lib/${file} is in no room. Put it into one, or give its folder a place in the order in scripts/check-lib-rooms.mjs and docs/architecture.md.`,
  ];
}

/** @param {string} file @param {string} text @returns {{ file: string, line: number }[]} */
function importsOf(file, text) {
  return ts.preProcessFile(text, true, true).importedFiles.flatMap(({ fileName, pos }) => {
    if (!byPlace.test(fileName) && !ofNode.test(fileName)) return [];
    const to = ofNode.test(fileName) ? fileName : posix.join(posix.dirname(file), fileName);
    return [{ file: to, line: text.slice(0, pos).split('\n').length }];
  });
}

/** @param {string} file @returns {string} */
const roomName = (file) => file.split('/', 1)[0] ?? '';

/** Where a file stands: its room, and its place in that. @param {string} file */
function placeOf(file) {
  const at = order.findIndex(({ name, files = [] }) => files.includes(file) || file.startsWith(`${name}/`));
  const room = order[at];
  if (!room) return undefined;
  const { name, within, first = [] } = room;
  if (!within) return { at, name, part: 0 };
  const inside = file.slice(name.length + 1);
  if (first.includes(inside)) return { at, name, part: -1 };
  const part = within.findIndex((folder) => inside.startsWith(`${folder}/`));
  // Beside its rooms stands what puts them together.
  return { at, name: part < 0 ? name : `${name}/${within[part]}`, part: part < 0 ? within.length : part };
}

/** @param {string} from @param {{ file: string, line: number }} to @returns {string[]} */
function directionProblem(from, { file: to, line }) {
  if (ofNode.test(to)) {
    if (!withoutNode.has(roomName(from))) return [];
    return [
      `lib/${from}:${line} imports ${to}: it runs in guests too, where there is no Node. Move it to a room of the host.`,
    ];
  }
  const what = `lib/${from}:${line} imports lib/${to}`;
  const toGuest = roomName(to) === guest.name;
  if (roomName(from) === guest.name) {
    if (toGuest || guest.mayUse.includes(roomName(to))) return [];
    return [
      `${what}: it runs in guests, where nothing of the host is. Move what both need to lib/shared/, which uses the language only.`,
    ];
  }
  if (toGuest) {
    return [
      `${what}: that runs in guests and reaches the host as a text (guestFile). Move what both need to lib/shared/, which uses the language only.`,
    ];
  }
  const [a, b] = [placeOf(from), placeOf(to)];
  if (!a || !b || b.at < a.at || (b.at === a.at && b.part <= a.part)) return [];
  return [
    `${what}: '${a.name}' comes before '${b.name}' and must not know it. Move what both need into '${a.name}' or a room before it, or take what is used as a parameter, by an interface that '${a.name}' declares.`,
  ];
}

/** @param {string[]} circle */
function circleProblem(circle) {
  const path = [...circle, circle[0]].map((file) => `lib/${file}`).join(' → ');
  return `${path} import one another (types count). Move what they share into a file that imports none of them, or name what is used by an interface in the file that comes first.`;
}

/**
 * One circle for each knot of files, the shortest through its first file.
 *
 * @param {ReadonlyMap<string, readonly { file: string }[]>} imports @returns {string[][]}
 */
function circles(imports) {
  /** @type {string[][]} */
  const found = [];
  const done = new Set();
  for (const start of imports.keys()) {
    if (done.has(start)) continue;
    const circle = shortestWayBack(start, imports);
    if (!circle) continue;
    found.push(circle);
    for (const file of circle) done.add(file);
  }
  return found;
}

/** @param {string} start @param {ReadonlyMap<string, readonly { file: string }[]>} imports */
function shortestWayBack(start, imports) {
  /** @type {Map<string, string | undefined>} */
  const cameFrom = new Map([[start, undefined]]);
  for (const file of cameFrom.keys()) {
    for (const { file: next } of imports.get(file) ?? []) {
      if (next === start) {
        const way = [];
        for (let at = /** @type {string | undefined} */ (file); at !== undefined; at = cameFrom.get(at))
          way.unshift(at);
        return way;
      }
      if (!cameFrom.has(next)) cameFrom.set(next, file);
    }
  }
  return undefined;
}

/**
 * Which rooms each room uses directly.
 *
 * @param {ReadonlyMap<string, string>} files @returns {Map<string, Set<string>>}
 */
export function findLibUses(files) {
  const uses = new Map(libRooms.map((name) => [name, /** @type {Set<string>} */ (new Set())]));
  const roomOf = (/** @type {string} */ file) => order[placeOf(file)?.at ?? -1]?.name ?? roomName(file);
  for (const [file, text] of files) {
    for (const { file: to } of importsOf(file, text)) {
      if (roomOf(to) !== roomOf(file) && uses.has(roomOf(to))) uses.get(roomOf(file))?.add(roomOf(to));
    }
  }
  return uses;
}

/** lib/ as it is. @param {string} root @returns {Map<string, string>} */
export function readLib(root) {
  const lib = join(root, 'lib');
  if (!existsSync(lib)) return new Map();
  const files = readdirSync(lib, { recursive: true, encoding: 'utf8' }).filter((name) => /\.[cm]?ts$/.test(name));
  return new Map(
    files.sort().map((name) => [relative('', name).replaceAll('\\', '/'), readFileSync(join(lib, name), 'utf8')]),
  );
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const problems = findRoomProblems(readLib(fileURLToPath(new URL('..', import.meta.url))));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}
