import type { PoolEntry } from './entry.ts';
import { inOwnWords } from './own-words.ts';
import { keepReport } from './report.ts';

/** A failure in a runtime as the host gets it: in the words of this layer, and without the values of secrets. */
export function shown(error: unknown, { fn, retiring }: PoolEntry): unknown {
  const told = inOwnWords(error, fn, retiring);
  return fn.redactor ? fn.redactor.failure(told, keepReport) : told;
}
