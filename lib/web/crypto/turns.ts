/**
 * Whose turn it is to compute on the threads that Node shares among all: keys are made and used there one piece of work at a time,
 * guests taking turns, so that one that asks for much delays itself. Files, names and compression of the host keep most
 * of the threads.
 */
export class Turns {
  readonly #atOnce: number;
  #running = 0;
  /** What waits, by whom it is for; the one that has waited longest comes first. */
  readonly #waiting = new Map<object, { begin: () => void; drop: (reason: Error) => void }[]>();

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /** Runs `work` when its turn has come. */
  async run<T>(owner: object, work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#atOnce) await this.#wait(owner);
    else this.#running++;
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  /** What waits for `owner` never begins: it rejects. */
  forget(owner: object): void {
    const queue = this.#waiting.get(owner) ?? [];
    this.#waiting.delete(owner);
    for (const { drop } of queue) drop(new Error('Nobody waits for it any more'));
  }

  #wait(owner: object): Promise<void> {
    const queue = this.#waiting.get(owner);
    return new Promise((begin, drop) => {
      if (queue) queue.push({ begin, drop });
      else this.#waiting.set(owner, [{ begin, drop }]);
    });
  }

  /** Hands the turn that ended to the next, or gives it back. */
  #next(): void {
    for (const [owner, queue] of this.#waiting) {
      const next = queue.shift();
      this.#waiting.delete(owner);
      if (queue.length > 0) this.#waiting.set(owner, queue);
      if (!next) continue;
      next.begin();
      return;
    }
    this.#running--;
  }
}
