import { whenAborted } from '../pool/engine.ts';

/** What `work` answers, or the reason of `signal` as soon as that is aborted; the work itself goes on, unheard. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stopListening = whenAborted(signal, () => reject(signal.reason));
    if (signal.aborted) reject(signal.reason);
    void work.then(resolve, reject).finally(stopListening);
  });
}
