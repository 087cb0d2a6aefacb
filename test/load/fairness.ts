/**
 * What a flood of one tenant does to another: `tsx test/load/fairness.ts [seconds]`. Exit code 1 if the quiet tenant's
 * p99 grows beyond twice its value without the flood.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ServerlessRuntime } from 'isolet';

const seconds = Number(process.argv[2] ?? 10);
/** Below this a difference is the machine's, not the scheduler's. */
const noiseMs = 1;

const serverless = new ServerlessRuntime({ wait: (ms: number) => delay(ms) });
const compute = 'async (ms) => { const end = Date.now() + ms; let n = 0; while (Date.now() < end) n++; return n; }';
await serverless.deploy({ tenantId: 'quiet', name: 'f', code: '(event) => event.n + 1' });
for (let i = 0; i < 4; i++)
  await serverless.deploy({ tenantId: 'loud', name: `f${i}`, code: compute, timeout: 30_000 });

async function measure(ms: number): Promise<{ calls: number; p50: number; p99: number; max: number }> {
  const times: number[] = [];
  for (const end = performance.now() + ms; performance.now() < end; ) {
    const start = performance.now();
    await serverless.invoke('quiet', 'f', { n: 1 });
    times.push(performance.now() - start);
    await delay(5);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { calls: times.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

await measure(1000);
const alone = await measure(seconds * 500);

let flooding = true;
let answered = 0;
const flood = Array.from({ length: 50 }, async (_, i) => {
  while (flooding) {
    await serverless.invoke('loud', `f${i % 4}`, 10, { queueTimeout: 60_000 });
    answered++;
  }
});
// The first invocations show how much of a processor the functions want.
await delay(500);
const flooded = await measure(seconds * 500);
flooding = false;
await Promise.all(flood);
await serverless.cleanup();

console.log({ alone, flooded, loudPerSecond: Math.round(answered / (seconds / 2 + 0.5)) });
if (flooded.p99 > 2 * alone.p99 + noiseMs) {
  console.error(`p99 went from ${alone.p99.toFixed(2)} ms to ${flooded.p99.toFixed(2)} ms`);
  process.exitCode = 1;
}
