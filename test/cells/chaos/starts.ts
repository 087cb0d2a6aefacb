import { readdirSync } from 'node:fs';
import { createCell } from 'isolet';
import { childrenOf, spawnersOf } from '../processes.ts';
import { until, within } from './settled.ts';

const descriptors = () => readdirSync('/proc/self/fd').length;
const cellsHere = () => spawnersOf(process.pid).flatMap((pid) => childrenOf(pid));

/** What a host may grow by for a thousand cells that are gone, in bytes: what the allocator keeps in pieces. */
const slack = 24 * 1024 ** 2;

/**
 * So many cells, each with a runtime that answers, some closed and some killed.
 *
 * @throws if a descriptor, a process or memory is left
 */
export async function runStarts(count: number, together = 4): Promise<Record<string, number>> {
  let left = 0;
  async function starter(): Promise<void> {
    while (left > 0) {
      const n = left--;
      const cell = await within('a start', createCell());
      const runtime = await cell.createRuntime();
      const answer = await runtime.evalAsync(`${n} * 2`);
      if (answer !== n * 2) throw new Error(`${n} * 2 is ${String(answer)}`);
      if (n % 3 === 0) process.kill(cell.pid, 'SIGKILL');
      if (n % 3 === 1) await runtime.closeAsync();
      await within('an end', cell.close());
    }
  }
  const run = async (many: number) => {
    left = many;
    await Promise.all(Array.from({ length: together }, starter));
    await until('cells that are left', cellsHere, ({ length }) => length === 0);
  };
  await run(Math.min(count, 20));
  globalThis.gc?.();
  const before = { descriptors: descriptors(), resident: process.memoryUsage.rss() };
  await run(count);
  await until('descriptors', descriptors, (now) => now <= before.descriptors);
  globalThis.gc?.();
  const grown = process.memoryUsage.rss() - before.resident;
  if (grown > slack * Math.max(1, count / 1000)) {
    throw new Error(`${count} cells left ${Math.round(grown / 1024 ** 2)} MiB in the host`);
  }
  return { cells: count, descriptors: descriptors(), grownMb: Math.round(grown / 1024 ** 2) };
}
