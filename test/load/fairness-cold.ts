/**
 * What functions that were never seen before do to the warm function of another tenant, with every default:
 * `tsx test/load/fairness-cold.ts [seconds per attack]`. Exit code 1 if the p99 of the quiet tenant goes above 50 ms
 * under one of the attacks, each by one tenant with as many new functions as there are threads, and two more.
 */
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { ServerlessRuntime } from 'isolet';

const seconds = Number(process.argv[2] ?? 5);
const bound = 50;
const loop = 'for (;;);';

/** Code of a function that is `n`th of its kind; `at` is when, in ms since the epoch, it may begin what it is about. */
const attacks: Record<string, (n: number, at: number) => string> = {
  'computes when called': (n) => `() => { /* ${n} */ ${loop} }`,
  'computes while it is loaded': (n, at) => `(() => { if (Date.now() > ${at}) ${loop} return () => ${n}; })()`,
  'computes after a call of the platform': (n) => `() => { touch(${n}); ${loop} }`,
  'computes and awaits in turns': (n) =>
    `async () => { for (let i = ${n}; ; i++) { const end = Date.now() + 40; while (Date.now() < end); await touch(i); } }`,
  'hides in a routine that never looks whether to stop': (n) =>
    `() => Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, ${n})`,
  'fills its memory': (n) => `() => { const all = [${n}]; for (;;) all.push(new Array(100).fill(all.length)); }`,
};

async function attack(
  code: (n: number, at: number) => string,
): Promise<{ calls: number; p50: number; p99: number; max: number }> {
  await using serverless = new ServerlessRuntime({ touch: () => 1 });
  await serverless.deploy({ tenantId: 'quiet', name: 'f', code: '(event) => event.n + 1' });
  await serverless.invoke('quiet', 'f', { n: 1 });
  const names = Array.from({ length: availableParallelism() + 2 }, (_, n) => `f${n}`);
  const at = Date.now() + 1000;
  for (const [n, name] of names.entries()) await serverless.deploy({ tenantId: 'loud', name, code: code(n, at) });
  await delay(Math.max(0, at + 10 - Date.now()));

  let flooding = true;
  // Also again and again: what timed out must not count as new.
  const flood = names.map(async (name) => {
    while (flooding) await serverless.invoke('loud', name).catch(() => {});
  });
  const times: number[] = [];
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    const start = performance.now();
    await serverless.invoke('quiet', 'f', { n: 1 });
    times.push(performance.now() - start);
    await delay(20);
  }
  flooding = false;
  await serverless.cleanup({ drain: false });
  await Promise.all(flood);
  times.sort((a, b) => a - b);
  const of = (share: number) =>
    Number((times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(2));
  return { calls: times.length, p50: of(0.5), p99: of(0.99), max: of(1) };
}

for (const [name, code] of Object.entries(attacks)) {
  const measured = await attack(code);
  console.log(name, measured);
  if (measured.p99 <= bound) continue;
  console.error(`p99 of the quiet tenant is ${measured.p99} ms; the bound is ${bound} ms`);
  process.exitCode = 1;
}
