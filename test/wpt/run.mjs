/**
 * Runs files of web-platform-tests in guests and compares what comes out with what is expected (`expectations/`).
 *
 *   npm run test:wpt -- --dir CHECKOUT [--filter TEXT,TEXT] [--jobs 2] [--node PATH] [--peer node] [--patience 1]
 *                       [--commit HASH] [--update] [--verbose]
 *
 * --filter    files whose path contains one of the texts
 * --peer      `node`: the same files in Node by itself; nothing is compared
 * --patience  how many times longer than usual a file may take, for a busy machine
 * --commit    of the checkout, if it has no `.git`
 * --update    keeps what came out as what is expected, and writes the table of docs/web.md
 * --expectations  another folder for the lists
 * --verbose   says why subtests failed, also where that was expected
 */
import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { differences, subtestsOf } from './compare.mjs';
import { readExpectations, usualFolder } from './expectations.mjs';
import { findTests } from './find.mjs';
import { keep, passes } from './keep.mjs';
import { rows } from './rows.mjs';
import { startServer } from './server/server.mjs';
import { supervise } from './supervise.mjs';
import { writeTable } from './table.mjs';

const { values: given } = parseArgs({
  options: {
    dir: { type: 'string' },
    commit: { type: 'string' },
    filter: { type: 'string', default: '' },
    jobs: { type: 'string', default: '2' },
    node: { type: 'string', default: process.execPath },
    peer: { type: 'string' },
    patience: { type: 'string', default: '1' },
    update: { type: 'boolean', default: false },
    expectations: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});
if (!given.dir) throw new Error('--dir: say where the checkout of web-platform-tests is');
if (given.peer !== undefined && given.peer !== 'node')
  throw new Error(`--peer: 'node' is the only one, got '${given.peer}'`);
const where = given.peer ?? 'guest';
const version = execFileSync(given.node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim();
const [major] = version.split('.');
const commit = given.commit ?? commitOf(given.dir);
if (given.update && !commit)
  throw new Error('--update: the checkout has no .git, so say which commit it is: --commit HASH');

const folder = given.expectations ? pathToFileURL(`${given.expectations}/`) : usualFolder;
const texts = given.filter.split(',');
const ran = new Map(rows.map((row) => [row, []]));
const expected = new Map(rows.map((row) => [row, readExpectations(folder, row)]));
const queue = rows.flatMap((row) => findTests(given.dir, row).map((test) => ({ row, test })));
const chosen = queue.filter(({ test }) => texts.some((text) => test.id.includes(text)));
if (chosen.length === 0) throw new Error(`no test of ${given.dir} is called like '${given.filter}'`);
const server = chosen.some(({ test }) => test.server) ? await startServer(given.dir) : { ports: [], close: () => {} };
let wrong = 0;
let compared = 0;

const next = chosen.values();
await Promise.all(Array.from({ length: Number(given.jobs) }, work));
server.close();
for (const [row, list] of ran) if (list.length > 0) console.log(total(row, list));
if (given.update) {
  keep(folder, ran, { commit, version, where, whole: given.filter === '' });
  if (folder === usualFolder && !writeTable(folder)) console.log('docs/web.md has no place for the table');
} else if (where === 'guest') {
  if (compared === 0) console.log(`nothing is expected on Node ${major}, so nothing was compared`);
  else console.log(wrong === 0 ? 'all as expected' : `${wrong} files are not as expected`);
  process.exitCode = wrong === 0 ? 0 : 1;
}

async function work() {
  for (const { row, test } of next) {
    const outcome = await supervise(test, { ...given, where, patience: Number(given.patience), ports: server.ports });
    ran.get(row).push({ test, outcome });
    report(row, test, outcome);
  }
}

function report(row, test, outcome) {
  const { majors, files } = expected.get(row);
  const asked = where === 'guest' && !given.update && majors.includes(major);
  const faults = asked ? differences(outcome, files.get(test.id), major) : [];
  if (asked) compared++;
  if (faults.length > 0) wrong++;
  const end = outcome.status === 'ok' ? '' : `, ${outcome.status}: ${outcome.message.split('\n')[0]}`;
  const sum = `${passes(outcome)}/${files.get(test.id)?.subtests ?? subtestsOf(outcome)}`;
  console.log(`${faults.length > 0 ? 'FAIL' : asked ? 'ok  ' : '    '} ${test.id} ${sum}${end}`);
  for (const fault of faults) console.log(`       ${fault}`);
  if (!given.verbose) return;
  for (const [name, message] of outcome.messages) console.log(`       ${name}: ${message}`);
  for (const text of outcome.uncaught) console.log(`       nobody caught: ${text}`);
}

function total(row, list) {
  const { files } = expected.get(row);
  const good = list.reduce((sum, { outcome }) => sum + passes(outcome), 0);
  const all = list.reduce((sum, { test, outcome }) => {
    return sum + Math.max(files.get(test.id)?.subtests ?? 0, subtestsOf(outcome));
  }, 0);
  return `${row.name}: ${list.length} runs, ${good}/${all} = ${((100 * good) / all).toFixed(1)} %`;
}

function commitOf(dir) {
  try {
    return execFileSync('git', ['-C', dir, 'rev-parse', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return '';
  }
}
