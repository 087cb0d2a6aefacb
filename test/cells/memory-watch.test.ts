import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { readProcessUse } from '../../lib/cells/process-use.ts';
import { MemoryWatch } from '../../lib/pool/cells/memory-watch.ts';
import type { TenantCell } from '../../lib/pool/cells/tenant-cell.ts';
import { hasCells } from './support.ts';

/** This process, as a cell. What a guest takes is bounded, so that a real one does not get there by what it is told to do. */
function cellOf(busy: number) {
  const reasons: string[] = [];
  const cell = {
    process: { pid: process.pid },
    busy,
    leaving: undefined as string | undefined,
    retire: (reason: string) => {
      cell.leaving = reason;
      reasons.push(reason);
    },
  };
  return { cell: cell as unknown as TenantCell, state: cell, reasons };
}

describe.skipIf(!hasCells)('the memory of cells', () => {
  it('is looked at after something has run there: one that has too much is replaced', async () => {
    const watch = new MemoryWatch(1);
    const { cell, reasons } = cellOf(0);
    watch.note(cell);
    expect(reasons).toEqual([]);
    await expect.poll(() => reasons).toEqual(['memory']);
    watch.note(cell);
    const other = cellOf(0);
    watch.note(other.cell);
    await expect.poll(() => other.reasons).toEqual(['memory']);
    expect(reasons).toEqual(['memory']);
  });

  it('is looked at again and again while something runs', async () => {
    const watch = new MemoryWatch(Number.POSITIVE_INFINITY);
    const { cell, state, reasons } = cellOf(1);
    let looks = 0;
    Object.defineProperty(state, 'process', {
      get: () => {
        looks++;
        return { pid: process.pid };
      },
    });
    watch.note(cell);
    // Two for each look.
    await expect.poll(() => looks).toBeGreaterThan(4);
    watch.forget(cell);
    expect(reasons).toEqual([]);
  });

  it('and its processor time are what the system says', () => {
    const use = readProcessUse(process.pid);
    expect(use?.memoryBytes).toBeGreaterThan(1024 * 1024);
    expect(use?.memoryBytes).toBeLessThan(process.memoryUsage().rss * 2);
    expect(use?.cpuMs).toBeGreaterThan(0);
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    expect(readProcessUse(pid)).toBeUndefined();
  });
});
