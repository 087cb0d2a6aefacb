import { CellProcess } from '../engine.ts';
import type { ResolvedIsolation } from '../options/isolation.ts';

const mebibyte = 1024 * 1024;

/** In ms. A start takes a processor for longer than a first call: it does not begin beside one. */
const refillDelay = 50;
/** In ms: after a start that failed, twice as long after each that fails then, and at most. */
const firstPause = 1000;
const longestPause = 60_000;
/** In ms. An older one is made anew: what it was made for may have changed since, as the time zone. */
const mostAge = 30 * 60_000;
const mostStarts = 2;

interface Spare {
  cell: CellProcess;
  /** For `performance.now()`: it is not given any more. */
  old: number;
}

/**
 * Where cells come from. Each has run nobody's code and is given once. Some are kept ready, and made anew when they are
 * taken, die or are old; they keep no event loop alive.
 */
export class CellStock {
  readonly #options: ResolvedIsolation;
  readonly #prepare: (cell: CellProcess) => Promise<void>;
  /** The oldest first. */
  readonly #spares: Spare[] = [];
  /** Spares that start, and who waits for one of these. */
  readonly #starting = new Set<Promise<void>>();
  readonly #waiting: Array<(cell: CellProcess | undefined) => void> = [];
  #timer: NodeJS.Timeout | undefined;
  #pause = 0;
  #closed = false;

  /** With `mode: 'process'` spares are made at once, otherwise when the first cell is taken. */
  constructor(options: ResolvedIsolation, prepare: (cell: CellProcess) => Promise<void> = async () => {}) {
    this.#options = options;
    this.#prepare = prepare;
    if (options.mode === 'process') this.#lookIn(0);
  }

  /** How many can be had at once. */
  get size(): number {
    return this.#spares.length;
  }

  /** @throws {CellError} */
  async take(): Promise<CellProcess> {
    const cell = this.#spare() ?? (await this.#startingOne()) ?? (await this.#start(true));
    if (!this.#closed) this.#lookIn(refillDelay);
    return cell;
  }

  /** Ends what nobody has taken. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const spares = this.#spares.splice(0);
    for (const { cell } of spares) cell.end('the pool was closed');
    await Promise.all([...spares.map(({ cell }) => cell.exited), ...this.#starting]);
  }

  #spare(): CellProcess | undefined {
    const now = performance.now();
    for (let spare = this.#spares.shift(); spare; spare = this.#spares.shift()) {
      if (spare.cell.open && spare.old > now) return spare.cell;
      spare.cell.end('it was old');
    }
    return undefined;
  }

  /** Sooner than one that only begins now. Undefined: there is none, or it could not be had. */
  async #startingOne(): Promise<CellProcess | undefined> {
    if (this.#starting.size <= this.#waiting.length) return undefined;
    // What starts keeps no event loop alive, who waits for it does.
    const alive = setInterval(() => {}, 2 ** 31 - 1);
    try {
      return await new Promise<CellProcess | undefined>((resolve) => this.#waiting.push(resolve));
    } finally {
      clearInterval(alive);
    }
  }

  #start(keepsAlive: boolean): Promise<CellProcess> {
    const { cell, maxCellMemoryMb } = this.#options;
    return CellProcess.start({ ...cell, maxMemory: maxCellMemoryMb * mebibyte, keepsAlive });
  }

  #lookIn(delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), delay).unref();
  }

  /** Ends old spares and starts those that are missing. */
  #look(): void {
    if (this.#closed) return;
    const now = performance.now();
    const old = this.#spares.filter((spare) => spare.old <= now || !spare.cell.open);
    for (const spare of old) {
      this.#spares.splice(this.#spares.indexOf(spare), 1);
      spare.cell.end('it was old');
    }
    while (this.#starting.size < mostStarts && this.#spares.length + this.#starting.size < this.#options.spareCells) {
      const starting: Promise<void> = this.#startSpare().finally(() => {
        this.#starting.delete(starting);
        this.#settle();
      });
      this.#starting.add(starting);
    }
    const [oldest] = this.#spares;
    if (oldest) this.#lookIn(Math.min(Math.max(oldest.old - now, 1), mostAge));
  }

  async #startSpare(): Promise<void> {
    try {
      const cell = await this.#start(false);
      this.#pause = 0;
      if (this.#give(cell)) return;
      if (!this.#closed) await this.#prepare(cell).catch(() => {});
      if (this.#give(cell)) return;
      if (!this.#closed) return this.#keep(cell);
      cell.end('the pool was closed');
      await cell.exited;
    } catch {
      // Who needs a cell starts one and hears why that fails.
      this.#pauseLonger();
    }
  }

  /** To who waits for it, if anybody does. */
  #give(cell: CellProcess): boolean {
    const waiting = this.#waiting.shift();
    waiting?.(cell);
    return waiting !== undefined;
  }

  #keep(cell: CellProcess): void {
    const spare = { cell, old: performance.now() + Math.min(this.#options.maxCellAge, mostAge) };
    this.#spares.push(spare);
    void cell.exited.then(() => {
      const at = this.#spares.indexOf(spare);
      if (at < 0) return;
      this.#spares.splice(at, 1);
      // What dies unused may do so again.
      this.#pauseLonger();
      this.#lookIn(this.#pause);
    });
  }

  #pauseLonger(): void {
    this.#pause = Math.min(this.#pause * 2 || firstPause, longestPause);
  }

  /** A start is over: who waits for one that will not come starts one. */
  #settle(): void {
    while (this.#waiting.length > (this.#closed ? 0 : this.#starting.size)) this.#waiting.pop()?.(undefined);
    if (!this.#closed) this.#lookIn(this.#pause);
  }
}
