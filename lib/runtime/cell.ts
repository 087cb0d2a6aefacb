import { inspect } from 'node:util';
import { nameFunction } from '../errors/brand.ts';
import type { CellWall } from '../errors/cell-error.ts';
import { type CellOptions, checkCellOptions } from '../options/cell-options.ts';
import { invalidRange, invalidType } from '../options/invalid.ts';
import type { RuntimeOptions } from '../options/runtime-options.ts';
import type { CellEnd } from './cell-end.ts';
import { CellProcess, endWith } from './cell-process.ts';
import { RuntimeCore } from './core.ts';
import { type Runtime, runtimeOf } from './runtime.ts';

/**
 * A process of its own behind walls of the operating system, for the runtimes of one tenant: who breaks out of V8 there
 * has a process that may compute and answer, and nothing else. Made with {@link createCell}.
 *
 * It does not keep the host alive; a pending call in it does. It ends with the host.
 */
export class Cell implements AsyncDisposable {
  readonly #process: CellProcess;

  /** @internal */
  constructor(process: CellProcess) {
    if (!(process instanceof CellProcess)) throw invalidType('process', process, 'made by createCell()');
    this.#process = process;
    endWith(this, process);
  }

  /** Of the process, as the kernel of this one names it. */
  get pid(): number {
    return this.#process.pid;
  }

  /** What stands between the cell and the machine, and what is missing. */
  get walls(): readonly CellWall[] {
    return this.#process.walls;
  }

  /**
   * `'draining'`: a guest in it had to be given up, and what it held is not given back before the process ends; what runs
   * there goes on, but make new runtimes in another cell. `'closed'`: nothing runs there any more.
   */
  get state(): 'open' | 'draining' | 'closed' {
    if (this.closed) return 'closed';
    return this.#process.worn === undefined ? 'open' : 'draining';
  }

  /** Resolves when the process is gone, with how and why it ended; never rejects. */
  get exited(): Promise<CellEnd> {
    return this.#process.exited;
  }

  /** True once nothing runs there any more: closed, or ended by itself. */
  get closed(): boolean {
    return !this.#process.open;
  }

  /**
   * Makes a runtime in the cell. Closing it leaves the cell as it is.
   *
   * @param options - See {@link RuntimeOptions}.
   * @returns The runtime. Rejects like `Runtime.create`.
   * @throws {@link CellError} the cell has ended
   */
  async createRuntime(options?: RuntimeOptions): Promise<Runtime> {
    const core = this.#newCore(options);
    await core.startAsync(this.#process);
    return runtimeOf(core);
  }

  /**
   * The same on the calling thread, as `new Runtime` does it: the event loop stands still until the cell has made the
   * runtime and run its bootstrap script, a few milliseconds as long as other runtimes leave it a processor.
   *
   * @param options - See {@link RuntimeOptions}.
   * @returns The runtime.
   * @throws what `new Runtime` throws, and {@link CellError}: the cell has ended, or did not answer in time
   * @example
   * ```js
   * const cell = await createCell();
   * cell.createRuntimeSync().eval('6 * 7'); // 42
   * await cell.close();
   * ```
   */
  createRuntimeSync(options?: RuntimeOptions): Runtime {
    const core = this.#newCore(options);
    core.start(this.#process);
    return runtimeOf(core);
  }

  #newCore(options: RuntimeOptions | undefined): RuntimeCore {
    const core = new RuntimeCore(options);
    if (core.options.isolation === 'isolate') {
      throw invalidRange('isolation', 'isolate', "'process' or left out: the runtime is made in this cell");
    }
    core.livesIn = this;
    return core;
  }

  /**
   * Ends the process and waits until it is gone. Calls that are pending there fail with a {@link CellError}; close the
   * runtimes first if that matters. Idempotent.
   */
  async close(): Promise<void> {
    this.#process.end('the cell was closed');
    await this.#process.exited;
  }

  /** Same as {@link Cell.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Short form for `console.log`. */
  [inspect.custom](): string {
    return `Cell { pid: ${this.pid}, closed: ${this.closed} }`;
  }
}
nameFunction(Cell, 'Cell');

/**
 * Starts a process of its own for the runtimes of one tenant, behind walls of the system, each of which it has tried.
 * For one runtime `Runtime.create({ isolation: 'process' })` does the same. Linux on x64 and arm64.
 *
 * @param options - See {@link CellOptions}.
 * @throws TypeError or RangeError (`ERR_ISOLET_INVALID_ARG`) naming the option that is wrong
 * @throws {@link CellError} a layer that is required can't be had here, or the process could not be started
 * @example
 * ```js
 * import { createCell } from 'isolet';
 *
 * const cell = await createCell();
 * const runtime = await cell.createRuntime({ timeout: 1000 });
 * await runtime.evalAsync('6 * 7'); // 42
 * await cell.close();
 * ```
 */
export async function createCell(options?: CellOptions): Promise<Cell> {
  return new Cell(await CellProcess.start(checkCellOptions(options)));
}
