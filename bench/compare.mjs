// npm run bench:compare -- REVISION_A REVISION_B [NAME…] [--rounds N] [--quick] [--node PATH]
// Builds both revisions in throw-away worktrees, measures isolet's variants of both interleaved, and says what changed
// beyond noise. `.` as a revision is the working tree as it is built now.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { headersOf } from './harness/native.mjs';
import { number } from './harness/print.mjs';
import { runCase } from './harness/rounds.mjs';
import { ratioInterval } from './harness/stats.mjs';
import { describeNode } from './harness/target.mjs';
import { allCases, chosen } from './run.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Smaller changes are not reported, however sure: they do not outlive a rebuild. */
const SMALLEST_CHANGE = 0.02;

const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();

function checkOut(revision, target, folder) {
  if (revision === '.') return { root, remove() {} };
  const commit = git('rev-parse', '--verify', `${revision}^{commit}`);
  git('worktree', 'add', '--detach', folder, commit);
  const remove = () => git('worktree', 'remove', '--force', folder);
  try {
    const sameLock = git('rev-parse', `${commit}:package-lock.json`) === git('hash-object', 'package-lock.json');
    if (sameLock && existsSync(join(root, 'node_modules'))) {
      symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    } else {
      run('npm', ['ci'], folder, target);
    }
    run('npm', ['run', 'build'], folder, target);
  } catch (error) {
    remove();
    throw error;
  }
  return { root: folder, remove };
}

function run(command, args, cwd, target) {
  const headers = headersOf(target.path);
  const env = {
    ...process.env,
    PATH: `${dirname(target.path)}:${process.env.PATH}`,
    ...(headers && { npm_config_nodedir: headers }),
  };
  const result = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')} failed in ${cwd}:\n${result.stderr}`);
}

/** The case with its isolet variants twice, under the names of the two sides. */
function doubled(entry) {
  const variants = {};
  for (const [name, make] of Object.entries(entry.variants)) {
    if (!name.startsWith('isolet')) continue;
    variants[`A ${name}`] = make;
    variants[`B ${name}`] = make;
  }
  return { ...entry, variants };
}

function verdict({ ratio, low, high }) {
  if (low <= 1 && high >= 1) return 'no change beyond noise';
  if (Math.abs(ratio - 1) < SMALLEST_CHANGE) return 'no change worth a word';
  return ratio < 1 ? 'FASTER' : 'SLOWER';
}

function compareVariant(name, a, b) {
  if (!a.rounds || !b.rounds) return `  ${name}: ${a.error ?? a.unavailable ?? b.error ?? b.unavailable}`;
  const interval = ratioInterval(b.rounds.map((round, i) => round.p50 / a.rounds[i].p50));
  const range = `${number(interval.low)} to ${number(interval.high)}`;
  return `  ${name}: B takes ${number(interval.ratio)} × A (95 %: ${range}): ${verdict(interval)}`;
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '9' },
      node: { type: 'string', default: process.execPath },
    },
  });
  const [revisionA, revisionB, ...names] = positionals;
  if (!revisionB) throw new Error('two revisions are needed: npm run bench:compare -- main~1 main [NAME…]');
  const target = describeNode(resolve(values.node));
  const folder = mkdtempSync(join(tmpdir(), 'isolet-compare-'));
  const sides = {};
  try {
    sides.A = checkOut(revisionA, target, join(folder, 'a'));
    sides.B = checkOut(revisionB, target, join(folder, 'b'));
    console.log(`A = ${revisionA}, B = ${revisionB}, Node ${target.version}, ${values.rounds} rounds`);
    for (const { entry, file } of chosen(await allCases(), names)) {
      const settings = (variant) => ({ quick: values.quick, isoletRoot: sides[variant[0]].root });
      const result = await runCase(doubled(entry), { file, target, rounds: Number(values.rounds), settings });
      console.log(`\n${result.name}: ${result.title}`);
      for (const [name, a] of Object.entries(result.variants)) {
        if (name.startsWith('A ')) console.log(compareVariant(name.slice(2), a, result.variants[`B ${name.slice(2)}`]));
      }
    }
  } finally {
    for (const side of Object.values(sides)) side.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
