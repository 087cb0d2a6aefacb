// Checks the rooms of a folder of TypeScript in their order: a file imports only from its own room and from rooms before
// it, and no file imports one that imports it. Imports of types count: to read a file one has to read what it names.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import ts from 'typescript';

/**
 * A room is a folder, and files that belong to it without standing in it; a folder inside of another room may be a room
 * too. `within`: its own rooms, in their order; files that stand beside those come last, but those in `first`.
 *
 * @typedef {{ name: string, files?: readonly string[], within?: readonly string[], first?: readonly string[] }} Room
 */

/**
 * `folder`: where it stands in the repository. `order`: first what knows nothing of the others. `script`: where that is
 * said. `guest`: what is bundled into guests: no file of the host is there, and no file of it is in the host.
 * `withoutNode`: rooms for code that runs without Node, or in both places.
 *
 * @typedef {{ folder: string, order: readonly Room[], script: string, withoutNode?: readonly string[],
 *   guest?: { name: string, mayUse: readonly string[] } }} House
 */

const ofNode = /^node:/;
const byPlace = /^\./;

/**
 * @param {House} house
 * @param {ReadonlyMap<string, string>} files texts by their paths below the folder
 * @returns {string[]} what is wrong, a sentence each
 */
export function roomProblems(house, files) {
  const imports = new Map([...files].map(([file, text]) => [file, importsOf(file, text)]));
  return [...files.keys()]
    .flatMap((file) => strayProblem(house, file))
    .concat(
      [...imports].flatMap(([file, found]) => found.flatMap((to) => directionProblem(house, file, to))),
      circles(imports).map((circle) => circleProblem(house, circle)),
    );
}

/**
 * Which rooms each room uses directly.
 *
 * @param {House} house @param {ReadonlyMap<string, string>} files @returns {Map<string, Set<string>>}
 */
export function roomUses(house, files) {
  const uses = new Map(roomNames(house).map((name) => [name, /** @type {Set<string>} */ (new Set())]));
  const roomOf = (/** @type {string} */ file) => house.order[placeOf(house, file)?.at ?? -1]?.name ?? firstPart(file);
  for (const [file, text] of files) {
    for (const { file: to } of importsOf(file, text)) {
      if (roomOf(to) !== roomOf(file) && uses.has(roomOf(to))) uses.get(roomOf(file))?.add(roomOf(to));
    }
  }
  return uses;
}

/** From the bottom up. @param {House} house @returns {string[]} */
export const roomNames = ({ order, guest }) => [...order.map(({ name }) => name), ...(guest ? [guest.name] : [])];

/** The folder as it is. @param {House} house @param {string} root @returns {Map<string, string>} */
export function readHouse({ folder }, root) {
  const path = join(root, folder);
  if (!existsSync(path)) return new Map();
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => /\.[cm]?ts$/.test(name));
  return new Map(
    files.sort().map((name) => [relative('', name).replaceAll('\\', '/'), readFileSync(join(path, name), 'utf8')]),
  );
}

/** @param {House} house @param {string} file @returns {string[]} */
function strayProblem(house, file) {
  if (placeOf(house, file) || firstPart(file) === house.guest?.name) return [];
  const { folder, script } = house;
  return [
    `${folder}/${file} is in no room. Put it into one, or give its folder a place in the order in ${script} and docs/architecture.md.`,
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
const firstPart = (file) => file.split('/', 1)[0] ?? '';

/** Where a file stands: its room, the innermost one, and its place in that. @param {House} house @param {string} file */
function placeOf({ order }, file) {
  const fitting = order.filter(({ name, files = [] }) => files.includes(file) || file.startsWith(`${name}/`));
  const [room] = fitting.sort((a, b) => b.name.length - a.name.length);
  if (!room) return undefined;
  const at = order.indexOf(room);
  const { name, within, first = [] } = room;
  if (!within) return { at, name, part: 0 };
  const inside = file.slice(name.length + 1);
  if (first.includes(inside)) return { at, name, part: -1 };
  const part = within.findIndex((folder) => inside.startsWith(`${folder}/`));
  // Beside its rooms stands what puts them together.
  return { at, name: part < 0 ? name : `${name}/${within[part]}`, part: part < 0 ? within.length : part };
}

/** @param {House} house @param {string} from @param {{ file: string, line: number }} to @returns {string[]} */
function directionProblem(house, from, { file: to, line }) {
  const { folder, guest, withoutNode = [] } = house;
  if (ofNode.test(to)) {
    if (!withoutNode.includes(firstPart(from))) return [];
    return [
      `${folder}/${from}:${line} imports ${to}: it runs in guests too, where there is no Node. Move it to a room of the host.`,
    ];
  }
  const what = `${folder}/${from}:${line} imports ${folder}/${to}`;
  const toGuest = guest && firstPart(to) === guest.name;
  if (guest && firstPart(from) === guest.name) {
    if (toGuest || guest.mayUse.includes(firstPart(to))) return [];
    return [
      `${what}: it runs in guests, where nothing of the host is. Move what both need to ${folder}/shared/, which uses the language only.`,
    ];
  }
  if (toGuest) {
    return [
      `${what}: that runs in guests and reaches the host as a text (guestFile). Move what both need to ${folder}/shared/, which uses the language only.`,
    ];
  }
  const [a, b] = [placeOf(house, from), placeOf(house, to)];
  if (!a || !b || b.at < a.at || (b.at === a.at && b.part <= a.part)) return [];
  return [
    `${what}: '${a.name}' comes before '${b.name}' and must not know it. Move what both need into '${a.name}' or a room before it, or take what is used as a parameter, by an interface that '${a.name}' declares.`,
  ];
}

/** @param {House} house @param {string[]} circle */
function circleProblem({ folder }, circle) {
  const path = [...circle, circle[0]].map((file) => `${folder}/${file}`).join(' → ');
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
