// Load: this server beside bare node:http and workerd, in slices that take turns, each server on one core and wrk on another.
// usage: npm run bench -w server [-- --rounds 15 --seconds 1 --connections 16 --no-page]     (Linux, two cores, wrk)
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { slice } from './measure.mjs';
import { writePage } from './page.mjs';
import { startBare, startServer, startWorkerd } from './servers.mjs';
import { summarize } from './summary.mjs';
import { judge } from './targets.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    seconds: { type: 'string', default: '1' },
    connections: { type: 'string', default: '16' },
    'no-page': { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const load = { seconds: Number(values.seconds), connections: Number(values.connections) };
const [serverCore, wrkCore] = ['0', '1'];

for (const tool of ['wrk', 'taskset']) {
  if (spawnSync(tool, ['--version']).error)
    throw new Error(`${tool} is missing (Debian: apt-get install wrk util-linux)`);
}

const started = [];
const targets = {};
/** @param {string} what @param {() => Promise<object>} start */
async function begin(what, start) {
  try {
    const one = await start();
    started.push(one);
    return one;
  } catch (error) {
    console.error(`${what} is left out: ${error.message}`);
    return undefined;
  }
}

const samples = {};
try {
  targets.bare = await begin('bare', () => startBare(serverCore));
  const server = await begin('the server', () => startServer(serverCore, 'isolate'));
  if (server) Object.assign(targets, { event: server.event, handler: server.handler });
  targets.workerd = await begin('workerd', () => startWorkerd(serverCore));
  const cells = await begin('the server with cells', () => startServer(serverCore, 'process'));
  if (cells) Object.assign(targets, { 'event in a cell': cells.event, 'handler in a cell': cells.handler });
  const names = Object.keys(targets).filter((name) => targets[name]);
  for (const name of names) {
    samples[name] = [];
    await slice(targets[name], wrkCore, { ...load, seconds: 3 });
  }
  for (let round = 0; round < rounds; round++) {
    for (const name of names) samples[name].push(await slice(targets[name], wrkCore, load));
    process.stderr.write(`\rround ${round + 1} of ${rounds} `);
  }
  process.stderr.write('\n');
} finally {
  for (const one of started) await (one.stop ?? one.event.stop)();
}

const result = {
  machine: `${cpus()[0]?.model.trim()}, Node ${process.version}`,
  load: { ...load, rounds },
  variants: summarize(samples),
};
console.table(
  Object.fromEntries(
    Object.entries(result.variants).map(([name, { rps, cpu, p50, p99, ofBare, cpuOfBare }]) => [
      name,
      {
        'req/s': Math.round(rps),
        '× bare': ofBare[1],
        'CPU µs': cpu,
        '× bare CPU': cpuOfBare[1],
        'p50 ms': p50,
        'p99 ms': p99,
      },
    ]),
  ),
);
const verdicts = judge(result.variants);
for (const { text, holds } of verdicts) console.log(`${holds ? 'holds ' : 'MISSED'} ${text}`);
const folder = new URL('build/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('results.json', folder), `${JSON.stringify(result, null, 2)}\n`);
if (!values['no-page']) writePage(result, verdicts);
