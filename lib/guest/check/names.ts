import type { Finding } from '../../shared/check/findings.ts';
import type { FreeName } from './scope.ts';

/** A name whose use may fail. */
export interface UnknownName extends Finding {
  readonly name: string;
}

/**
 * Uses of names that are not known, each name once. What is tested with `typeof`, where an error is caught, or that the
 * source may make or ask for elsewhere, is left out.
 */
export function unknownNames(
  free: readonly FreeName[],
  known: ReadonlySet<string>,
  hinted: ReadonlySet<string>,
): UnknownName[] {
  // What evaluated text declares can't be seen.
  if (free.some(({ name, role }) => name === 'eval' && role !== 'typeof' && role !== 'asked')) return [];
  const tested = new Set(free.filter(({ role }) => role === 'typeof').map(({ name }) => name));
  const found = new Map<string, UnknownName>();
  for (const { name, offset, guarded } of free) {
    if (guarded || known.has(name) || tested.has(name) || hinted.has(name) || found.has(name)) continue;
    found.set(name, { name, offset, message: `'${name}' is not defined in the guest` });
  }
  return [...found.values()];
}
