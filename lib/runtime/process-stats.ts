import { liveCells } from './cell-process.ts';
import { readCellStats, sumOfCells } from './cell-stats.ts';
import { engine } from './engine.ts';
import type { ProcessStats } from './stats.ts';

/**
 * What all runtimes of this process use together, over all its threads.
 *
 * @example
 * ```js
 * getProcessStats().liveIsolates; // 0 when every runtime is closed
 * ```
 */
export function getProcessStats(): ProcessStats {
  return { ...engine().counters(), cells: sumOfCells([...liveCells].map(readCellStats)) };
}
