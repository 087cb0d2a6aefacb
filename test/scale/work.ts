import { Session } from 'node:inspector/promises';
import { countSkips, skipped } from './skips.ts';

/**
 * Counts what the library does, in executions of blocks of its code and in places that V8 steps over in maps and sets:
 * the same on an idle machine and on a busy one. Must be there before the library is: V8 counts in code that it compiles
 * from then on.
 */
export class WorkCounter {
  readonly #session = new Session();

  static async start(): Promise<WorkCounter> {
    countSkips();
    const counter = new WorkCounter();
    counter.#session.connect();
    await counter.#session.post('Profiler.enable');
    await counter.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    return counter;
  }

  /** What `body` did, with all that goes on meanwhile. */
  async of(body: () => unknown): Promise<number> {
    await this.#take();
    const before = skipped();
    await body();
    return (await this.#take()) + skipped() - before;
  }

  async #take(): Promise<number> {
    const { result } = await this.#session.post('Profiler.takePreciseCoverage');
    let sum = 0;
    for (const { url, functions } of result) {
      if (!url.includes('/lib/')) continue;
      for (const { ranges } of functions) for (const { count } of ranges) sum += count;
    }
    return sum;
  }
}
