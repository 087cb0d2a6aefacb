/**
 * What is expected of each file, one list per row in `expectations/`.
 *
 * A number is how many subtests a file has, all of which pass. An object says which fail: `fails` on every Node major that
 * was measured, `fails on 20` on that one; `missing` is how many never ran, `status` how the file ended if not well.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileName } from './rows.mjs';

/** Beside the runner. */
export const usualFolder = new URL('./expectations/', import.meta.url);

/**
 * One file: how many subtests, and per major what is not well.
 * @typedef {{ subtests: number, majors: Map<string, { fails: Set<string>, missing: number, status: string }> }} Expected
 */

/** @returns {{ majors: string[], files: Map<string, Expected> }} */
export function readExpectations(folder, row) {
  const from = new URL(fileName(row), folder);
  if (!existsSync(from)) return { majors: [], files: new Map() };
  const { nodes: majors, files } = JSON.parse(readFileSync(from, 'utf8'));
  return { majors, files: new Map(Object.entries(files).map(([id, entry]) => [id, unfold(entry, majors)])) };
}

export function writeExpectations(folder, row, { majors, files }) {
  mkdirSync(folder, { recursive: true });
  const list = [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, expected]) => [id, fold(expected, majors)]);
  const lines = list.map(([id, entry]) => `    ${JSON.stringify(id)}: ${show(entry)}`);
  const text = `{\n  "nodes": ${JSON.stringify(majors)},\n  "files": {\n${lines.join(',\n')}\n  }\n}\n`;
  writeFileSync(new URL(fileName(row), folder), text);
}

function unfold(entry, majors) {
  const whole = typeof entry === 'number' ? { subtests: entry } : entry;
  const of = (key, major) => whole[`${key} on ${major}`] ?? undefined;
  return {
    subtests: whole.subtests,
    majors: new Map(
      majors.map((major) => [
        major,
        {
          fails: new Set([...(whole.fails ?? []), ...(of('fails', major) ?? [])]),
          missing: of('missing', major) ?? whole.missing ?? 0,
          status: of('status', major) ?? whole.status ?? 'ok',
        },
      ]),
    ),
  };
}

/** What holds on every major is said once. */
function fold({ subtests, majors }, names) {
  const entry = { subtests };
  const all = names.map((name) => majors.get(name) ?? nothing());
  const everywhere = [...all[0].fails].filter((fail) => all.every(({ fails }) => fails.has(fail)));
  if (everywhere.length > 0) entry.fails = everywhere.sort();
  names.forEach((name, index) => {
    const own = [...all[index].fails].filter((fail) => !everywhere.includes(fail));
    if (own.length > 0) entry[`fails on ${name}`] = own.sort();
  });
  for (const [key, usual] of [
    ['missing', 0],
    ['status', 'ok'],
  ]) {
    const same = all.every((one) => one[key] === all[0][key]);
    if (same && all[0][key] !== usual) entry[key] = all[0][key];
    if (!same) names.forEach((name, index) => (entry[`${key} on ${name}`] = all[index][key]));
  }
  return Object.keys(entry).length === 1 ? subtests : entry;
}

export function nothing() {
  return { fails: new Set(), missing: 0, status: 'ok' };
}

/** Long lists stand one name a line. */
function show(entry) {
  if (typeof entry === 'number') return String(entry);
  const parts = Object.entries(entry).map(([key, value]) => {
    if (!Array.isArray(value)) return `      ${JSON.stringify(key)}: ${JSON.stringify(value)}`;
    return `      ${JSON.stringify(key)}: [\n${value.map((name) => `        ${JSON.stringify(name)}`).join(',\n')}\n      ]`;
  });
  return `{\n${parts.join(',\n')}\n    }`;
}
