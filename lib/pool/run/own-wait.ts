import { DeadlockError } from '../../errors/index.ts';
import { callersNow, type Runtime } from '../engine.ts';
import type { ResolvedFunction } from '../function/resolved-function.ts';
import { Invocation } from '../report/invocation.ts';

/** Which pool made a runtime, and for which function. */
const owners = new WeakMap<object, { pool: object; fn: ResolvedFunction }>();

export function ownedBy(pool: object, fn: ResolvedFunction, runtime: Runtime): void {
  owners.set(runtime, { pool, fn });
}

/**
 * `what` waits for invocations of `pool`, those that `waitsFor` names.
 *
 * @throws {@link DeadlockError} the caller is a platform function of one of them
 */
export function refuseOwnWait(what: string, pool: object, waitsFor: (fn: ResolvedFunction) => boolean): void {
  for (const call of callersNow()) {
    const late = call.context instanceof Invocation && call.context.late && !call.context.ended;
    const owner = (call.pending || late) && call.runtime ? owners.get(call.runtime) : undefined;
    if (owner?.pool === pool && waitsFor(owner.fn)) {
      throw new DeadlockError(
        `${what} waits for running invocations, and this is a platform function of one of them: it would wait for itself. Call it after the function has returned.`,
      );
    }
  }
}
