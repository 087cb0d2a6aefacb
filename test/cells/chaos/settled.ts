import { setTimeout as sleep } from 'node:timers/promises';

/** Looks again and again until it is so. @throws when it is not after `seconds`, with what there was instead */
export async function until<T>(what: string, look: () => T, isSo: (found: T) => boolean, seconds = 60): Promise<void> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const found = look();
    if (isSo(found)) return;
    if (performance.now() > end) throw new Error(`${what}: ${JSON.stringify(found)} after ${seconds} s`);
    await sleep(20);
  }
}

/** @throws when it takes longer, which nothing here may */
export async function within<T>(what: string, promise: Promise<T>, seconds = 120): Promise<T> {
  const late = new AbortController();
  const timer = sleep(seconds * 1000, undefined, { signal: late.signal }).then(() => {
    throw new Error(`${what} is not over after ${seconds} s`);
  });
  try {
    return await Promise.race([promise, timer]);
  } finally {
    late.abort();
    timer.catch(() => {});
  }
}
