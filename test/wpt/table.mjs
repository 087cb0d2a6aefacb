/** The table of docs/web.md, out of what is expected: nothing has to be run for it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readExpectations } from './expectations.mjs';
import { readMeasured } from './keep.mjs';
import { rows } from './rows.mjs';

const page = new URL('../../docs/web.md', import.meta.url);
const begin = '<!-- written by npm run test:wpt -->';
const end = '<!-- end of what npm run test:wpt writes -->';

/** The lines between the marks. */
export function table(folder) {
  const { commit, guest, node } = readMeasured(folder);
  const majors = Object.keys(guest).sort((a, b) => Number(b) - Number(a));
  const heads = majors.flatMap((major) => [`guest, Node ${major}`, `Node ${major} itself`]);
  const lines = [
    `Commit ${commit.slice(0, 10)} of web-platform-tests, Node ${majors.map((major) => guest[major]).join(', ')}.`,
    '',
    `| Tests of | files | subtests | ${heads.join(' | ')} |`,
    `| --- | ---: | ---: | ${heads.map(() => '---:').join(' | ')} |`,
  ];
  for (const row of rows) {
    const { files } = readExpectations(folder, row);
    if (files.size === 0) continue;
    const all = [...files.values()].reduce((sum, { subtests }) => sum + subtests, 0);
    const paths = new Set([...files.keys()].map((id) => id.replace(/\?.*$/, '')));
    const rates = majors.flatMap((major) => [
      rate(passed(files, major), all),
      rate(node[major]?.passed[row.name], all),
    ]);
    lines.push(`| ${row.name} | ${paths.size} | ${all} | ${rates.join(' | ')} |`);
  }
  return lines.join('\n');
}

/** Writes the table into the page; a page that is not there yet, or has no place for it, is left alone. */
export function writeTable(folder) {
  if (!existsSync(page)) return false;
  const text = readFileSync(page, 'utf8');
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) return false;
  writeFileSync(page, `${text.slice(0, from + begin.length)}\n\n${table(folder)}\n\n${text.slice(to)}`);
  return true;
}

/** @returns {number | undefined} undefined where nothing was measured */
function passed(files, major) {
  let sum = 0;
  for (const { subtests, majors } of files.values()) {
    const one = majors.get(major);
    if (one === undefined) return undefined;
    sum += subtests - one.missing - one.fails.size;
  }
  return sum;
}

/** Rounded down: 100 means all. */
function rate(good, all) {
  return good === undefined ? '–' : (Math.floor((1000 * good) / all) / 10).toFixed(1);
}
