import type { Storage } from '../storage/storage.ts';

/** How long what tenants leave behind is kept, in ms. */
export interface Retention {
  readonly logs: number;
  readonly invocations: number;
}

const step = 1000;

/** Takes away what is old, a little at a time so that others can write between. @returns how much that was */
export async function tidy(storage: Storage, retention: Retention, now = Date.now()): Promise<number> {
  let gone = 0;
  const all = async (prune: () => Promise<number>) => {
    for (;;) {
      const some = await prune();
      gone += some;
      if (some < step) return;
    }
  };
  await all(() => storage.logs.prune(now - retention.logs, step));
  await all(() => storage.invocations.prune(now - retention.invocations, step));
  return gone;
}

/** Does work again and again, never twice at once; what fails is told and tried again. @returns ends that */
export function every(ms: number, work: () => Promise<unknown>, onError: (error: unknown) => void): () => void {
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    work()
      .catch(onError)
      .finally(() => {
        busy = false;
      });
  }, ms);
  timer.unref();
  return () => clearInterval(timer);
}
