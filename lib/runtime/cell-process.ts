import { availableParallelism } from 'node:os';
import { packageFile } from '../binding.ts';
import { type Cell as StartedCell, type CellOptions as StartOptions, startCell } from '../cells/cell.ts';
import { enterGroup, type GroupLimits } from '../cells/cgroup.ts';
import { warnOfMissing } from '../cells/missing-walls.ts';
import { CellError, type CellWall, type GoneProcess } from '../errors/cell-error.ts';
import { webProgramFiles } from '../native/web-programs.ts';
import type { NativeCellEnd } from '../native.ts';
import { defaultCellMemory } from '../options/cell-options.ts';
import { nodeMajor } from '../shared/node-major.ts';
import { type CellEnd, endOf } from './cell-end.ts';
import { engine } from './engine.ts';

/** What the launcher says of a layer that nobody wants. */
const notAskedFor = 'off';
const mib = 1024 ** 2;

/** Those of this thread that have not ended. */
export const liveCells = new Set<CellProcess>();

/**
 * How much later than the host's own bound the kernel's comes: that counts what is mapped, and at that V8 finds no memory
 * instead of the cell being ended with a reason.
 */
const kernelSlack = (maxMemory: number): number => maxMemory / 4 + 128 * mib + maxMemory * mappedForCode;

/**
 * Newer V8 maps 64 MiB writable for the code of each runtime and touches next to nothing of it: that many times what a cell
 * may have, at 8 MiB for a runtime.
 */
const mappedForCode = nodeMajor >= 22 ? 8 : 0;

/** Beside what it may take: itself, and what the kernel has for it. The engine begins a thread for each processor. */
const groupLimits = (maxMemory: number): GroupLimits => ({
  memory: Math.ceil(maxMemory * 1.5) + 256 * mib,
  tasks: 64 + 2 * availableParallelism(),
});

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
  readonly exited: Promise<CellEnd>;
  /** What the engine calls it. */
  readonly id: number;
  readonly startedAt = performance.now();
  /** Whom it serves, if somebody said so. */
  servant: { readonly tenantId: string; readonly group: string } | undefined;
  #exit: CellEnd | undefined;
  readonly #kill: () => void;
  #ended = false;
  /** What has become of a guest in it, for whose sake the cell should go: its memory is not given back before. */
  #worn: string | undefined;

  /** @throws {@link CellError} */
  static async start(options: StartOptions): Promise<CellProcess> {
    const { maxMemory = defaultCellMemory } = options;
    const cell = await startCell({
      ...options,
      maxMemory: maxMemory + kernelSlack(maxMemory),
      scriptArguments: ['serve'],
      // Beside what every cell reads: what it gives to guests.
      readable: [...webProgramFiles.map((name) => packageFile(`dist/${name}`)), ...(options.readable ?? [])],
    });
    cell.unref();
    const group = enterGroup(cell.pid, groupLimits(maxMemory));
    void cell.exited.then(() => group.remove());
    try {
      return new CellProcess({ ...cell, walls: [...cell.walls, group.wall] }, maxMemory);
    } catch (error) {
      cell.kill();
      throw error;
    }
  }

  private constructor({ pid, walls, channel, descriptor, exited, kill }: StartedCell, maxMemory: number) {
    this.pid = pid;
    this.walls = walls;
    this.#kill = kill;
    let said: (end: NativeCellEnd) => void = () => {};
    const knownEnd = new Promise<NativeCellEnd>((resolve) => {
      said = resolve;
    });
    this.exited = Promise.all([exited, knownEnd]).then(([exit, end]) => (this.#exit = endOf(exit, end)));
    const tell = (what: NativeCellEnd | 'worn', why: string): void => {
      if (what === 'worn') {
        this.#worn = why;
        return;
      }
      said(what);
      // Whatever the reason is: what misbehaves, and what has nobody to serve.
      this.#stop();
    };
    this.id = channel.destroyed ? 0 : engine().openCell(descriptor, pid, maxMemory, tell);
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

  /** Layers that it could do without and that the system refused. A group of its own is nothing that most hosts have. */
  get missing(): readonly CellWall[] {
    return this.walls.filter(
      ({ layer, state, call }) => state === 'missing' && call !== notAskedFor && layer !== 'cgroup',
    );
  }

  /** False once nothing can run there any more. */
  get open(): boolean {
    return !this.#ended;
  }

  /** For errors about it. */
  get identity(): GoneProcess {
    return { pid: this.pid, signal: this.#exit?.signal ?? undefined, tenantId: this.servant?.tenantId };
  }

  /** Why it should end when what is in it is done; undefined: it need not. */
  get worn(): string | undefined {
    return this.#worn;
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
