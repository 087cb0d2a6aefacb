/**
 * Wear: does anything grow that should not? Prints the slope per 1,000 steps of each quantity after warm-up.
 *
 *   npm run soak -- [--full] [--only TEXT] [--scale N]
 *
 * --full   10,000 runtimes, 1,000,000 calls, 1,000 timeouts, 1,000 heap kills; the default is a tenth to a third
 * --scale  multiplies the counts
 */
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type ProcessFacts, processFacts } from './process-facts.ts';
import { slope } from './trend.ts';
import { type Workload, workloads } from './workloads.ts';

const { values: given } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    scale: { type: 'string', default: '1' },
  },
});

const quantities = ['rss', 'threads', 'handles', 'mappings'] as const;
const WARM_UP = 0.3;

// The flag is taken back at once: guests made later must not find a global `gc`.
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
setFlagsFromString('--no-expose-gc');

let failed = 0;
for (const workload of workloads.filter(({ name }) => name.includes(given.only)))
  failed += (await soak(workload)) ? 0 : 1;
process.exitCode = failed ? 1 : 0;

async function soak(workload: Workload): Promise<boolean> {
  const steps = Math.max(
    workload.batch * 10,
    Math.round((given.full ? workload.full : workload.quick) * Number(given.scale)),
  );
  const points: ({ x: number } & ProcessFacts)[] = [];
  const run = workload.start();
  const started = performance.now();
  for (let done = 0; done < steps; ) {
    await run.step();
    done += workload.batch;
    await quiet();
    points.push({ x: done, ...processFacts() });
  }
  await run.stop();
  const seconds = (performance.now() - started) / 1000;
  return report(workload, steps, seconds, points);
}

/** Garbage of the host is not a leak. */
async function quiet(): Promise<void> {
  collectGarbage();
  await new Promise((resolve) => setTimeout(resolve, 2));
}

function report(workload: Workload, steps: number, seconds: number, points: ({ x: number } & ProcessFacts)[]): boolean {
  const warm = points.slice(Math.floor(points.length * WARM_UP));
  const first = warm[0];
  const last = warm.at(-1);
  if (!first || !last) throw new Error(`${workload.name}: too few steps`);
  console.log(`${workload.name}: ${steps} in ${seconds.toFixed(1)} s`);
  let good = true;
  for (const quantity of quantities) {
    const scale = quantity === 'rss' ? 1024 * 1024 : 1;
    const growth = slope(warm.map((point) => ({ x: point.x, y: point[quantity] }))) * 1000;
    const fine = growth <= workload.tolerance[quantity];
    good &&= fine;
    const unit = quantity === 'rss' ? ' MiB' : '';
    const ends = `${(first[quantity] / scale).toFixed(1)} → ${(last[quantity] / scale).toFixed(1)}${unit}`;
    const limit = (workload.tolerance[quantity] / scale).toFixed(2);
    console.log(
      `  ${fine ? 'ok  ' : 'FAIL'} ${quantity}: ${ends}, slope ${(growth / scale).toFixed(3)}${unit} per 1,000 (at most ${limit})`,
    );
  }
  return good;
}
