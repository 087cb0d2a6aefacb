import type { CancelledCall } from '../native.ts';
import type { Limits } from '../options/call-options.ts';
import type { RuntimeOptions } from '../options/runtime-options.ts';
import type { CellProcess } from './cell-process.ts';
import { RuntimeCore } from './core.ts';
import { handleOf, type JsFunction } from './js-function.ts';
import { type Runtime, runtimeOf } from './runtime.ts';

/** A call whose caller may leave before there is an answer. */
export interface LeavableCall {
  readonly answer: Promise<unknown>;
  /**
   * Nobody waits for the answer any more. The call is stopped if its code is running or has not begun; one that waits
   * goes on, under its limits. Answers what it was doing.
   */
  leave(reason: unknown): CancelledCall;
}

export function startLeavable(fn: JsFunction, args: unknown[], limits: Limits): LeavableCall {
  const handle = handleOf(fn);
  if (!handle) throw new TypeError('startLeavable: not a JsFunction');
  const { owner, id } = handle;
  const native = owner.native();
  let callId = 0;
  const answer = owner.calls.start(native, undefined, (given) => {
    callId = given;
    owner.beginCall(given, id, args, limits);
  });
  return {
    answer,
    leave: (reason) => {
      const was = native.cancel(callId, true);
      if (was === 'running' || was === 'waiting') owner.callStopped(callId, reason);
      return was;
    },
  };
}

/**
 * A runtime whose calls share what they wait for: when one is stopped, what it has open (host calls, timers) settles all
 * the same, for the others. Whoever makes it sees to it that no host call stays open for ever.
 *
 * @param cell - the process that it is made in, if not this one
 */
export async function createShared(options: RuntimeOptions, cell?: CellProcess): Promise<Runtime> {
  const core = new RuntimeCore(options);
  core.settleStopped = true;
  await core.startAsync(cell);
  return runtimeOf(core);
}
