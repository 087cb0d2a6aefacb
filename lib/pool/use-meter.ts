import { type Runtime, readUse } from './engine.ts';

/** What was used since it was last asked. Times in whole microseconds, so that sums are exact. */
export interface Use {
  cpuMicros: number;
  /** Time on a thread. */
  busyMicros: number;
  /** Bytes, as of now. */
  heapUsed: number;
}

/**
 * Cuts what a runtime uses into pieces, one for each piece of work, none twice and none left out. With several
 * invocations at once each gets what was used since the last one ended: the sum is exact, the shares are not.
 */
export class UseMeter {
  readonly #runtime: Runtime;
  #cpuSeen = 0;
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

  take(): Use {
    const sum = readUse(this.#runtime);
    const cpu = Math.max(Math.round(sum.cpuMs * 1000), this.#cpuSeen);
    const busy = Math.max(Math.round(sum.busyMs * 1000), this.busySeen);
    const use = { cpuMicros: cpu - this.#cpuSeen, busyMicros: busy - this.busySeen, heapUsed: sum.heapUsed };
    this.#cpuSeen = cpu;
    this.busySeen = busy;
    return use;
  }
}
