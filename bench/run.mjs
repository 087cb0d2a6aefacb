// npm run bench -- [NAME…] [--quick] [--peers] [--no-floor] [--json FILE] [--node PATH] [--rounds N] [--steady] [--list]
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { buildFloor } from './harness/native.mjs';
import { installPeers, peerVersions } from './harness/peers.mjs';
import { caseTable } from './harness/print.mjs';
import { withSteady } from './harness/results.mjs';
import { runCase } from './harness/rounds.mjs';
import { describeMachine, describeNode } from './harness/target.mjs';
import { targetTable } from './targets.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);

/** Every case with the file it comes from, in the order of the files. */
export async function allCases() {
  const order = [
    'start',
    'snapshot',
    'serverless',
    'large',
    'call',
    'evaluate',
    'host-call',
    'async-call',
    'cells',
    'memory',
    'idle',
  ];
  const files = readdirSync(join(here, 'cases')).map((name) => name.replace('.mjs', ''));
  const rank = (name) => (order.includes(name) ? order.indexOf(name) : order.length);
  const found = [];
  for (const name of files.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))) {
    const file = pathToFileURL(join(here, 'cases', `${name}.mjs`)).href;
    const { default: cases } = await import(file);
    for (const entry of cases ?? []) found.push({ entry, file, group: name });
  }
  return found;
}

/** The cases of these names, or of a group where no case has the name; all without names. */
export function chosen(cases, names) {
  if (names.length === 0) return cases;
  const picked = new Set();
  for (const name of names) {
    const exact = cases.filter(({ entry }) => entry.name === name);
    const found = exact.length > 0 ? exact : cases.filter(({ group }) => group === name);
    if (found.length === 0) throw new Error(`no case or group is named ${name}; see --list`);
    for (const one of found) picked.add(one);
  }
  return [...picked];
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      peers: { type: 'boolean', default: false },
      'no-floor': { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      json: { type: 'string' },
      node: { type: 'string', default: process.execPath },
      isolet: { type: 'string', default: root },
      rounds: { type: 'string' },
      steady: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
    },
  });
  const cases = chosen(await allCases(), positionals);
  if (values.list) {
    for (const { entry, group } of cases) console.log(`${group.padEnd(12)} ${entry.name.padEnd(26)} ${entry.title}`);
    return;
  }
  const target = describeNode(resolve(values.node));
  if (values.peers) installPeers(target);
  if (!values['no-floor']) buildFloor(target);

  const rounds = Number(values.rounds ?? (values.quick ? 2 : values.steady ? 10 : 5));
  const settings = () => ({ quick: values.quick, isoletRoot: resolve(values.isolet) });
  const report = {
    date: new Date().toISOString(),
    node: { version: target.version, v8: target.v8 },
    machine: describeMachine(),
    load: loadavg(),
    peers: peerVersions(target),
    quick: values.quick,
    steady: values.steady,
    rounds,
    cases: [],
  };
  console.log(
    `Node ${target.version}, V8 ${target.v8}, ${report.machine.cpu}, ${report.machine.cores} cores, ${rounds} rounds${values.steady ? ' in processes of their own' : ''}`,
  );
  const output = resolve(
    values.json ?? join(here, 'results', `node-${target.major}${values.steady ? '-steady' : ''}.json`),
  );
  mkdirSync(dirname(output), { recursive: true });
  for (const { entry, file } of cases) {
    const result = await runCase(entry, { file, target, rounds, settings, only: values.only, steady: values.steady });
    report.cases.push(result);
    console.log(`\n${caseTable(result)}`);
    // After each case: a run that is cut short keeps what it has.
    writeFileSync(output, `${JSON.stringify(report, null, 1)}\n`);
  }
  if (!values.quick) console.log(`\n${targetTable([withSteady(report)])}`);

  console.log(`\n${output}`);
  const failed = report.cases.flatMap(({ name, variants }) =>
    Object.entries(variants).flatMap(([variant, { error }]) => (error ? [`${name} / ${variant}`] : [])),
  );
  if (failed.length > 0) {
    console.error(`failed: ${failed.join(', ')}`);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
