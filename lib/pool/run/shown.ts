import { keepReport } from '../report/report.ts';
import { inOwnWords } from './own-words.ts';
import type { Serving } from './serving.ts';

/** A failure in a runtime as the host gets it: in the words of this layer, and without the values of secrets. */
export function shown(error: unknown, { fn, retiring }: Pick<Serving, 'fn' | 'retiring'>): unknown {
  const told = inOwnWords(error, fn, retiring);
  return fn.redactor ? fn.redactor.failure(told, keepReport) : told;
}
