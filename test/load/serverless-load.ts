/** The load test by hand: `tsx --expose-gc test/load/serverless-load.ts [seconds]`. */
import { setTimeout as delay } from 'node:timers/promises';
import { getProcessStats } from 'isolet';
import { auditUsage, runLoad } from './load.ts';

const seconds = Number(process.argv[2] ?? 60);
const rss = () => {
  globalThis.gc?.();
  return Math.round(process.memoryUsage.rss() / 1024 / 1024);
};

const heap = () => Math.round(process.memoryUsage().heapUsed / 1024 / 1024);

// The first, short round takes what the process needs once, so that growth afterwards means something.
const warmUp = await runLoad({ durationMs: 5000, tenants: 10, functionsPerTenant: 20, clients: 40 });
await warmUp.serverless.cleanup();
warmUp.answers.length = 0;
await delay(500);
const before = { rss: rss(), heap: heap(), ...getProcessStats() };

const result = await runLoad({ durationMs: seconds * 1000, tenants: 10, functionsPerTenant: 20, clients: 40 });
const problems = [...result.problems, ...auditUsage(result)];
const { pool } = result.serverless.stats();
await result.serverless.cleanup();
const outcomes: Record<string, number> = {};
for (const { outcome } of result.answers) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
// The largest thing this program keeps.
result.answers.length = 0;
await delay(500);
const after = { rss: rss(), heap: heap(), ...getProcessStats() };
if (after.liveIsolates !== before.liveIsolates) problems.push(`${after.liveIsolates} isolates are left`);

console.log({
  seconds,
  started: result.started,
  perSecond: Math.round(result.started / seconds),
  outcomes,
  refused: result.refused,
  redeployed: result.redeployed,
  coldStarts: pool.coldStarts,
  hits: pool.hits,
  coldStartMs: pool.coldStartMs,
  queueMs: pool.queueMs,
  evictions: pool.evictions,
  before,
  after,
});
for (const problem of problems.slice(0, 20)) console.error(problem);
if (problems.length > 0) {
  console.error(`${problems.length} problems`);
  process.exitCode = 1;
}
