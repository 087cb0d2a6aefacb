import { CellProcess } from '../engine.ts';
import type { ResolvedIsolation } from '../options/isolation.ts';

const mebibyte = 1024 * 1024;

/** Where cells come from. Each has run nobody's code, and is given once. */
export class CellStock {
  readonly #options: ResolvedIsolation;

  constructor(options: ResolvedIsolation) {
    this.#options = options;
  }

  /** @throws {CellError} */
  take(): Promise<CellProcess> {
    const { cell, maxCellMemoryMb } = this.#options;
    return CellProcess.start({ ...cell, maxMemory: maxCellMemoryMb * mebibyte });
  }

  /** Ends what nobody has taken. */
  async close(): Promise<void> {}
}
