/** Compares what came out of a file with what is expected of it on this Node. */
import { nothing } from './expectations.mjs';

/** A file that ends before its first subtest has failed one. */
export function subtestsOf(outcome) {
  return Math.max(1, outcome.passed.size);
}

/** What came out, in the form of an expectation. */
export function measured(outcome, subtests) {
  const fails = new Set([...outcome.passed].filter(([, passed]) => !passed).map(([name]) => name));
  return { fails, missing: subtests - outcome.passed.size, status: outcome.status };
}

/**
 * What differs, as sentences; none when all is as expected.
 *
 * @param {import('./supervise.mjs').Outcome} outcome
 * @param {import('./expectations.mjs').Expected | undefined} expected
 * @param {string} major
 */
export function differences(outcome, expected, major) {
  if (expected === undefined) return ['is not in the expectations: run again with --update'];
  const want = expected.majors.get(major) ?? nothing();
  const got = measured(outcome, expected.subtests);
  const list = [];
  for (const name of got.fails) {
    if (!want.fails.has(name)) list.push(`fails: ${name} (${outcome.messages.get(name) ?? ''})`);
  }
  for (const name of want.fails) {
    if (!got.fails.has(name)) list.push(`passes, or is gone, and was expected to fail: ${name}`);
  }
  if (got.missing > want.missing)
    list.push(`${got.missing} of ${expected.subtests} never ran, expected were ${want.missing}`);
  if (got.missing < want.missing) list.push(`only ${got.missing} never ran, expected were ${want.missing}`);
  if (got.status !== want.status) {
    list.push(`ended with '${got.status}' (${outcome.message.split('\n')[0]}), expected was '${want.status}'`);
  }
  return list;
}
