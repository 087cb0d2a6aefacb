import { maxMilliseconds } from '../../options/check.ts';
import { type CellEnd, type CellProcess, readCellStats, sumOfCells } from '../engine.ts';
import type { CellExitReason, CellRef, PoolEvents } from '../report/events.ts';
import type { PoolCellStats, PoolStats } from '../report/stats.ts';

export interface TenantCellHooks {
  /** It stands. */
  started(cell: TenantCell): void;
  /** What is in it has to go. */
  leaving(cell: TenantCell): void;
  /** Something begins to run in it. */
  used(cell: TenantCell): void;
  /** Something in it has ended. */
  freed(cell: TenantCell): void;
  /** There is no process any more, if there ever was one. */
  gone(cell: TenantCell, exit: CellEnd | undefined): void;
}

/** In ms. */
export interface CellTimes {
  /** How long it may stay without a runtime. */
  readonly idleTtl: number;
  /** How long after its start it takes new ones. */
  readonly maxAge: number;
}

const whys: Readonly<Record<CellExitReason, string>> = {
  idle: 'nobody used it',
  capacity: 'another tenant needed its place',
  age: 'it was old',
  memory: 'it took too much memory',
  lost: 'a guest in it could not be stopped',
  died: 'it ended by itself',
  closed: 'the pool was closed',
};

/**
 * A process that serves one tenant: starts, serves, drains once it has a reason to go, and ends when the last runtime in
 * it is closed. Who it serves never changes.
 */
export class TenantCell {
  readonly tenantId: string;
  readonly group: string;
  /** Rejects with what kept it from starting. */
  readonly ready: Promise<CellProcess>;
  /** Resolves when `gone` was told. */
  readonly over: Promise<void>;
  /** Runtimes in it, those being made and closed included, and those of them that run something. */
  runtimes = 0;
  busy = 0;
  /** MiB that they may take together. */
  reservedMb = 0;
  /** Set once it takes no new runtimes. */
  leaving: CellExitReason | undefined;
  process: CellProcess | undefined;
  /** Known when it is gone. */
  exit: CellEnd | undefined;
  /** It ended, or did not start, without being told to. */
  died = false;
  readonly #hooks: TenantCellHooks;
  #ending = false;
  readonly #times: CellTimes;
  #idleTimer: NodeJS.Timeout | undefined;
  #ageTimer: NodeJS.Timeout | undefined;

  constructor(
    { tenantId, group }: { tenantId: string; group: string },
    times: CellTimes,
    starting: Promise<CellProcess>,
    hooks: TenantCellHooks,
  ) {
    this.tenantId = tenantId;
    this.group = group;
    this.#times = times;
    this.#hooks = hooks;
    this.ready = this.#start(starting);
    this.over = this.ready
      .then(async (process) => {
        this.exit = await process.exited;
        this.#ended();
      })
      .catch(() => this.#ended())
      .then(() => {
        clearTimeout(this.#idleTimer);
        clearTimeout(this.#ageTimer);
        hooks.gone(this, this.exit);
      });
  }

  /** Whether it takes new runtimes. */
  get serves(): boolean {
    return this.leaving === undefined && this.process?.open !== false;
  }

  /** Whether it will be gone in a moment. */
  get endsSoon(): boolean {
    return this.leaving !== undefined && this.busy === 0;
  }

  enter(memoryMb: number): void {
    this.runtimes++;
    this.busy++;
    this.reservedMb += memoryMb;
    clearTimeout(this.#idleTimer);
    this.#hooks.used(this);
  }

  setBusy(busy: boolean): void {
    this.busy += busy ? 1 : -1;
    if (busy) this.#hooks.used(this);
    else if (this.busy === 0) this.#hooks.freed(this);
  }

  leave(memoryMb: number, wasBusy: boolean): void {
    this.runtimes--;
    this.reservedMb -= memoryMb;
    if (wasBusy) this.busy--;
    if (this.runtimes === 0) this.#emptied();
    this.#hooks.freed(this);
  }

  /** No new runtimes; it ends when the last one is closed. The first reason counts. */
  retire(reason: CellExitReason): void {
    if (this.leaving !== undefined) return;
    this.leaving = reason;
    this.#hooks.leaving(this);
    if (this.runtimes === 0) this.#end();
  }

  async #start(starting: Promise<CellProcess>): Promise<CellProcess> {
    this.process = await starting;
    this.process.servant = { tenantId: this.tenantId, group: this.group };
    this.#ageTimer = after(this.#times.maxAge, () => this.retire('age'));
    this.#hooks.started(this);
    // Nobody needs it any more.
    if (this.leaving !== undefined && this.runtimes === 0) this.#end();
    return this.process;
  }

  #ended(): void {
    this.died = !this.#ending;
    this.retire(this.exit?.reason === 'memory' ? 'memory' : 'died');
  }

  #emptied(): void {
    if (this.leaving !== undefined) this.#end();
    else this.#idleTimer = after(this.#times.idleTtl, () => this.retire('idle'));
  }

  #end(): void {
    if (!this.process || this.#ending) return;
    this.#ending = true;
    this.process.end(whys[this.leaving ?? 'closed']);
  }
}

/** A timer that keeps nobody waiting; none if that is longer than a timer takes. */
const after = (ms: number, then: () => void): NodeJS.Timeout | undefined =>
  ms <= maxMilliseconds ? setTimeout(then, ms).unref() : undefined;

/** What events say of it. It has a process, or had one. */
export const refOfCell = ({ tenantId, group, process }: TenantCell): CellRef => ({
  tenantId,
  group,
  pid: process?.pid ?? 0,
});

export const exitOf = (cell: TenantCell): PoolEvents['cellExit'][0] => ({
  ...refOfCell(cell),
  reason: cell.died ? 'died' : (cell.leaving ?? 'closed'),
  signal: cell.exit?.signal ?? undefined,
});

function statsOf(cell: TenantCell, process: CellProcess): PoolCellStats {
  const { tenantId, group, leaving, runtimes, busy } = cell;
  const state = leaving === undefined ? 'serving' : 'draining';
  return { ...readCellStats(process), tenantId, group, state, runtimes, busy };
}

/** Those that stand longest come first. */
export function cellsStats(cells: readonly TenantCell[], spare: number): PoolStats['cells'] {
  const list = cells.flatMap((cell) => (cell.process ? [statsOf(cell, cell.process)] : []));
  list.sort((a, b) => b.ageMs - a.ageMs);
  return { ...sumOfCells(list), list, starting: cells.length - list.length, spare };
}
