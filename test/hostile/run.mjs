/**
 * The hostile corpus: one line per program, then the totals.
 *
 *   node test/hostile/run.mjs [--node PATH] [--filter TEXT] [--jobs 2] [--json] [--first] [--every N]
 *                             [--ending both|natural|exit] [--limit-mb 32] [--isolation process] [--verbose]
 *
 * --first   one way in per program instead of all of them
 * --every   a sample: every Nth program
 * --limit-mb  the memory limit of programs that ask for none of their own; how they end is then their own affair
 * --isolation process  the guests are in cells: no program goes above its bound of memory then
 * --ending  how the host ends: by itself, by process.exit() while the attack runs, or both in turn
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { memoryExceptions } from './memory-exceptions.mjs';
import { supervise } from './supervise.mjs';
import { judge } from './verdict.mjs';

const { values: given } = parseArgs({
  options: {
    node: { type: 'string', default: process.execPath },
    filter: { type: 'string', default: '' },
    jobs: { type: 'string', default: '2' },
    every: { type: 'string', default: '1' },
    ending: { type: 'string', default: 'both' },
    json: { type: 'boolean', default: false },
    out: { type: 'string', default: '' },
    isolation: { type: 'string', default: 'isolate' },
    'limit-mb': { type: 'string', default: '' },
    first: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

const otherLimit = given['limit-mb'] !== '';
if (otherLimit) process.env.ISOLET_HOSTILE_LIMIT_MB = given['limit-mb'];
const inCells = given.isolation === 'process';
process.env.ISOLET_HOSTILE_ISOLATION = given.isolation;
// Read by the programs as they are loaded.
const { loadCorpus } = await import('./corpus.mjs');
const require = createRequire(import.meta.url);
let names;
const endings = given.ending === 'both' ? ['natural', 'exit'] : [given.ending];
const programs = choose((await loadCorpus()).filter(possible));
const results = [];
const queue = programs.values();
await Promise.all(Array.from({ length: Number(given.jobs) }, work));

if (given.out) writeFileSync(given.out, JSON.stringify(results, null, 1));
if (given.json) console.log(JSON.stringify(results, null, 1));
else for (const line of totals()) console.log(line);
process.exitCode = complete() ? 0 : 1;

/** Programs need a part of the library that may not be built in, or a name that this V8 lacks; what is left out is said. */
function possible({ entry, id, needs = [], here = false }) {
  const { Runtime } = require('isolet');
  const modules = entry !== 'module' || 'addModule' in Runtime.prototype;
  const missing = needs.filter((name) => !namesOfWeb().has(name));
  const elsewhere = here && inCells;
  if (modules && missing.length === 0 && !elsewhere) return true;
  const reason = modules ? `guests have no ${missing.join(', ')}` : 'Runtime has no modules';
  const why = elsewhere ? 'it is about guests in the process of the host' : reason;
  if (id.includes(given.filter)) console.error(`left out, ${why}: ${id}`);
  return false;
}

/** Names of a guest's global with the option `web`. */
function namesOfWeb() {
  if (names === undefined) {
    const { Runtime } = require('isolet');
    const runtime = new Runtime({ web: true });
    names = new Set(runtime.eval('Object.getOwnPropertyNames(globalThis)'));
    runtime.close();
  }
  return names;
}

function choose(all) {
  const names = new Set();
  return all
    .filter(({ id }) => id.includes(given.filter))
    .filter(({ category, name }) => {
      const key = `${category}/${name}`;
      return !given.first || (!names.has(key) && names.add(key));
    })
    .filter((_, index) => index % Number(given.every) === 0);
}

async function work() {
  for (const program of queue) {
    const runs = [];
    for (const ending of endings) runs.push(await supervise(program, ending, { node: given.node }));
    const result = judge(program, runs);
    if (otherLimit) result.expected = null;
    results.push(result);
    if (!given.json) print(result);
  }
}

function print(result) {
  const { deaths, ...r } = result;
  const faults = [
    !r.alive && `HOST DIED (${deaths.map((d) => `${d.ending}: ${d.how} after ${d.after}`).join('; ')})`,
    r.inTime === false && 'LATE',
    r.next === false && `NEXT RUNTIME FAILED (${r.nextDetail ?? 'not reached'})`,
    !r.bounded && (isListed(r) ? 'memory (listed)' : 'MEMORY'),
    r.turned === false && `LOOP STOOD STILL ${Math.round(r.gap)} ms`,
    r.quiet === false && r.alive && 'STILL BUSY',
    r.expected === false && r.alive && `UNEXPECTED ${r.detail ?? ''}`,
  ].filter(Boolean);
  const time = r.ms === null ? '-' : `${Math.round(r.ms)} ms`;
  const cell = inCells ? ` + ${Math.round(r.cellGrowth / 2 ** 20)}` : '';
  const memory = `${Math.round(r.growth / 2 ** 20)}${cell} MB`;
  const state = r.alive ? 'alive' : 'DEAD';
  console.log(
    `${faults.length ? 'FAIL' : 'ok  '} ${r.id}: ${r.outcome}, ${time}, ${memory}, ${state}${faults.length ? ` | ${faults.join(' | ')}` : ''}`,
  );
  if (given.verbose) for (const { output } of deaths) if (output) console.log(output.replace(/^/gm, '     '));
}

/** @param {{ id: string }} result */
function isListed({ id }) {
  return !inCells && memoryExceptions.has(id.slice(0, id.lastIndexOf(' [')));
}

function share(field) {
  const asked = results.filter((r) => r[field] !== null);
  return `${asked.filter((r) => r[field]).length}/${asked.length}`;
}

function totals() {
  const overs = results
    .filter((r) => r.outcome === 'timeout' && r.over !== null)
    .map((r) => r.over)
    .sort((a, b) => a - b);
  const p99 = overs[Math.min(overs.length - 1, Math.floor(overs.length * 0.99))];
  return [
    '',
    `${share('alive')} host alive, ${share('inTime')} settled in time, ${share('next')} next runtime works, ${share('bounded')} memory bounded`,
    `${share('turned')} event loop turned, ${share('quiet')} quiet afterwards, ${share('expected')} outcome as expected`,
    ...(overs.length
      ? [`overshoot of a timeout: median ${overs[overs.length >> 1].toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`]
      : []),
  ];
}

function complete() {
  const required = ['alive', 'inTime', 'next', 'turned', 'quiet', 'expected'];
  return (
    results.length > 0 &&
    results.every((r) => required.every((field) => r[field] !== false) && (r.bounded || isListed(r)))
  );
}
