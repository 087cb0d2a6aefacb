import { packageFile } from '../binding.ts';
import { type CellOptions as StartOptions, startCell } from '../cells/cell.ts';
import { warnOfMissing } from '../cells/missing-walls.ts';
import type { CellExit } from '../cells/spawned-process.ts';
import { CellError, type CellWall } from '../errors/cell-error.ts';
import { webProgramFiles } from '../native/web-programs.ts';
import { engine } from './engine.ts';

/** What the launcher says of a layer that nobody wants. */
const notAskedFor = 'off';

/** Those of this thread that have not ended. */
export const liveCells = new Set<CellProcess>();

const registry = new FinalizationRegistry<CellProcess>((cell) => cell.end('nobody has it any more'));

/** Ends the process when `owner` is collected, which must not be reachable from it. */
export function endWith(owner: object, cell: CellProcess): void {
  registry.register(owner, cell);
}

/**
 * A sealed process that the engine makes guests in. It does not keep the host alive, and ends with it; calls that are
 * pending do keep it.
 */
export class CellProcess {
  readonly pid: number;
  readonly walls: readonly CellWall[];
  /** Resolves when the process is gone; never rejects. */
  readonly exited: Promise<CellExit>;
  /** What the engine calls it. */
  readonly id: number;
  readonly startedAt = performance.now();
  /** Whom it serves, if somebody said so. */
  servant: { readonly tenantId: string; readonly group: string } | undefined;
  readonly #kill: () => void;
  #ended = false;

  /** @throws {@link CellError} */
  static async start(options: StartOptions): Promise<CellProcess> {
    const cell = await startCell({
      ...options,
      scriptArguments: ['serve'],
      // Beside what every cell reads: what it gives to guests.
      readable: [...webProgramFiles.map((name) => packageFile(`dist/${name}`)), ...(options.readable ?? [])],
    });
    cell.unref();
    try {
      return new CellProcess(cell);
    } catch (error) {
      cell.kill();
      throw error;
    }
  }

  private constructor({ pid, walls, channel, descriptor, exited, kill }: Awaited<ReturnType<typeof startCell>>) {
    this.pid = pid;
    this.walls = walls;
    this.exited = exited;
    this.#kill = kill;
    // Killed whatever the reason is: what misbehaves, and what has nobody to serve.
    this.id = channel.destroyed ? 0 : engine().openCell(descriptor, () => this.#stop());
    channel.destroy();
    if (this.id === 0) {
      throw new CellError(
        'The channel to a cell could not be opened: the process has no descriptors or threads left.',
        {
          retryable: true,
        },
      );
    }
    liveCells.add(this);
    void this.exited.then(() => liveCells.delete(this));
    warnOfMissing(this.missing);
  }

  /** Layers that it could do without and that the system refused. */
  get missing(): readonly CellWall[] {
    return this.walls.filter(({ state, call }) => state === 'missing' && call !== notAskedFor);
  }

  /** False once nothing can run there any more. */
  get open(): boolean {
    return !this.#ended;
  }

  /** Ends the process at once. @param why - for the calls that are pending: 'the cell was closed' */
  end(why: string): void {
    if (this.#ended) return;
    engine().endCell(this.id, why);
    this.#stop();
  }

  #stop(): void {
    this.#ended = true;
    this.#kill();
  }
}
