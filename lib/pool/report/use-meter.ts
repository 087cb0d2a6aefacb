import { type Runtime, readUse } from '../engine.ts';

/**
 * How long, in ms, code that was stopped may take to notice before it is accounted for without its last numbers, which
 * are in the report of late work then. Whoever called waits for it.
 */
export const countingPatience = 100;

/** What was used since it was last asked. Times in whole microseconds, so that sums are exact. */
export interface Use {
  cpuMicros: number;
  /** Time on a thread. */
  busyMicros: number;
  /** Bytes, as of now. */
  heapUsed: number;
  /** Promises of the guest that have arrived, up to now. */
  promises: number;
}

/**
 * Cuts what a runtime uses into pieces, one for each piece of work, none twice and none left out. With several
 * invocations at once each gets what was used since the last one ended: the sum is exact, the shares are not.
 */
export class UseMeter {
  readonly #runtime: Runtime;
  #cpuSeen = 0;
  #cpuAside = 0;
  #busyAside = 0;
  /** Time on a thread up to the last cut, in microseconds. */
  busySeen = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.take();
  }

  /** Processor time in ms since the last cut. */
  get cpuMs(): number {
    return readUse(this.#runtime).cpuMs - this.#cpuSeen / 1000;
  }

  /** Time on a thread in ms since the last cut, without the turn that goes on. */
  get busyMs(): number {
    return Math.max(0, readUse(this.#runtime).busyMs - this.busySeen / 1000);
  }

  /** What was used since the last cut, and what was put aside. */
  take(): Use {
    const use = this.takeSince();
    use.cpuMicros += this.#cpuAside;
    use.busyMicros += this.#busyAside;
    this.#cpuAside = this.#busyAside = 0;
    return use;
  }

  /** What was used up to now belongs to others: to the one that takes next. */
  putAside(): void {
    const { cpuMicros, busyMicros } = this.takeSince();
    this.#cpuAside += cpuMicros;
    this.#busyAside += busyMicros;
  }

  /** What was used since the last cut alone. */
  takeSince(): Use {
    const sum = readUse(this.#runtime);
    const cpu = Math.max(Math.round(sum.cpuMs * 1000), this.#cpuSeen);
    const busy = Math.max(Math.round(sum.busyMs * 1000), this.busySeen);
    const { heapUsed, promises } = sum;
    const use = { cpuMicros: cpu - this.#cpuSeen, busyMicros: busy - this.busySeen, heapUsed, promises };
    this.#cpuSeen = cpu;
    this.busySeen = busy;
    return use;
  }
}
