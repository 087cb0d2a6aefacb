import { byId } from '../../options/by-id.ts';
import { refOf } from '../function/resolved-function.ts';
import type { FunctionStats } from '../report/stats.ts';
import type { Group } from './group.ts';

/** By the key of the version. */
export function functionStats(groups: Iterable<Group>): Record<string, FunctionStats> {
  const functions: Record<string, FunctionStats> = byId([]);
  for (const { fn, entries, active, queue } of groups) {
    let heapUsed = 0;
    for (const entry of entries) if (!entry.runtime.closed) heapUsed += entry.runtime.getStats().heapUsedBytes;
    functions[fn.key] = { ...refOf(fn), runtimes: entries.size, active, queued: queue.size, heapUsed };
  }
  return functions;
}
