import { checkInteger, checkOptions } from '../options/check.ts';
import { engine } from './engine.ts';

/** Bounds for all runtimes of the process together, over all its threads. */
export interface ProcessLimits {
  /** Isolates that may exist at once, 1 to 4000. V8 ends the process somewhere above. Default 3000. */
  maxIsolates: number;
  /** Bytes that the `maxHeapSize` of all runtimes may add up to; a runtime counts 16 GiB at most. Default 1 TiB. */
  maxReservedBytes: number;
  /** Isolates that may be lost, each with its thread and its memory, before the process is full. Default 64. */
  maxLostIsolates: number;
  /**
   * Isolates that each thread of Node keeps ready for runtimes to come, 0 to 64; each takes about a megabyte. They are
   * made when runtimes are made one after the other with the same memory limits and snapshot, by engine threads that
   * have nothing else to do, and let go two seconds after the last one. Not counted by the bounds above. Default 2.
   */
  maxStockedIsolates: number;
}

const names: ReadonlySet<string> = new Set([
  'maxIsolates',
  'maxReservedBytes',
  'maxLostIsolates',
  'maxStockedIsolates',
]);

/**
 * The bounds that hold for the process.
 *
 * @returns Counts and bytes.
 * @example
 * ```js
 * getProcessLimits().maxIsolates; // 3000
 * ```
 */
export function getProcessLimits(): ProcessLimits {
  return engine().processLimits();
}

/**
 * Changes bounds of the process. A runtime that would go beyond one is refused with {@link CapacityError}; what exists
 * stays. Call it once, at the start: the bounds are shared by all threads.
 *
 * @param limits - What is left out stays as it is.
 * @throws {@link InvalidArgTypeError} or {@link InvalidArgRangeError} if a limit is not of its kind or range; then
 *   nothing changes.
 * @example
 * ```js
 * setProcessLimits({ maxIsolates: 500, maxReservedBytes: 8 * 1024 ** 3 });
 * ```
 */
export function setProcessLimits(limits: Partial<ProcessLimits>): void {
  const given = checkOptions(limits, names, 'limits');
  const now = getProcessLimits();
  const check = (name: keyof ProcessLimits, min: number, max: number, unit: string): number =>
    given[name] === undefined ? now[name] : checkInteger(given[name], name, min, max, unit);
  const maxIsolates = check('maxIsolates', 1, 4000, 'isolates');
  const maxReservedBytes = check('maxReservedBytes', 1, Number.MAX_SAFE_INTEGER, 'bytes');
  const maxLostIsolates = check('maxLostIsolates', 1, 1000, 'isolates');
  const maxStockedIsolates = check('maxStockedIsolates', 0, 64, 'isolates');
  engine().setProcessLimits(maxIsolates, maxReservedBytes, maxLostIsolates, maxStockedIsolates);
}
