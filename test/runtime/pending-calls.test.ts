import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { until, useRuntimes } from './support.ts';

const { make } = useRuntimes();
const many = 40_000;

/** Processor time in ms of the engine's threads of that name. */
function timeOf(name: string): number {
  let sum = 0;
  for (const thread of readdirSync('/proc/self/task')) {
    const path = `/proc/self/task/${thread}`;
    try {
      if (readFileSync(`${path}/comm`, 'latin1').trim() !== name) continue;
      sum += Number(readFileSync(`${path}/schedstat`, 'latin1').split(' ')[0]) / 1e6;
    } catch {
      // It has just ended.
    }
  }
  return sum;
}

describe.runIf(process.platform === 'linux')('forty thousand calls that wait for their promises', () => {
  async function makeWithPending() {
    const runtime = make({ maxHeapSize: 256 * 2 ** 20, maxTimers: 100, timeout: 600_000 });
    const calls = Array.from({ length: many }, (_, i) =>
      runtime.evalAsync('new Promise(() => {})', { timeout: 600_000 + i }).catch(() => {}),
    );
    expect(await runtime.evalAsync('1')).toBe(1);
    expect(runtime.getStats().pendingCalls).toBe(many);
    return {
      runtime,
      async end() {
        runtime.close();
        await Promise.all(calls);
      },
    };
  }

  // Thirty looks at a guest that works: one at each of them took milliseconds.
  it('cost the watchdog nothing as long as they have time', async () => {
    const { runtime, end } = await makeWithPending();
    const before = timeOf('isolet-watchdog');
    await runtime.evalAsync('{ const end = Date.now() + 600; while (Date.now() < end); }');
    expect(timeOf('isolet-watchdog') - before).toBeLessThan(10);
    await end();
  });

  it('cost timers that other calls left behind nothing', async () => {
    const { runtime, end } = await makeWithPending();
    let ticks = 0;
    runtime.bindFunction('tick', () => ticks++);
    await runtime.evalAsync('for (let i = 0; i < 10; i++) setInterval(() => tick(), 2); 1');
    await until(() => ticks > 0, 'the first tick');
    const before = timeOf('isolet-worker');
    const first = ticks;
    await until(() => ticks >= first + 150, 'the ticks');
    expect(timeOf('isolet-worker') - before).toBeLessThan(150);
    await end();
  });
});
