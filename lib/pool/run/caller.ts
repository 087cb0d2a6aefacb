import { type CurrentCall, currentCall, withCallContext } from '../engine.ts';
import { Invocation } from '../report/invocation.ts';

/** The function's source is being evaluated. */
const loading = Symbol('loading');

export const asLoading = <T>(start: () => T): T => withCallContext(loading, start);
export const asInvocation = <T>(invocation: Invocation, start: () => T): T => withCallContext(invocation, start);

/**
 * Whose code is calling the host right now, also if it was answered already and left work behind. `'ended'`: nobody
 * remembers which that was. `undefined`: no invocation, or it can't be known which of several.
 */
export function currentCaller(
  running: ReadonlySet<Invocation>,
  call: CurrentCall | undefined = currentCall(),
): Invocation | 'ended' | undefined {
  if (call?.context instanceof Invocation) return call.context;
  if (call?.context === loading) return undefined;
  if (call && call.callId !== 0) return 'ended';
  // A timer's callback, for one: with a single invocation in the runtime there is no doubt.
  if (running.size !== 1) return undefined;
  for (const invocation of running) return invocation;
  return undefined;
}
