import type { CellExit } from '../../cells/spawned-process.ts';
import { maxMilliseconds } from '../../options/check.ts';
import type { CellProcess } from '../engine.ts';
import type { CellExitReason, CellRef, PoolEvents } from '../report/events.ts';

export interface TenantCellHooks {
  /** It stands. */
  started(cell: TenantCell): void;
  /** What is in it has to go. */
  leaving(cell: TenantCell): void;
  /** Something in it has ended. */
  freed(cell: TenantCell): void;
  /** There is no process any more, if there ever was one. */
  gone(cell: TenantCell, exit: CellExit | undefined): void;
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
  readonly startedAt = performance.now();
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
  exit: CellExit | undefined;
  /** It was told to end, and will in a moment. */
  ending = false;
  readonly #hooks: TenantCellHooks;
  readonly #idleTtl: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param idleTtl ms that it may stay without a runtime */
  constructor(
    { tenantId, group }: { tenantId: string; group: string },
    starting: Promise<CellProcess>,
    idleTtl: number,
    hooks: TenantCellHooks,
  ) {
    this.tenantId = tenantId;
    this.group = group;
    this.#idleTtl = idleTtl;
    this.#hooks = hooks;
    this.ready = this.#start(starting);
    this.over = this.ready
      .then(async (process) => {
        this.exit = await process.exited;
        if (!this.ending) this.retire('died');
      })
      .catch(() => this.retire('died'))
      .then(() => {
        clearTimeout(this.#timer);
        hooks.gone(this, this.exit);
      });
  }

  /** Whether it takes new runtimes. */
  get serves(): boolean {
    return this.leaving === undefined && this.process?.open !== false;
  }

  enter(memoryMb: number): void {
    this.runtimes++;
    this.busy++;
    this.reservedMb += memoryMb;
    clearTimeout(this.#timer);
  }

  setBusy(busy: boolean): void {
    this.busy += busy ? 1 : -1;
    if (this.busy === 0) this.#hooks.freed(this);
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
    this.#hooks.started(this);
    // Nobody needs it any more.
    if (this.leaving !== undefined && this.runtimes === 0) this.#end();
    return this.process;
  }

  #emptied(): void {
    if (this.leaving !== undefined) this.#end();
    else if (this.#idleTtl <= maxMilliseconds) {
      this.#timer = setTimeout(() => this.retire('idle'), this.#idleTtl).unref();
    }
  }

  #end(): void {
    if (!this.process || this.ending) return;
    this.ending = true;
    this.process.end(whys[this.leaving ?? 'closed']);
  }
}

/** What events say of it. It has a process, or had one. */
export const refOfCell = ({ tenantId, group, process }: TenantCell): CellRef => ({
  tenantId,
  group,
  pid: process?.pid ?? 0,
});

export const exitOf = (cell: TenantCell): PoolEvents['cellExit'][0] => ({
  ...refOfCell(cell),
  reason: cell.leaving ?? 'died',
  signal: cell.exit?.signal ?? undefined,
});
