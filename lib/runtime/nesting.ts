import { JavaScriptError } from '../errors/javascript-error.ts';
import { isNestingError } from '../errors/limit-errors.ts';
import { type CurrentCall, outermostCall } from './call-context.ts';

/** The call that an endless nesting began with, by the error that ended it. */
const beginnings = new WeakMap<object, CurrentCall>();

/**
 * What call `callId` of `calls` fails with. Host and guest called each other too deep: the error goes through every
 * level of guest code on its way out, and arrives as itself. Only out of the calls that it ended: a guest that keeps it
 * and throws it later has thrown something.
 */
export function failureOf(error: unknown, calls: object, callId: number): unknown {
  const outermost = outermostCall();
  if (isNestingError(error)) {
    if (outermost && !beginnings.has(error)) beginnings.set(error, outermost);
    return error;
  }
  const thrown = error instanceof JavaScriptError ? error.thrown : undefined;
  if (!isNestingError(thrown)) return error;
  const beginning = beginnings.get(thrown);
  const ended = beginning?.calls === calls && beginning.callId === callId;
  return ended || (beginning !== undefined && beginning === outermost) ? thrown : error;
}
