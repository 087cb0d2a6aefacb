import { HeapLimitError, RuntimeTerminatedError, TimeoutError } from '../../errors/index.ts';
import { droppedReason } from '../../errors/limit-errors.ts';
import { turnEnded } from '../engine.ts';
import { lateTimedOut } from '../failures/refusal.ts';
import type { LateReport } from '../report/events.ts';
import type { EvictReason } from '../report/evict-reason.ts';
import type { Invocation } from '../report/invocation.ts';
import { makeReport, outcomeOf, retirement } from '../report/report.ts';
import { asInvocation } from './caller.ts';
import type { PoolEntry } from './entry.ts';
import { shown } from './shown.ts';

/** What became of the work that an invocation did after its answer. */
export interface Rest {
  report: LateReport;
  /** Why the runtime serves no others, if so. */
  retire: EvictReason | undefined;
  /** The part of its time it was on a thread, from 0 to 1; undefined if it was not seen there. */
  share: number | undefined;
}

/**
 * Waits for what an invocation still does in its runtime: with `late` for the promises it gave to `waitUntil`, under
 * limits of their own; `goesOn` is the call itself, if its caller has left. Never rejects.
 */
export async function runRest(
  entry: PoolEntry,
  invocation: Invocation,
  late: boolean,
  goesOn: Promise<unknown> | undefined,
): Promise<Rest> {
  const startedAt = performance.now();
  const failures: unknown[] = [];
  const note = (error: unknown): void => void failures.push(error);
  const stopped = invocation.whenStopped();
  const whole = Promise.all([goesOn?.catch(note), late && finish(entry, invocation).catch(note)]);
  await Promise.race([whole, stopped]).catch(note);
  // Dropped with something that was stopped: the news of that comes at the end of the same turn.
  if (failures.some(isDropped)) await Promise.race([turnEnded(entry.runtime), stopped]).catch(note);
  invocation.takesMore = false;
  entry.running.delete(invocation);
  const durationMicros = Math.round((performance.now() - startedAt) * 1000);
  const use = entry.meter.take();
  const measures = { coldStart: false, queueMs: 0, durationMicros, ...use };
  const worst = failures.find(isLimit) ?? failures.find(endsRuntime) ?? failures[0];
  const outcome = failures.length === 0 ? 'ok' : outcomeOf(worst, undefined);
  const report: LateReport = makeReport(invocation, outcome, measures, worst, 'late');
  if (failures.length > 0) report.error = shown(worst, entry);
  const seen = use.busyMicros > 0 ? Math.min(use.busyMicros / Math.max(durationMicros, 1), 1) : undefined;
  return { report, retire: retirement(outcome), share: report.limit?.phase === 'sync' ? 1 : seen };
}

// What ended the runtime matters more than what the guest threw.
const endsRuntime = (error: unknown): boolean => retirement(outcomeOf(error, undefined)) !== undefined;
const isLimit = (error: unknown): boolean => error instanceof TimeoutError || error instanceof HeapLimitError;
const isDropped = (error: unknown): boolean =>
  error instanceof RuntimeTerminatedError && error.reason === droppedReason;

async function finish(entry: PoolEntry, invocation: Invocation): Promise<unknown> {
  const { lateTimeout, lateCpuTimeout } = entry.fn;
  const limits = { timeout: lateTimeout, cpuTimeout: lateCpuTimeout > 0 ? lateCpuTimeout : undefined };
  const args = [undefined, invocation.id, 0, invocation.key, 'finish'];
  try {
    return await asInvocation(invocation, () => entry.handler.callAsync(args, limits));
  } catch (error) {
    throw error instanceof TimeoutError ? lateTimedOut(error) : error;
  }
}
