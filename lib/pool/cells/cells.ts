import { InOrder } from '../../shared/in-order.ts';
import { capacity } from '../failures/refusal.ts';
import { escapePart } from '../function/function-key.ts';
import { label } from '../function/label.ts';
import type { ResolvedFunction } from '../function/resolved-function.ts';
import type { ResolvedIsolation } from '../options/isolation.ts';
import { CellPlace } from './cell-place.ts';
import { here } from './here.ts';
import type { Place, Places } from './place.ts';
import { CellStock } from './stock.ts';
import { TenantCell, type TenantCellHooks } from './tenant-cell.ts';

/** MiB that a runtime takes beside its heap, and that V8 may need to end a guest at its limit. */
const besideHeap = 4;
const toUnwind = 128;

/** Which cell serves whom: those of each tenant's groups, how many there are, and which goes when there are too many. */
export class Cells implements Places {
  readonly #options: ResolvedIsolation;
  readonly #idleTtl: number;
  readonly #hooks: TenantCellHooks;
  readonly #stock: CellStock;
  /** Until the process is gone; the one that did nothing for longest comes first. */
  readonly #all = new InOrder<TenantCell>();
  readonly #ofGroup = new Map<string, Set<TenantCell>>();
  #closing = false;

  /** @param hooks called after the books were brought up to date */
  constructor(options: ResolvedIsolation, idleTtl: number, hooks: TenantCellHooks) {
    this.#options = options;
    this.#idleTtl = idleTtl;
    this.#stock = new CellStock(options);
    this.#hooks = {
      ...hooks,
      freed: (cell) => this.#freed(cell, hooks),
      gone: (cell, exit) => {
        this.#forget(cell);
        hooks.gone(cell, exit);
      },
    };
  }

  refusal({ cell, memoryMb }: ResolvedFunction): Error | undefined {
    if (cell === undefined) return undefined;
    const { maxCellMemoryMb } = this.#options;
    const most = maxCellMemoryMb - toUnwind - besideHeap;
    if (memoryMb <= most) return undefined;
    const message = `A runtime of ${memoryMb} MiB (memoryMb) is more than the ${most} MiB that a cell of ${maxCellMemoryMb} (isolation.maxCellMemoryMb) has for one.`;
    return capacity(message, most, memoryMb, false);
  }

  hasRoom(fn: ResolvedFunction, modest: boolean): boolean {
    if (fn.cell === undefined || this.#serving(fn)) return true;
    const { maxCells } = this.#options;
    if (this.#all.size < maxCells) return true;
    if (!modest) this.#makeRoom();
    return false;
  }

  take(fn: ResolvedFunction): Place {
    if (fn.cell === undefined) return here;
    const cell = this.#serving(fn) ?? this.#open(fn, fn.cell);
    return new CellPlace(cell, fn, fn.memoryMb + besideHeap);
  }

  get list(): readonly TenantCell[] {
    return [...this.#all.keys()];
  }

  /** Ends each cell when the last runtime in it is closed. */
  async close(): Promise<void> {
    this.#closing = true;
    const cells = this.list;
    for (const cell of cells) cell.retire('closed');
    await Promise.all([...cells.map(({ over }) => over), this.#stock.close()]);
  }

  #serving(fn: ResolvedFunction): TenantCell | undefined {
    const most = this.#options.maxCellMemoryMb - toUnwind;
    for (const cell of this.#ofGroup.get(keyOf(fn)) ?? []) {
      if (cell.serves && cell.reservedMb + fn.memoryMb + besideHeap <= most) return cell;
    }
    return undefined;
  }

  #open(fn: ResolvedFunction, group: string): TenantCell {
    const { tenantId } = fn;
    const cell = new TenantCell({ tenantId, group }, this.#stock.take(), this.#idleTtl, this.#hooks);
    this.#all.set(cell, true);
    const key = keyOf(fn);
    const others = this.#ofGroup.get(key) ?? new Set();
    this.#ofGroup.set(key, others.add(cell));
    return cell;
  }

  /** Ends the cell in which nothing has run for longest, unless one is ending already. */
  #makeRoom(): void {
    let victim: TenantCell | undefined;
    for (const [cell] of this.#all) {
      if (cell.ending) return;
      if (cell.busy === 0 && cell.leaving === undefined) victim ??= cell;
    }
    victim?.retire('capacity');
  }

  #freed(cell: TenantCell, hooks: TenantCellHooks): void {
    if (cell.busy === 0 && this.#all.delete(cell)) this.#all.set(cell, true);
    if (this.#closing) cell.retire('closed');
    hooks.freed(cell);
  }

  #forget(cell: TenantCell): void {
    this.#all.delete(cell);
    const key = groupKey(cell.tenantId, cell.group);
    const others = this.#ofGroup.get(key);
    others?.delete(cell);
    if (others?.size === 0) this.#ofGroup.delete(key);
  }
}

const keyOf = ({ tenantId, cell }: ResolvedFunction): string => groupKey(tenantId, cell ?? '');

/** No two tenants have one of the same, whatever their groups are called. */
const groupKey = (tenantId: string, group: string): string => `${escapePart(tenantId)}:${group}`;

/** The name of a cell, in messages. */
export const nameOf = ({ tenantId, group }: TenantCell): string =>
  `'${label(tenantId)}${group && ` (${label(group)})`}'`;
