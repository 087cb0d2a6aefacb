import { maxMilliseconds } from '../../options/check.ts';
import { poolClosed } from '../failures/refusal.ts';
import type { Ending } from './drain.ts';
import type { Scheduler } from './scheduler.ts';

/** The pool is closing: what is left of it after `limit` ms is stopped, unless it is `quiet` by then. */
export function stopAfter(scheduler: Scheduler, limit: number, quiet: Promise<void>): void {
  const stopAll = () => {
    const ending: Ending = { reason: 'closed', why: 'the pool was closed', error: poolClosed() };
    for (const group of [...scheduler.groups]) scheduler.departures.stop(group, ending);
  };
  if (limit === 0) stopAll();
  else if (limit <= maxMilliseconds) {
    const timer = setTimeout(stopAll, limit);
    void quiet.then(() => clearTimeout(timer));
  }
}
