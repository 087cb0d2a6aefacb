import { checkInteger } from './check.ts';
import { invalidRange, invalidType } from './invalid.ts';
import { runtimeDefaults } from './runtime-options.ts';

/** V8 does not come up with less. */
export const minHeapSize = 4 * 1024 * 1024;

/** Bytes of a heap limit; also for builders, pools and function specifications. */
export function checkMaxHeapSize(value: unknown, option = 'maxHeapSize'): number {
  if (value === undefined) return runtimeDefaults.maxHeapSize;
  if (typeof value !== 'number') throw invalidType(option, value, 'a number of bytes');
  if (!Number.isInteger(value)) throw invalidRange(option, value, 'a whole number of bytes');
  if (value < minHeapSize) {
    throw invalidRange(option, value, `at least ${minHeapSize} bytes (4 MiB): V8 does not start with less`);
  }
  if (value > Number.MAX_SAFE_INTEGER) throw invalidRange(option, value, `at most ${Number.MAX_SAFE_INTEGER} bytes`);
  return value;
}

/** Bytes; 0: the engine decides. */
export function checkInitialHeapSize(value: unknown, maxHeapSize: unknown): number {
  if (value === undefined) return 0;
  const initial = checkInteger(value, 'initialHeapSize', 1, Number.MAX_SAFE_INTEGER, 'bytes');
  if (maxHeapSize === undefined) {
    throw invalidRange('initialHeapSize', value, "left out, or 'maxHeapSize' be given beside 'initialHeapSize'");
  }
  if (initial > (maxHeapSize as number)) {
    throw invalidRange('initialHeapSize', value, `at most 'maxHeapSize' (${maxHeapSize}), which it cannot exceed`);
  }
  return initial;
}
