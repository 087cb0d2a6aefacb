import type { JsFunction, Runtime } from './engine.ts';
import type { ResolvedFunction } from './function.ts';
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
  readonly #maxAge: number;
  /** Set once it takes no further invocation. */
  retiring: EvictReason | undefined;
  active = 0;
  served = 0;
  /** Closed or being closed. */
  gone = false;
  #cpuSeen: number;

  constructor(init: {
    id: number;
    fn: ResolvedFunction;
    runtime: Runtime;
    handler: JsFunction;
    createdAt: number;
    maxAge: number;
    running: Set<Invocation>;
  }) {
    this.id = init.id;
    this.fn = init.fn;
    this.runtime = init.runtime;
    this.handler = init.handler;
    this.createdAt = init.createdAt;
    this.readyAt = performance.now();
    this.running = init.running;
    this.#maxAge = init.maxAge;
    this.#cpuSeen = init.runtime.getStats().totalCpuTimeMs;
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

  /**
   * Processor time since this was last asked, in whole microseconds. With several invocations in one runtime each is
   * charged what was used since the last one ended: the sum is exact, the shares are not.
   */
  takeCpuMicros(): { cpuMicros: number; heapUsed: number } {
    // A runtime that was closed under its invocation has no numbers left.
    if (this.runtime.state === 'closed') return { cpuMicros: 0, heapUsed: 0 };
    const stats = this.runtime.getStats();
    const total = Math.max(stats.totalCpuTimeMs, this.#cpuSeen);
    const cpuMicros = Math.round(total * 1000) - Math.round(this.#cpuSeen * 1000);
    this.#cpuSeen = total;
    return { cpuMicros, heapUsed: stats.heapUsedBytes };
  }
}
