import { maxMilliseconds } from '../options/check.ts';

interface Turn {
  readonly abort: AbortController;
  readonly settled: Promise<void>;
}

/** The deployments that are under way: those of one function one after the other, in the order of the calls. */
export class DeployOrder {
  /** By function, first come first. */
  readonly #functions = new Map<string, Set<Turn>>();

  /** @param work - Gives up with its reason soon after the signal is aborted. */
  do<T>(key: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const turns = this.#functions.get(key) ?? new Set<Turn>();
    this.#functions.set(key, turns);
    const before = [...turns].at(-1)?.settled;
    const abort = new AbortController();
    const answer = (async () => {
      await before;
      abort.signal.throwIfAborted();
      return work(abort.signal);
    })();
    const leave = () => {
      turns.delete(turn);
      if (turns.size === 0) this.#functions.delete(key);
    };
    const turn = { abort, settled: answer.then(leave, leave) };
    turns.add(turn);
    return answer;
  }

  has(key: string): boolean {
    return this.#functions.has(key);
  }

  /** Gives up the deployments of a function that were asked for so far; resolves when they are settled. */
  async cancel(key: string, error: unknown): Promise<void> {
    const turns = [...(this.#functions.get(key) ?? [])];
    for (const turn of turns) turn.abort.abort(error);
    await Promise.all(turns.map((turn) => turn.settled));
  }

  /** Waits for all of them, and gives up what is left after `patience` ms. */
  async end(patience: number, error: unknown): Promise<void> {
    const cancelAll = () => Promise.all([...this.#functions.keys()].map((key) => this.cancel(key, error)));
    if (patience === 0) return void (await cancelAll());
    const timer = patience <= maxMilliseconds ? setTimeout(cancelAll, patience) : undefined;
    await Promise.all([...this.#functions.values()].flatMap((turns) => [...turns].map((turn) => turn.settled)));
    clearTimeout(timer);
  }
}
