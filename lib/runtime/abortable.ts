import type { NativeRuntime } from '../native.ts';
import { whenAborted } from './abort.ts';

/** Stops the call when a host function it calls aborts the signal. */
export function runAbortable<T>(
  native: NativeRuntime,
  signal: AbortSignal,
  callId: number,
  call: (callId: number) => T,
): T {
  if (signal.aborted) throw signal.reason;
  const stopListening = whenAborted(signal, () => void native.cancel(callId, false));
  try {
    return call(callId);
  } catch (error) {
    if (signal.aborted && isAbort(error)) throw signal.reason;
    throw error;
  } finally {
    stopListening();
  }
}

/** Rejects with the signal's reason as soon as it is aborted and leaves no listener behind. */
export function abortable(settled: Promise<unknown>, signal: AbortSignal, cancel: () => void): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      cancel();
      reject(signal.reason);
    };
    const stopListening = whenAborted(signal, onAbort);
    settled.then(
      (value) => {
        stopListening();
        resolve(value);
      },
      (error) => {
        stopListening();
        reject(error);
      },
    );
    // Reading the arguments may have run code that aborted before there was a listener.
    if (signal.aborted) {
      stopListening();
      onAbort();
    }
  });
}

/** Whether it is how the engine says that a call was aborted. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
