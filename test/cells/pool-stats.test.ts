import { getProcessStats, ServerlessRuntime } from 'isolet';
import { describe, expect, it } from 'vitest';
import { deferred } from '../runtime/support.ts';
import { fn, useCellPools } from './pool-support.ts';
import { hasCells } from './support.ts';

const makePool = useCellPools();
const isolation = { mode: 'process', spareCells: 0 } as const;

describe.skipIf(!hasCells)('what is said of cells', () => {
  it('by a pool', async () => {
    const gate = deferred();
    const pool = makePool({ hold: () => gate.promise }, { isolation });
    expect(pool.stats().cells).toEqual({ count: 0, starting: 0, spare: 0, memoryBytes: 0, cpuMs: 0, list: [] });
    await pool.prewarm(fn('() => 1'));
    const busy = pool.invoke(fn('async () => { await hold(); }', { name: 'g' }));
    await expect.poll(() => pool.stats().active).toBe(1);
    const { cells } = pool.stats();
    const [cell] = cells.list;
    expect(cells).toMatchObject({ count: 1, starting: 0, memoryBytes: cell?.memoryBytes, cpuMs: cell?.cpuMs });
    expect(cell).toEqual({
      ...pool.cells.starts[0],
      state: 'serving',
      runtimes: 2,
      busy: 1,
      ageMs: expect.any(Number),
      memoryBytes: expect.any(Number),
      cpuMs: expect.any(Number),
      walls: expect.arrayContaining(['descriptors', 'no_new_privileges', 'landlock', 'system_call_filter', 'memory']),
      missing: expect.any(Array),
    });
    gate.resolve();
    await busy;
  });

  it('by the process, with all that it has', async () => {
    const pool = makePool({}, { isolation });
    const before = getProcessStats().cells.list.map(({ pid }) => pid);
    await pool.invoke(fn('() => 1'));
    const { cells } = getProcessStats();
    const [pid] = pool.cells.starts.map((cell) => cell.pid);
    expect(cells.count).toBe(cells.list.length);
    expect(cells.list.filter((cell) => !before.includes(cell.pid))).toMatchObject([
      { pid, tenantId: 'acme', group: '' },
    ]);
    await pool.close();
    expect(getProcessStats().cells.list.map((cell) => cell.pid)).not.toContain(pid);
  });

  it('by a serverless runtime', async () => {
    const serverless = new ServerlessRuntime({}, { isolation });
    await serverless.deploy({ tenantId: 'acme', name: 'f', code: '() => 1' });
    await serverless.invoke('acme', 'f');
    expect(serverless.stats().pool.cells.list).toMatchObject([{ tenantId: 'acme', runtimes: 1, state: 'serving' }]);
    await serverless.cleanup();
    expect(serverless.stats().pool.cells.count).toBe(0);
  });
});
