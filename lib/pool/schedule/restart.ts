import { maxMilliseconds } from '../../options/check.ts';
import type { PoolEntry } from '../run/entry.ts';
import type { Group } from './group.ts';
import type { Scheduler } from './scheduler.ts';

/**
 * Invocations from now on get runtimes that begin to load now or later. What runs in the others may finish; after `limit`
 * ms it is stopped. Resolves with their number when the last of them is gone.
 */
export async function restart(scheduler: Scheduler, groups: readonly Group[], limit: number): Promise<number> {
  const old = groups.flatMap((group) => [...group.entries]).filter((entry) => entry.retiring === undefined);
  const gone = Promise.all(old.map(whenGone));
  for (const group of groups) group.restarts++;
  for (const entry of old) scheduler.retire(entry, 'restarted');
  const stop = (): void => {
    for (const entry of old) {
      if (entry.active > 0) entry.runtime.terminate('the function was restarted');
      else if (!entry.gone) scheduler.retire(entry, 'closed');
    }
  };
  // Whoever runs keeps Node alive.
  const timer = limit <= maxMilliseconds ? setTimeout(stop, limit).unref() : undefined;
  await gone;
  clearTimeout(timer);
  return old.length;
}

function whenGone({ runtime }: PoolEntry): Promise<void> {
  return new Promise((resolve) => {
    runtime.once('close', () => void runtime.closeAsync().then(resolve));
  });
}
