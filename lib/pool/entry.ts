import { type JsFunction, type Runtime, readUse } from './engine.ts';
import type { ResolvedFunction } from './function.ts';
import { keepHandlerCode } from './handler.ts';
import type { Invocation } from './invocation.ts';

/** Why a runtime left the pool. */
export type EvictReason =
  | 'idle'
  | 'capacity'
  | 'age'
  | 'invocations'
  | 'timeout'
  | 'heapLimit'
  | 'terminated'
  | 'evicted'
  | 'replaced'
  | 'undeployed'
  | 'closed';

/** One runtime with the function loaded into it. */
export class PoolEntry {
  readonly id: number;
  readonly fn: ResolvedFunction;
  readonly runtime: Runtime;
  readonly handler: JsFunction;
  readonly createdAt: number;
  readonly readyAt: number;
  readonly running: Set<Invocation>;
  readonly #wrapper: JsFunction;
  readonly #maxAge: number;
  /** Set once it takes no further invocation. */
  retiring: EvictReason | undefined;
  active = 0;
  served = 0;
  /** Closed or being closed. */
  gone = false;
  #cpuSeen = 0;
  /** Time on a thread so far, in microseconds, as of the last answer. */
  busySeen = 0;

  constructor(init: {
    id: number;
    fn: ResolvedFunction;
    runtime: Runtime;
    handler: JsFunction;
    /** What the handler was made with; of no more use. */
    wrapper: JsFunction;
    createdAt: number;
    maxAge: number;
    running: Set<Invocation>;
  }) {
    this.id = init.id;
    this.fn = init.fn;
    this.runtime = init.runtime;
    this.handler = init.handler;
    this.#wrapper = init.wrapper;
    this.createdAt = init.createdAt;
    this.readyAt = performance.now();
    this.running = init.running;
    this.#maxAge = init.maxAge;
    // Loading is not charged to an invocation.
    this.takeUse();
  }

  get loadMs(): number {
    return this.readyAt - this.createdAt;
  }

  get canServe(): boolean {
    return (
      this.retiring === undefined && this.active < this.fn.concurrencyPerRuntime && this.served < this.fn.maxInvocations
    );
  }

  /** Why it should not be used any more, if so. */
  lossReason(now: number): EvictReason | undefined {
    if (this.retiring !== undefined) return this.retiring;
    if (this.runtime.closed) return 'terminated';
    if (now - this.readyAt > this.#maxAge) return 'age';
    if (this.served >= this.fn.maxInvocations) return 'invocations';
    return undefined;
  }

  /** What can wait until the first invocation was answered. */
  async afterFirst(): Promise<void> {
    this.#wrapper.release();
    await keepHandlerCode(this.runtime, this.fn);
    // Not charged to an invocation either.
    if (this.running.size === 0) this.takeUse();
  }

  /**
   * What was used since this was last asked: processor time and time on a thread, in whole microseconds. With several
   * invocations in one runtime each is charged what was used since the last one ended: the sum is exact, the shares are
   * not.
   */
  takeUse(): { cpuMicros: number; busyMicros: number; heapUsed: number } {
    const sum = readUse(this.runtime);
    // A runtime that was closed under its invocation has no numbers left.
    if (!sum) return { cpuMicros: 0, busyMicros: 0, heapUsed: 0 };
    const cpu = Math.max(Math.round(sum.cpuMs * 1000), this.#cpuSeen);
    const busy = Math.max(Math.round(sum.busyMs * 1000), this.busySeen);
    const use = { cpuMicros: cpu - this.#cpuSeen, busyMicros: busy - this.busySeen, heapUsed: sum.heapUsed };
    this.#cpuSeen = cpu;
    this.busySeen = busy;
    return use;
  }
}
