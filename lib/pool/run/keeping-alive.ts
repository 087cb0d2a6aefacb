import { maxMilliseconds } from '../../options/check.ts';

/** Somebody waits for `work`: Node does not end before, also if all that it waits for is a timer of ours. */
export async function keepingAlive<T>(work: Promise<T>): Promise<T> {
  const timer = setInterval(() => {}, maxMilliseconds);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
