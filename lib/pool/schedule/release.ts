import type { Observable } from '../report/emitter.ts';
import type { LateReport, PoolEvents } from '../report/events.ts';
import type { EvictReason } from '../report/evict-reason.ts';
import { withError } from '../run/records.ts';
import { type RunResult, shareAfter, shareSeen } from '../run/run.ts';
import type { Lease } from './queue.ts';
import type { Scheduler } from './scheduler.ts';

/**
 * The place of an invocation is free when all of it is over, also what goes on after the answer. Answers the report of
 * what was given to `waitUntil`, if anything was.
 */
export function release(
  scheduler: Scheduler,
  lease: Lease,
  result: RunResult,
  events: Observable<PoolEvents>,
): Promise<LateReport> | undefined {
  const share = shareSeen(lease.entry, result);
  const { retire, open, rest } = result;
  if (!open && !rest) {
    scheduler.release(lease, retire, share);
    return undefined;
  }
  let left = (open ? 1 : 0) + (rest ? 1 : 0);
  let [retiring, most] = [retire, share];
  const over = (why: EvictReason | undefined, seen: number | undefined): void => {
    retiring ??= why;
    if (seen !== undefined) most = Math.max(most ?? 0, seen);
    if (--left === 0) scheduler.release(lease, retiring, most);
  };
  const since = performance.now();
  void open?.over.then((end) => {
    events.tell('handedOut', withError(end.report, end.error));
    over(end.stopped ? 'timeout' : undefined, shareAfter(end, performance.now() - since));
  });
  return rest?.then((late) => {
    events.tell('late', late.report);
    over(late.retire, late.share);
    return late.report;
  });
}
