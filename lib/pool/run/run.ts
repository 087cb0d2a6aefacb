import { TimeoutError } from '../../errors/index.ts';
import type { CancelledCall } from '../../native.ts';
import { startLeavable, useCounted } from '../engine.ts';
import { isReasonOf } from '../failures/own-error.ts';
import type { InvocationReport, Outcome, Work } from '../report/events.ts';
import type { EvictReason } from '../report/evict-reason.ts';
import { Invocation } from '../report/invocation.ts';
import { keepReport, type Measures, makeReport, outcomeOf, reported, retirement } from '../report/report.ts';
import { countingPatience } from '../report/use-meter.ts';
import type { Ask } from './ask.ts';
import { asInvocation } from './caller.ts';
import type { PoolEntry } from './entry.ts';
import type { OpenAnswer, Over } from './open-answer.ts';
import { aboutEvent, inOwnWords } from './own-words.ts';
import { refusedHandler } from './refused-handler.ts';
import { type Rest, runRest } from './rest.ts';
import { untilAborted } from './until-aborted.ts';

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
  invocation: Invocation;
  report: InvocationReport;
  /** The part of its time it was on a thread, from 0 to 1. What it waited for others in its runtime does not count. */
  threadShare: number;
  /** Why its runtime serves no others, if so. */
  retire: EvictReason | undefined;
  /** What goes on of the answer. Until it is over the invocation keeps its place. */
  open: OpenAnswer | undefined;
  /** What goes on in the guest after the answer. So it does for this. */
  rest: Promise<Rest> | undefined;
} & ({ failed: false; value: unknown } | { failed: true; error: unknown });

/** One that did not fail. */
export type Answered = Extract<RunResult, { failed: false }>;

/**
 * What an invocation showed of how much of a thread its function wants, from 0 to 1; undefined if nothing. A turn counts
 * when it is over, so one that was ended in the middle has no numbers: it computed.
 */
export function shareSeen({ runtime }: PoolEntry, { report, threadShare }: RunResult): number | undefined {
  if (runtime.closed || report.limit?.phase === 'sync') return 1;
  if (threadShare > 0) return threadShare;
  return report.outcome === 'timeout' ? 1 : undefined;
}

/** The same of what was handed out, which took `elapsed` ms. */
export const shareAfter = ({ report, stopped }: Over, elapsed: number): number =>
  stopped ? 1 : report.cpuMs / Math.max(elapsed, report.cpuMs, 1);

/** Runs one invocation in a runtime and accounts for it. Never rejects. */
export async function runInvocation(entry: PoolEntry, ask: Ask, options: RunOptions): Promise<RunResult> {
  if (ask.prepare) await ask.prepare(entry);
  const invocation = new Invocation(entry.fn, options.timeout, options.invocationId, options.work);
  invocation.answerTimeout = ask.answerTimeout;
  ask.onBegin?.(entry);
  const busyBefore = entry.meter.busySeen;
  entry.running.add(invocation);
  const { value, error, failed, left } = await callHandler(entry, invocation, ask, options);
  const durationMicros = Math.round((performance.now() - invocation.startedAt) * 1000);
  const outcome = failed ? outcomeOf(error, options.signal) : 'ok';
  const retire = retirement(outcome) ?? (left && stoppedCode(left.was) ? 'aborted' : undefined);
  const late = invocation.expectsMore && retire === undefined;
  invocation.takesMore = late;
  entry.running.delete(invocation);
  if (failed && !late) invocation.end(whyEnded[outcome]);
  if (error instanceof TimeoutError && error.phase === 'sync') await useCounted(entry.runtime, countingPatience);
  const use = entry.meter.take();
  const open = failed ? undefined : entry.handedOut.open(invocation, value, use.promises);
  const rest = goOn(entry, invocation, late, left?.was === 'goesOn' ? left.rest : undefined);
  const ofOthers = entry.meter.busySeen - busyBefore - use.busyMicros;
  const threadShare = use.busyMicros / Math.max(durationMicros - ofOthers, use.busyMicros, 1);
  const measures: Measures = {
    coldStart: options.coldStart,
    queueMs: options.queueMs,
    durationMicros,
    ...use,
  };
  const report = makeReport(invocation, outcome, measures, error);
  if (options.coldStart && !failed) void entry.afterFirst();
  if (rest && left) ask.onLeft?.(entry, invocation);
  if (open || rest) void endWhenOver(invocation, open, rest);
  else {
    invocation.end();
    invocation.giveUpOpen(outcome === 'timeout');
  }
  const common = { invocation, report, threadShare, retire, open, rest };
  if (!failed) return { ...common, value, failed };
  const { redactor } = entry.fn;
  const shown = redactor && outcome !== 'aborted' ? redactor.failure(error, keepReport) : error;
  return { ...common, error: reported(shown, report), failed };
}

interface Called {
  value?: unknown;
  error?: unknown;
  failed: boolean;
  /** Set if its caller has left: what the call was doing then, and its answer. */
  left?: { was: CancelledCall; rest: Promise<unknown> };
}

async function callHandler(
  entry: PoolEntry,
  invocation: Invocation,
  ask: Ask,
  { timeout, cpuTimeout, signal }: RunOptions,
): Promise<Called> {
  if (ask.refusal !== undefined) return { error: ask.refusal, failed: true };
  const args = [ask.event, invocation.id, invocation.deadline, invocation.key];
  if (ask.how !== undefined) args.push(ask.how, ask.method);
  try {
    if (!signal) {
      const limits = { timeout, cpuTimeout: cpuTimeout > 0 ? cpuTimeout : undefined };
      return { value: await asInvocation(invocation, () => entry.handler.callAsync(args, limits)), failed: false };
    }
    if (signal.aborted) return { error: signal.reason, failed: true };
    const call = asInvocation(invocation, () => startLeavable(entry.handler, args, { timeout, cpuTimeout }));
    const ending = await untilAborted(call, signal);
    if ('value' in ending) return { value: ending.value, failed: false };
    return { error: signal.reason, failed: true, left: ending };
  } catch (error) {
    if (isReasonOf(signal, error)) return { error, failed: true };
    const refused = invocation.refusal && refusedHandler(entry, invocation.refusal);
    const told = refused ?? inOwnWords(aboutEvent(await entry.place.explain(error)), entry.fn, entry.retiring);
    return { error: told, failed: true };
  }
}

/** No `finally` of it ran; a lock of the function's own may be taken for ever. */
const stoppedCode = (was: CancelledCall): boolean => was === 'running' || was === 'waiting';

const whyEnded: Partial<Record<Outcome, string>> = {
  aborted: 'was aborted',
  timeout: 'ran out of time',
};

/** What it still does in the guest, if anything. */
function goOn(
  entry: PoolEntry,
  invocation: Invocation,
  late: boolean,
  goesOn: Promise<unknown> | undefined,
): Promise<Rest> | undefined {
  if (!late && !goesOn) return undefined;
  if (late) invocation.continueLate();
  entry.running.add(invocation);
  return runRest(entry, invocation, late, goesOn);
}

async function endWhenOver(
  invocation: Invocation,
  open: OpenAnswer | undefined,
  rest: Promise<Rest> | undefined,
): Promise<void> {
  const { lateTimeout, streamTimeout } = invocation.fn;
  if (open) invocation.deadline = Date.now() + (rest ? Math.max(streamTimeout, lateTimeout) : streamTimeout);
  const [, over] = await Promise.all([open?.over, rest]);
  invocation.end();
  invocation.giveUpOpen(over?.retire !== undefined);
}
