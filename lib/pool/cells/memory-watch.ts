import { readProcessUse } from '../../cells/process-use.ts';
import type { TenantCell } from './tenant-cell.ts';

/** ms between two looks at cells in which something has run meanwhile. */
const pause = 500;

/**
 * Retires cells that come near the memory at which the kernel would end them with all that runs there. While nothing
 * runs in any of them nobody looks.
 */
export class MemoryWatch {
  readonly #most: number;
  readonly #used = new Set<TenantCell>();
  #timer: NodeJS.Timeout | undefined;

  /** @param most bytes */
  constructor(most: number) {
    this.#most = most;
  }

  /** Something begins to run there, or has ended. */
  note(cell: TenantCell): void {
    this.#used.add(cell);
    this.#timer ??= setTimeout(() => this.#look(), pause).unref();
  }

  forget(cell: TenantCell): void {
    this.#used.delete(cell);
  }

  #look(): void {
    this.#timer = undefined;
    const cells = [...this.#used];
    this.#used.clear();
    for (const cell of cells) {
      if (!cell.process || cell.leaving !== undefined) continue;
      if ((readProcessUse(cell.process.pid)?.memoryBytes ?? 0) > this.#most) cell.retire('memory');
      else if (cell.busy > 0) this.note(cell);
    }
  }
}
