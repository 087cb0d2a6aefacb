import type { EvictReason } from './evict-reason.ts';

/** Keeps the last `size` durations; percentiles of recent cold starts matter, not of all time. */
export class Durations {
  readonly #values: number[] = [];
  readonly #size: number;
  #next = 0;

  constructor(size = 1024) {
    this.#size = size;
  }

  add(value: number): void {
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % this.#size;
  }

  percentiles(): Percentiles {
    const sorted = [...this.#values].sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: sorted.at(-1) ?? 0 };
  }
}

/** In ms, over the last 1024. */
export interface Percentiles {
  p50: number;
  p90: number;
  p99: number;
  max: number;
}

export interface FunctionStats {
  tenantId: string;
  functionName: string;
  version: string;
  runtimes: number;
  active: number;
  queued: number;
  /** Bytes of JavaScript heap in use, over its runtimes. */
  heapUsed: number;
}

export interface PoolStats {
  /** Live runtimes, those being made and closed included. */
  runtimes: number;
  idle: number;
  /** Unused runtimes, made ahead, that wait for a cold start; not among `runtimes`. */
  stock: number;
  /** Invocations that run. */
  active: number;
  /** Invocations that wait for a runtime. */
  queued: number;
  /** Sum of the heap limits of the live runtimes, in MiB. */
  reservedMb: number;
  /** Invocations that found a runtime ready. */
  hits: number;
  /** Runtimes made. */
  coldStarts: number;
  coldStartMs: Percentiles;
  queueMs: Percentiles;
  /** Invocations that were answered, and those refused before they got a runtime. */
  invocations: number;
  refused: number;
  evictions: Partial<Record<EvictReason, number>>;
  /** Runtimes that the engine had to give up, by tenant, since the last `forgive`. */
  lost: Record<string, number>;
  functions: Record<string, FunctionStats>;
}
