import { setTimeout } from 'node:timers/promises';
import { CellError } from '../../errors/index.ts';
import { type CellEndReason, type CellProcess, createShared, type Runtime, type RuntimeOptions } from '../engine.ts';
import { label } from '../function/label.ts';
import type { ResolvedFunction } from '../function/resolved-function.ts';
import type { EvictReason } from '../report/evict-reason.ts';
import type { Place } from './place.ts';
import type { TenantCell } from './tenant-cell.ts';

/** How long, in ms, an error waits for the system to say how the process ended. */
const patience = 1000;

/** Where the signal says nothing: it was the host's own. */
const endings: Readonly<Partial<Record<CellEndReason, string>>> = {
  memory: ' because it had more memory than it may',
  silent: ' because it did not answer',
  processor: ' because it computed although nothing was asked of it',
  misbehaved: ' because it sent what no cell sends',
};

const isGone = ({ reason }: CellError): boolean => reason === 'ended' || reason === 'memory';

/** The place of one runtime in a cell. */
export class CellPlace implements Place {
  readonly #cell: TenantCell;
  readonly #fn: ResolvedFunction;
  readonly #memoryMb: number;
  #busy = true;

  /** @param memoryMb that the runtime may take */
  constructor(cell: TenantCell, fn: ResolvedFunction, memoryMb: number) {
    this.#cell = cell;
    this.#fn = fn;
    this.#memoryMb = memoryMb;
    cell.enter(memoryMb);
  }

  async createRuntime(options: RuntimeOptions): Promise<Runtime> {
    return createShared(options, await this.cell);
  }

  get cell(): Promise<CellProcess> {
    return this.#cell.ready;
  }

  get leaving(): EvictReason | undefined {
    return this.#cell.leaving && 'cell';
  }

  setBusy(busy: boolean): void {
    if (busy === this.#busy) return;
    this.#busy = busy;
    this.#cell.setBusy(busy);
  }

  lost(): void {
    this.#cell.retire('lost');
  }

  async explain(error: unknown): Promise<unknown> {
    // One with a cause was explained already.
    if (!(error instanceof CellError) || !isGone(error) || error.cause instanceof CellError) return error;
    await Promise.race([this.#cell.over, setTimeout(patience, undefined, { ref: false })]);
    const { tenantId, name } = this.#fn;
    const { process, exit } = this.#cell;
    const signal = exit?.signal ?? undefined;
    const { reason, limit, used } = error;
    const how = endings[exit?.reason ?? 'exited'] ?? (signal === undefined ? '' : ` with ${signal}`);
    const message = `The cell that ${label(tenantId)}:${label(name)} ran in has ended${how}, and what ran in it. It is not run again by itself.`;
    return new CellError(message, { reason, limit, used, pid: process?.pid, signal, tenantId, cause: error });
  }

  leave(): void {
    this.#cell.leave(this.#memoryMb, this.#busy);
  }
}
