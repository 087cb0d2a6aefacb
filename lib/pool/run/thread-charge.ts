import { type Runtime, readUse } from '../engine.ts';

/** Work that is on a thread for a smaller part of its time than this waits. */
export const waits = 0.1;

/** Threads that a tenant's work keeps busy: what computes, and what mostly waits. */
export interface ThreadBooks {
  computing: number;
  waiting: number;
}

/** What a piece of work counts in its tenant's books. */
export class Charge {
  #computing = 0;
  #waiting = 0;

  /** @param share of one piece of it; there are `times` of them. */
  set(tenant: ThreadBooks, share: number, times = 1): void {
    const mostlyWaits = share < waits;
    const computing = mostlyWaits ? 0 : share * times;
    const waiting = mostlyWaits ? share * times : 0;
    tenant.computing += computing - this.#computing;
    tenant.waiting += waiting - this.#waiting;
    this.#computing = computing;
    this.#waiting = waiting;
  }

  get share(): number {
    return this.#computing + this.#waiting;
  }
}

/** Work in a runtime that may show that it computes less than it counts for. */
interface Work {
  readonly runtime: Runtime | undefined;
  /** Since when `busyMs` is counted. */
  readonly countedAt: number;
  /** Time on a thread in the turns that are over, in ms. */
  readonly busyMs: number;
  /** Whether the runtime was asked to say when it is between two turns. */
  asked: boolean;
}

/** The evaluation of a function's source. */
export class Load implements Work {
  readonly charge = new Charge();
  readonly countedAt = performance.now();
  asked = false;
  #runtime: Runtime | undefined;
  #busyBefore = 0;

  get runtime(): Runtime | undefined {
    return this.#runtime;
  }

  /** Nothing but the function's own code runs in `runtime` from now on. */
  begins(runtime: Runtime): void {
    this.#runtime = runtime;
    this.#busyBefore = readUse(runtime).busyMs;
  }

  get busyMs(): number {
    return this.#runtime ? readUse(this.#runtime).busyMs - this.#busyBefore : 0;
  }
}
