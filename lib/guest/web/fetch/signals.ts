/** What requests need of the guest's AbortSignal, by its global name. */

export const isAbortSignal = (value: unknown): value is AbortSignal =>
  typeof AbortSignal === 'function' && value instanceof AbortSignal;

/** Aborts when one of these does. */
export const dependentSignal = (signals: AbortSignal[]): AbortSignal => AbortSignal.any(signals);

/** Runs it once; answers what takes it back. */
export function onAbort(signal: AbortSignal, run: () => void): () => void {
  signal.addEventListener('abort', run, { once: true });
  return () => signal.removeEventListener('abort', run);
}
