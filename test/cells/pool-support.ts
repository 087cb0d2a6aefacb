import { readdirSync, readFileSync } from 'node:fs';
import { type PlatformApi, type PoolEvents, type PoolFunction, type PoolOptions, RuntimePool } from 'isolet';
import { afterEach, expect } from 'vitest';

/** Makes pools of cells for the tests of a file; after each test they are closed and no process of theirs is left. */
export function useCellPools(): (api?: PlatformApi, options?: PoolOptions) => RuntimePool & { cells: CellLog } {
  const made: (RuntimePool & { cells: CellLog })[] = [];
  afterEach(async () => {
    for (const pool of made.splice(0)) {
      await pool.close({ drain: false });
      expect(pool.stats()).toMatchObject({ runtimes: 0, active: 0, queued: 0, reservedMb: 0 });
      expect(pool.cells.exits.map(({ pid }) => pid).sort()).toEqual(pool.cells.starts.map(({ pid }) => pid).sort());
      for (const { pid } of pool.cells.starts) expect(isThere(pid)).toBe(false);
    }
  });
  return (api = {}, options = {}) => {
    const pool = new RuntimePool(api, { isolation: 'process', ...options });
    const cells: CellLog = { starts: [], exits: [] };
    pool.on('cellStart', (cell) => cells.starts.push(cell));
    pool.on('cellExit', (cell) => cells.exits.push(cell));
    made.push(Object.assign(pool, { cells }));
    return pool as RuntimePool & { cells: CellLog };
  };
}

export interface CellLog {
  starts: PoolEvents['cellStart'][0][];
  exits: PoolEvents['cellExit'][0][];
}

export function fn(code: string, rest: Partial<PoolFunction> = {}): PoolFunction {
  return { tenantId: 'acme', name: 'f', code, ...rest };
}

export function isThere(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ');
  } catch {
    return false;
  }
}

/** The process and those that it has started, which is the sealed one where there is a process namespace. */
export function processesOf(pid: number): number[] {
  const children = readdirSync('/proc').filter((name) => {
    try {
      return (
        /^\d+$/.test(name) && readFileSync(`/proc/${name}/stat`, 'latin1').split(') ')[1]?.split(' ')[1] === `${pid}`
      );
    } catch {
      return false;
    }
  });
  return [pid, ...children.flatMap((child) => processesOf(Number(child)))];
}

/** As the kernel does when memory is short. */
export function kill(pid: number): void {
  for (const one of processesOf(pid)) process.kill(one, 'SIGKILL');
}
