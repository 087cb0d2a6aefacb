import { TimeoutError } from '../errors/index.ts';
import { asInvocation } from './caller.ts';
import { useCounted } from './engine.ts';
import type { PoolEntry } from './entry.ts';
import type { InvocationReport, Work } from './events.ts';
import { Invocation } from './invocation.ts';
import type { OpenAnswer } from './open-answer.ts';
import { isReasonOf } from './own-error.ts';
import { inOwnWords } from './own-words.ts';
import { keepReport, type Measures, makeReport, outcomeOf, reported } from './report.ts';

export interface RunOptions {
  timeout: number;
  cpuTimeout: number;
  signal: AbortSignal | undefined;
  invocationId: string | undefined;
  work: Work;
  coldStart: boolean;
  queueMs: number;
}

export type RunResult = {
  report: InvocationReport;
  /** The part of its time it was on a thread, from 0 to 1. What it waited for others in its runtime does not count. */
  threadShare: number;
  /** What goes on of the answer. Until it is over the invocation keeps its place. */
  open?: OpenAnswer | undefined;
} & ({ failed: false; value: unknown } | { failed: true; error: unknown });

/** How long, in ms, an invocation that was stopped may take to notice before it is answered without its last numbers. */
const patience = 1000;

/**
 * What an invocation showed of how much of a thread its function wants, from 0 to 1; undefined if nothing. A turn counts
 * when it is over, so one that was ended in the middle has no numbers: it computed.
 */
export function shareSeen({ runtime }: PoolEntry, { report, threadShare }: RunResult): number | undefined {
  if (runtime.closed || report.limit?.phase === 'sync') return 1;
  if (threadShare > 0) return threadShare;
  return report.outcome === 'timeout' ? 1 : undefined;
}

/** Runs one invocation in a runtime and accounts for it. Never rejects. */
export async function runInvocation(entry: PoolEntry, event: unknown, options: RunOptions): Promise<RunResult> {
  const invocation = new Invocation(entry.fn, options.timeout, options.invocationId, options.work);
  const busyBefore = entry.meter.busySeen;
  entry.running.add(invocation);
  let value: unknown;
  let error: unknown;
  let failed = false;
  try {
    value = await asInvocation(invocation, () =>
      entry.handler.callAsync([event, invocation.id, invocation.deadline, invocation.key], {
        timeout: Number.isFinite(options.timeout) ? options.timeout : undefined,
        cpuTimeout: options.cpuTimeout > 0 ? options.cpuTimeout : undefined,
        signal: options.signal,
      }),
    );
  } catch (thrown) {
    failed = true;
    error = isReasonOf(options.signal, thrown) ? thrown : inOwnWords(thrown, entry.fn, entry.retiring);
  }
  const durationMicros = Math.round((performance.now() - invocation.startedAt) * 1000);
  entry.running.delete(invocation);
  if (failed) invocation.end();
  if (error instanceof TimeoutError && error.phase === 'sync') await useCounted(entry.runtime, patience);
  const use = entry.meter.take();
  const open = failed ? undefined : goOn(entry, invocation, value, use.held);
  const ofOthers = entry.meter.busySeen - busyBefore - use.busyMicros;
  const threadShare = use.busyMicros / Math.max(durationMicros - ofOthers, use.busyMicros, 1);
  const measures: Measures = {
    coldStart: options.coldStart,
    queueMs: options.queueMs,
    durationMicros,
    ...use,
  };
  if (options.coldStart && !failed) void entry.afterFirst();
  const outcome = failed ? outcomeOf(error, options.signal) : 'ok';
  const report = makeReport(invocation, outcome, measures, error);
  if (!failed) {
    // Further lines are not of the invocation that was answered.
    if (open) report.logs = [...report.logs];
    return { report, threadShare, value, open, failed: false };
  }
  if (outcome !== 'aborted' && entry.fn.redactor) error = entry.fn.redactor.failure(error, keepReport);
  return { report, threadShare, error: reported(error, report), failed: true };
}

/** It has ended, unless something in its answer goes on. */
function goOn(entry: PoolEntry, invocation: Invocation, value: unknown, held: number): OpenAnswer | undefined {
  const open = entry.handedOut.open(invocation, value, held);
  if (!open) {
    invocation.end();
    return undefined;
  }
  invocation.deadline = Date.now() + entry.fn.streamTimeout;
  void open.over.then(() => invocation.end());
  return open;
}
