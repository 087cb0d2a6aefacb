import {
  CellError,
  HeapLimitError,
  RuntimeClosedError,
  RuntimeTerminatedError,
  TimeoutError,
  TransferError,
} from '../../errors/index.ts';
import { isReasonOf, ownError } from '../failures/own-error.ts';
import type { ResolvedFunction } from '../function/resolved-function.ts';
import type { InvocationReport, Outcome, ReachedLimit, Work } from './events.ts';
import type { EvictReason } from './evict-reason.ts';
import type { Invocation } from './invocation.ts';
import type { Use, UseMeter } from './use-meter.ts';

export interface Measures extends Use {
  coldStart: boolean;
  queueMs: number;
  durationMicros: number;
}

/** How an invocation that failed with `error` ended. */
export function outcomeOf(error: unknown, signal: AbortSignal | undefined): Outcome {
  if (isReasonOf(signal, error)) return 'aborted';
  if (error instanceof TimeoutError) return 'timeout';
  if (error instanceof HeapLimitError) return 'heapLimit';
  if (error instanceof RuntimeTerminatedError || error instanceof RuntimeClosedError) return 'terminated';
  if (error instanceof CellError) return 'terminated';
  if (error instanceof TransferError) return 'transfer';
  return 'error';
}

/** What the outcome means for the runtime: some leave nothing that could be trusted with the next invocation. */
export function retirement(outcome: Outcome): EvictReason | undefined {
  return outcome === 'timeout' || outcome === 'heapLimit' || outcome === 'terminated' ? outcome : undefined;
}

/** Time × memory in whole MiB·µs, so that sums are exact. */
export const memoryTime = (memoryMb: number, durationMicros: number): number => Math.round(memoryMb * durationMicros);

/** GiB·ms from MiB·µs. */
export const gibMs = (mibMicros: number): number => mibMicros / 1024 / 1000;

function reachedLimit(error: unknown, fn: ResolvedFunction, work: Work, measures: Measures): ReachedLimit | undefined {
  if (error instanceof HeapLimitError) {
    return { name: 'memoryMb', value: error.limit, observed: error.used, phase: 'running' };
  }
  if (!(error instanceof TimeoutError)) return undefined;
  const cpu = error.kind === 'cpu';
  return {
    name: limitName(fn, work, error),
    value: error.limit,
    observed: (cpu ? measures.cpuMicros : measures.durationMicros) / 1000,
    phase: error.phase,
  };
}

function limitName(fn: ResolvedFunction, work: Work, { kind, limit }: TimeoutError): ReachedLimit['name'] {
  const cpu = kind === 'cpu';
  if (work === 'load') return cpu ? 'loadCpuTimeout' : 'loadTimeout';
  // What goes on of a call whose caller has left is under that call's limits.
  if (work === 'late' && limit === (cpu ? fn.lateCpuTimeout : fn.lateTimeout)) {
    return cpu ? 'lateCpuTimeout' : 'lateTimeout';
  }
  if (work === 'handedOut' && limit === (cpu ? fn.streamCpuTimeout : fn.streamTimeout)) {
    return cpu ? 'streamCpuTimeout' : 'streamTimeout';
  }
  return cpu ? 'cpuTimeout' : 'timeout';
}

export function makeReport(
  invocation: Invocation,
  outcome: Outcome,
  measures: Measures,
  error: unknown,
  work: Work = invocation.work,
): InvocationReport {
  const { fn } = invocation;
  const limit = reachedLimit(error, fn, work, measures);
  return {
    tenantId: fn.tenantId,
    functionName: fn.name,
    version: fn.version,
    work,
    invocationId: invocation.id,
    outcome,
    coldStart: measures.coldStart,
    durationMs: measures.durationMicros / 1000,
    cpuMs: measures.cpuMicros / 1000,
    queueMs: measures.queueMs,
    heapUsed: measures.heapUsed,
    gbMs: gibMs(memoryTime(fn.memoryMb, measures.durationMicros)),
    ...invocation.cut(),
    ...(limit && { limit }),
  };
}

/** What a runtime has used since its last answer, if anything, and what its load went on to call and write. */
export function lateReport({ load, meter }: { load: Invocation; meter: UseMeter }): InvocationReport | undefined {
  const use = meter.take();
  if (use.busyMicros === 0 && use.cpuMicros === 0 && !load.hasCalled) return undefined;
  const measures: Measures = { coldStart: false, queueMs: 0, durationMicros: use.busyMicros, ...use };
  return makeReport(load, 'ok', measures, undefined, 'late');
}

const reports = new WeakMap<object, InvocationReport>();

/** The error that the invocation of this report fails with: `error`, if it is an object that no other has failed with. */
export function reported(error: unknown, report: InvocationReport): unknown {
  const shared = report.outcome === 'aborted' || typeof error !== 'object' || error === null || reports.has(error);
  const own = shared ? ownError(error) : error;
  reports.set(own, report);
  return own;
}

/** The failure of an invocation inside another one may be a part of the other's. */
export function keepReport(from: object, copy: object): void {
  const report = reports.get(from);
  if (report) reports.set(copy, report);
}

/**
 * The account of the invocation that failed with `error`: times, memory, logs and the limit that ended it. If its code
 * could not be loaded, that of the load. `undefined` for errors of invocations that were refused before they started.
 *
 * @example
 * ```js
 * try {
 *   await serverless.invoke('tenant-a', 'loop', {});
 * } catch (error) {
 *   invocationOf(error)?.limit; // { name: 'timeout', value: 5000, observed: 5001.2, phase: 'sync' }
 * }
 * ```
 */
export function invocationOf(error: unknown): InvocationReport | undefined {
  return typeof error === 'object' && error !== null ? reports.get(error) : undefined;
}
