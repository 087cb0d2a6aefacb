/** Work on the same thing is done one after the other, in the order in which it was asked for. */
export class InTurn {
  readonly #last = new Map<string, Promise<unknown>>();

  do<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const answer = before.then(work, work);
    this.#last.set(key, answer);
    const leave = () => {
      if (this.#last.get(key) === answer) this.#last.delete(key);
    };
    answer.then(leave, leave);
    return answer;
  }
}

/** Is called with what there is right before it changes; `undefined`: nothing. Throws if it has to be something else. */
export type Expectation<T> = (found: T | undefined) => void;
