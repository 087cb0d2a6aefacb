import { DeadlockError } from '../errors/limit-errors.ts';
import { callersNow } from './call-context.ts';
import type { RuntimeCore } from './core.ts';

/** @throws {@link DeadlockError} the caller is a host function of a call that the drain would wait for */
export function refuseOwnDrain(core: RuntimeCore): void {
  for (const call of callersNow()) {
    if (call.pending && call.runtime === core.runtime) {
      throw new DeadlockError(
        "closeAsync({ drain: true }) waits for pending calls, and this is a host function of one of them: it would wait for itself. Call it after the function has returned, or closeAsync() without 'drain', which stops the call.",
      );
    }
  }
}

/**
 * Refuses new work and waits until no call is pending and what the last one reported (rejections nobody handles,
 * console lines) has arrived, the runtime ends by itself, or `timeout` milliseconds passed.
 */
export async function closeWhenDrained(core: RuntimeCore, timeout: number | undefined): Promise<void> {
  core.draining = true;
  const idle = core.calls.whenIdle().then(() => core.programs.turnEnded());
  if (timeout === undefined) return idle;
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeout);
  });
  await Promise.race([idle, expired]);
  clearTimeout(timer);
}
