import type { CancelledCall } from '../../native.ts';
import { type LeavableCall, whenAborted } from '../engine.ts';

/** A call was answered, or its caller has left: then what it was doing, and what becomes of it. */
export type Ending = { value: unknown } | { was: CancelledCall; rest: Promise<unknown> };

/** Waits for a call as long as `signal` is not aborted. Rejects with what the call fails with. */
export function untilAborted(call: LeavableCall, signal: AbortSignal): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const leave = (): void => resolve({ was: call.leave(signal.reason), rest: call.answer });
    const stopListening = whenAborted(signal, leave);
    call.answer.then(
      (value) => {
        stopListening();
        resolve({ value });
      },
      (error) => {
        stopListening();
        reject(error);
      },
    );
    // Reading the event may have run code that aborted before there was a listener.
    if (!signal.aborted) return;
    stopListening();
    leave();
  });
}
