import { readProcessUse } from '../cells/process-use.ts';
import type { CellProcess } from './cell-process.ts';

/** A cell as it is now. Sizes are bytes, times are milliseconds. */
export interface CellStats {
  /** Of the process to signal or to wait for. */
  pid: number;
  /** Whose it is, if a pool gave it to a tenant. */
  tenantId?: string | undefined;
  /** Which of the tenant's functions it is for: see the pool's option `isolation`. */
  group?: string | undefined;
  /** Since its walls stood. */
  ageMs: number;
  /** Memory in use that it shares with no other process. */
  memoryBytes: number;
  /** Processor time of all its threads. */
  cpuMs: number;
  /** The layers that stand between it and the machine. */
  walls: string[];
  /** Those that it could do without and that the system refused. */
  missing: string[];
}

/** Cells together. */
export interface CellsStats {
  /** How many there are. */
  count: number;
  /** Sum of their memory in bytes. */
  memoryBytes: number;
  /** Sum of their processor time in ms. */
  cpuMs: number;
  /** Each of them. */
  list: CellStats[];
}

export function readCellStats(cell: CellProcess): CellStats {
  const { memoryBytes = 0, cpuMs = 0 } = readProcessUse(cell.pid) ?? {};
  return {
    pid: cell.pid,
    ...cell.servant,
    ageMs: performance.now() - cell.startedAt,
    memoryBytes,
    cpuMs,
    walls: cell.walls.filter(({ state }) => state === 'held').map(({ layer }) => layer),
    missing: cell.missing.map(({ layer }) => layer),
  };
}

export function sumOfCells<T extends CellStats>(list: T[]): CellsStats & { list: T[] } {
  let memoryBytes = 0;
  let cpuMs = 0;
  for (const cell of list) {
    memoryBytes += cell.memoryBytes;
    cpuMs += cell.cpuMs;
  }
  return { count: list.length, memoryBytes, cpuMs, list };
}
