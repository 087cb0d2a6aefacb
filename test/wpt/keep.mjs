/** Keeps what came out of a run as what is expected from now on. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { measured, subtestsOf } from './compare.mjs';
import { readExpectations, writeExpectations } from './expectations.mjs';

const summary = (folder) => new URL('measured.json', folder);

/**
 * Which checkout was measured with which Node, and what Node reached by itself.
 * @typedef {{ commit: string, guest: Record<string, string>,
 *   node: Record<string, { version: string, passed: Record<string, number> }> }} Measured
 * @returns {Measured}
 */
export function readMeasured(folder) {
  if (!existsSync(summary(folder))) return { commit: '', guest: {}, node: {} };
  return JSON.parse(readFileSync(summary(folder), 'utf8'));
}

/**
 * @typedef {{ test: import('./find.mjs').Test, outcome: import('./supervise.mjs').Outcome }} Ran
 *
 * @param {URL} folder of the lists
 * @param {Map<import('./rows.mjs').Row, Ran[]>} ran
 * @param {{ commit: string, version: string, where: 'guest' | 'node', whole: boolean }} run `whole`: nothing was filtered out
 */
export function keep(folder, ran, { commit, version, where, whole }) {
  const [major] = version.split('.');
  const before = readMeasured(folder);
  const sameFiles = before.commit === commit;
  for (const [row, list] of ran) {
    if (list.length > 0) keepRow(folder, row, list, { major, where, whole, sameFiles });
  }
  const after = sameFiles ? before : { ...before, commit };
  if (where === 'guest') after.guest[major] = version;
  else keepOwn(after, ran, { major, version, whole });
  writeFileSync(summary(folder), `${JSON.stringify(after, null, 2)}\n`);
}

function keepRow(folder, row, list, { major, where, whole, sameFiles }) {
  const known = readExpectations(folder, row);
  const files = new Map(whole ? [] : known.files);
  for (const { test, outcome } of list) {
    const old = known.files.get(test.id) ?? { subtests: 0, majors: new Map() };
    const ran = subtestsOf(outcome);
    const subtests = sameFiles ? Math.max(old.subtests, ran) : ran;
    for (const other of old.majors.values()) other.missing = Math.max(0, other.missing + subtests - old.subtests);
    if (where === 'guest') old.majors.set(major, measured(outcome, subtests));
    else if (old.majors.size === 0) old.majors.set(major, { fails: new Set(), missing: subtests, status: 'not run' });
    files.set(test.id, { subtests, majors: old.majors });
  }
  const majors = where === 'guest' ? [...new Set([...known.majors, major])].sort() : known.majors;
  writeExpectations(folder, row, { majors: majors.length > 0 ? majors : [major], files });
}

/** Node's own rate is kept of rows that were run as a whole. */
function keepOwn(measuredSoFar, ran, { major, version, whole }) {
  const own = measuredSoFar.node[major] ?? { version, passed: {} };
  own.version = version;
  for (const [row, list] of ran) {
    if (list.length === 0 || !whole) continue;
    own.passed[row.name] = list.reduce((sum, { outcome }) => sum + passes(outcome), 0);
  }
  measuredSoFar.node[major] = own;
}

export function passes(outcome) {
  return [...outcome.passed.values()].filter(Boolean).length;
}
