import { RuntimeTerminatedError } from '../../errors/index.ts';
import type { InvocationReport } from '../report/events.ts';
import type { PoolEntry } from './entry.ts';
import type { RunResult } from './run.ts';

/** What events carry: a report, and the error if there was one. */
export type Recorded = InvocationReport & { error?: unknown };

export const withError = (report: InvocationReport, error: unknown): Recorded =>
  error === undefined ? report : { ...report, error };

export const recordOf = (result: RunResult): Recorded =>
  result.failed ? { ...result.report, error: result.error } : result.report;

/** Why an invocation was lost: its runtime's end, or what was said of the call alone. */
export function lossOf({ runtime }: PoolEntry, { error }: { error?: unknown }): string {
  return runtime.terminationReason ?? (error instanceof RuntimeTerminatedError ? error.reason : 'closed');
}
