import type { Place } from '../cells/place.ts';
import { type GuestKind, isSameKind } from '../code/guest-kind.ts';
import { type CellProcess, createShared } from '../engine.ts';
import type { Virgin } from './virgin.ts';

type Make = (kind: GuestKind, place: Pick<Place, 'createRuntime'>) => Promise<Virgin>;

interface Kept {
  readonly kind: GuestKind;
  readonly virgin: Virgin;
}

/**
 * Virgin runtimes in cells that wait for a tenant, one in each, so that the first cold start there need not wait for an
 * isolate. They are of the kind that was asked for last.
 */
export class CellVirgins {
  readonly #make: Make;
  readonly #kept = new Map<CellProcess, Kept>();
  #kind: GuestKind;

  constructor(kind: GuestKind, make: Make) {
    this.#kind = kind;
    this.#make = make;
  }

  /** Rejects if it can't be done; the cell may be used all the same. */
  async prepare(cell: CellProcess): Promise<void> {
    const kind = this.#kind;
    this.#kept.set(cell, { kind, virgin: await this.#make(kind, inCell(cell)) });
    void cell.exited.then(() => this.#take(cell)?.virgin.runtime.close());
  }

  /** The one in this cell, if it is of this kind. */
  take(cell: CellProcess, kind: GuestKind): Virgin | undefined {
    this.#kind = kind;
    const kept = this.#take(cell);
    if (!kept || kept.virgin.runtime.closed) return undefined;
    if (isSameKind(kept.kind, kind)) return kept.virgin;
    kept.virgin.runtime.close();
    return undefined;
  }

  #take(cell: CellProcess): Kept | undefined {
    const kept = this.#kept.get(cell);
    this.#kept.delete(cell);
    return kept;
  }
}

const inCell = (cell: CellProcess): Pick<Place, 'createRuntime'> => ({
  createRuntime: (options) => createShared(options, cell),
});
