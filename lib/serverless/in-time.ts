/** Longest wait, in ms, for what the platform is asked while somebody waits. */
export const patience = 10_000;

/** What `answer` answers, or the failure that `late` makes if that takes longer than `patience`. */
export function inTime<T>(answer: PromiseLike<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), patience);
    Promise.resolve(answer)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
