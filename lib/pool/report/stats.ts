import type { CellStats, CellsStats } from '../engine.ts';
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

/** What one version of a function has at the moment. */
export interface FunctionStats {
  tenantId: string;
  functionName: string;
  version: string;
  /** Live ones, those being made and closed included. */
  runtimes: number;
  /** Invocations that run. */
  active: number;
  /** Invocations that wait for a runtime. */
  queued: number;
  /** Bytes of JavaScript heap in use, over its runtimes. */
  heapUsed: number;
}

/** A cell that serves a tenant. */
export interface PoolCellStats extends CellStats {
  tenantId: string;
  group: string;
  /** `'draining'`: it takes no new runtimes, and ends when those in it are closed. */
  state: 'serving' | 'draining';
  /** Runtimes in it, those being made and closed included. */
  runtimes: number;
  /** Those of them that run something. */
  busy: number;
}

/** What `RuntimePool.stats()` answers: the numbers of now, and counts since the pool was made. */
export interface PoolStats {
  /** Live runtimes, those being made and closed included. */
  runtimes: number;
  /** Runtimes with a function that serve no invocation. */
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
  /** How long making a runtime with its function took. */
  coldStartMs: Percentiles;
  /** How long invocations waited for a runtime; 0 for those that found one. */
  queueMs: Percentiles;
  /** Invocations that were answered. */
  invocations: number;
  /** Invocations that were refused before they got a runtime. */
  refused: number;
  /** Runtimes that were closed, by the reason. */
  evictions: Partial<Record<EvictReason, number>>;
  /** Runtimes that the engine had to give up, by tenant, since the last `forgive`. */
  lost: Record<string, number>;
  /** Versions in use, by their keys. */
  functions: Record<string, FunctionStats>;
  /**
   * The cells that serve tenants. In no other number: `starting`, those that are not there yet, and `spare`, those that
   * are kept ready.
   */
  cells: Omit<CellsStats, 'list'> & { starting: number; spare: number; list: PoolCellStats[] };
}
