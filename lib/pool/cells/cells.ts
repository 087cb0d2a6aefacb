import { CellError } from '../../errors/index.ts';
import { InOrder } from '../../shared/in-order.ts';
import type { CellProcess } from '../engine.ts';
import { capacity } from '../failures/refusal.ts';
import { escapePart } from '../function/function-key.ts';
import { label } from '../function/label.ts';
import type { ResolvedFunction } from '../function/resolved-function.ts';
import type { ResolvedIsolation } from '../options/isolation.ts';
import { Backoff } from './backoff.ts';
import { CellPlace } from './cell-place.ts';
import { here } from './here.ts';
import { MemoryWatch } from './memory-watch.ts';
import type { Place, Places } from './place.ts';
import { CellStock } from './stock.ts';
import { type CellTimes, TenantCell, type TenantCellHooks } from './tenant-cell.ts';

/** MiB that a runtime takes beside its heap, and that V8 may need to end a guest at its limit. */
const besideHeap = 4;
const toUnwind = 128;
const mebibyte = 1024 * 1024;
/** Of what a cell may take: it is replaced before the kernel ends it. */
const nearlyAll = 7 / 8;

/** Called after the books were brought up to date. */
export interface CellsHooks extends Omit<TenantCellHooks, 'used'> {
  /** What can be done in a cell before anybody needs it. Rejects if it can't; the cell may be used all the same. */
  prepare(cell: CellProcess): Promise<void>;
}

/** Which cell serves whom: those of each tenant's groups, how many there are, and which goes when there are too many. */
export class Cells implements Places {
  readonly #options: ResolvedIsolation;
  readonly #times: CellTimes;
  readonly #hooks: TenantCellHooks;
  readonly #stock: CellStock;
  readonly #memory: MemoryWatch;
  readonly #backoff = new Backoff();
  /** Until the process is gone; the one that did nothing for longest comes first. */
  readonly #all = new InOrder<TenantCell>();
  readonly #ofGroup = new Map<string, Set<TenantCell>>();
  #closing = false;

  constructor(options: ResolvedIsolation, idleTtl: number, hooks: CellsHooks) {
    this.#options = options;
    this.#times = { idleTtl, maxAge: options.maxCellAge };
    this.#stock = new CellStock(options, hooks.prepare);
    this.#memory = new MemoryWatch(options.maxCellMemoryMb * mebibyte * nearlyAll);
    this.#hooks = {
      ...hooks,
      used: (cell) => this.#memory.note(cell),
      freed: (cell) => {
        this.#freed(cell);
        hooks.freed(cell);
      },
      gone: (cell, exit) => {
        this.#forget(cell);
        hooks.gone(cell, exit);
      },
    };
  }

  refusal(fn: ResolvedFunction): Error | undefined {
    return fn.cell === undefined ? undefined : (this.#tooLarge(fn) ?? this.#crashing(fn));
  }

  hasRoom(fn: ResolvedFunction, modest: boolean): boolean {
    if (fn.cell === undefined || this.#serving(fn) || this.#all.size < this.#options.maxCells) return true;
    if (!modest) this.#makeRoom();
    return false;
  }

  full(): Error | undefined {
    const { maxCells } = this.#options;
    if (this.#all.size < maxCells || this.list.some(({ endsSoon }) => endsSoon)) return undefined;
    const message = `All ${maxCells} cells (isolation.maxCells) are at work. Raise 'isolation.maxCells', or try again later.`;
    return capacity(message, maxCells, this.#all.size);
  }

  take(fn: ResolvedFunction): Place {
    if (fn.cell === undefined) return here;
    const cell = this.#serving(fn) ?? this.#open(fn, fn.cell);
    return new CellPlace(cell, fn, fn.memoryMb + besideHeap);
  }

  /** How many are kept ready. */
  get spare(): number {
    return this.#stock.size;
  }

  get list(): readonly TenantCell[] {
    return [...this.#all.keys()];
  }

  /** The next cell of a tenant whose cells ended by themselves may start at once. */
  forgive(tenantId: string): void {
    this.#backoff.forget(tenantId);
  }

  /** Ends each cell when the last runtime in it is closed. */
  async close(): Promise<void> {
    this.#closing = true;
    const cells = this.list;
    for (const cell of cells) cell.retire('closed');
    await Promise.all([...cells.map(({ over }) => over), this.#stock.close()]);
  }

  #tooLarge({ memoryMb }: ResolvedFunction): Error | undefined {
    const { maxCellMemoryMb } = this.#options;
    const most = maxCellMemoryMb - toUnwind - besideHeap;
    if (memoryMb <= most) return undefined;
    const message = `A runtime of ${memoryMb} MiB (memoryMb) is more than the ${most} MiB that a cell of ${maxCellMemoryMb} MiB (isolation.maxCellMemoryMb) has for one.`;
    return capacity(message, most, memoryMb, false);
  }

  #crashing(fn: ResolvedFunction): Error | undefined {
    const backoff = this.#backoff.of(fn.tenantId, performance.now());
    if (!backoff || this.#serving(fn)) return undefined;
    const tenant = `tenant '${label(fn.tenantId)}'`;
    const message = `${backoff.count} cells of ${tenant} ended by themselves, one after the other. The next one starts in ${Math.ceil(backoff.wait)} ms at the earliest.`;
    return new CellError(message, { retryable: true, tenantId: fn.tenantId });
  }

  #serving(fn: ResolvedFunction): TenantCell | undefined {
    const most = this.#options.maxCellMemoryMb - toUnwind;
    for (const cell of this.#ofGroup.get(groupKey(fn.tenantId, fn.cell ?? '')) ?? []) {
      if (cell.serves && cell.reservedMb + fn.memoryMb + besideHeap <= most) return cell;
    }
    return undefined;
  }

  #open({ tenantId }: ResolvedFunction, group: string): TenantCell {
    const cell = new TenantCell({ tenantId, group }, this.#times, this.#stock.take(), this.#hooks);
    this.#all.set(cell, true);
    const key = groupKey(tenantId, group);
    const others = this.#ofGroup.get(key) ?? new Set();
    this.#ofGroup.set(key, others.add(cell));
    return cell;
  }

  /** Ends the cell in which nothing has run for longest, unless one is ending already. */
  #makeRoom(): void {
    let victim: TenantCell | undefined;
    for (const [cell] of this.#all) {
      if (cell.endsSoon) return;
      if (cell.busy === 0) victim ??= cell;
    }
    victim?.retire('capacity');
  }

  #freed(cell: TenantCell): void {
    this.#memory.note(cell);
    if (cell.busy === 0 && this.#all.delete(cell)) this.#all.set(cell, true);
    if (this.#closing) cell.retire('closed');
  }

  #forget(cell: TenantCell): void {
    this.#all.delete(cell);
    this.#memory.forget(cell);
    if (cell.died) this.#backoff.crashed(cell.tenantId, performance.now());
    const key = groupKey(cell.tenantId, cell.group);
    const others = this.#ofGroup.get(key);
    others?.delete(cell);
    if (others?.size === 0) this.#ofGroup.delete(key);
  }
}

/** No two tenants have one of the same, whatever their groups are called. */
const groupKey = (tenantId: string, group: string): string => `${escapePart(tenantId)}:${group}`;
