import { asInvocation } from './caller.ts';
import type { PoolEntry } from './entry.ts';
import type { InvocationReport } from './events.ts';
import { Invocation } from './invocation.ts';
import { redactFailure } from './redact.ts';
import { attachReport, type Measures, makeReport, outcomeOf } from './report.ts';

export interface RunOptions {
  timeout: number;
  cpuTimeout: number;
  signal: AbortSignal | undefined;
  invocationId: string | undefined;
  coldStart: boolean;
  queueMs: number;
}

export type RunResult =
  | { report: InvocationReport; value: unknown; error?: never; failed: false }
  | {
      report: InvocationReport;
      error: unknown;
      failed: true;
    };

/** Runs one invocation in a runtime and accounts for it. Never rejects. */
export async function runInvocation(entry: PoolEntry, event: unknown, options: RunOptions): Promise<RunResult> {
  const invocation = new Invocation(entry.fn, options.timeout, options.invocationId);
  entry.running.add(invocation);
  let value: unknown;
  let error: unknown;
  let failed = false;
  try {
    value = await asInvocation(invocation, () =>
      entry.handler.callAsync([event, invocation.id, invocation.deadline], {
        timeout: Number.isFinite(options.timeout) ? options.timeout : undefined,
        cpuTimeout: options.cpuTimeout > 0 ? options.cpuTimeout : undefined,
        signal: options.signal,
      }),
    );
  } catch (thrown) {
    failed = true;
    error = thrown;
  }
  const durationMicros = Math.round((performance.now() - invocation.startedAt) * 1000);
  entry.running.delete(invocation);
  invocation.end();
  const measures: Measures = {
    coldStart: options.coldStart,
    queueMs: options.queueMs,
    durationMicros,
    ...entry.takeCpuMicros(),
  };
  const outcome = failed ? outcomeOf(error, options.signal) : 'ok';
  const report = makeReport(invocation, outcome, measures, error);
  if (!failed) return { report, value, failed: false };
  if (outcome !== 'aborted') error = redactFailure(error, entry.fn.secrets);
  attachReport(error, report);
  return { report, error, failed: true };
}
