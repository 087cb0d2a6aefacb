import type { NamedApi } from './api/declare.ts';
import type { Place } from './cells/place.ts';
import type { Runtime } from './engine.ts';
import { type ResolvedFunction, refOf } from './function/resolved-function.ts';
import type { ResolvedPoolOptions } from './options/options.ts';
import type { Observable } from './report/emitter.ts';
import type { PoolEvents } from './report/events.ts';
import { lateReport } from './report/report.ts';
import type { CellVirgins } from './run/cell-virgins.ts';
import type { PoolEntry } from './run/entry.ts';
import { loadEntry } from './run/load.ts';
import { withError } from './run/records.ts';
import { type Asked, rehearse, type TrialRun } from './run/rehearse.ts';
import type { Scheduler } from './schedule/scheduler.ts';
import type { Stock } from './schedule/stock.ts';

/** What a runtime with a function in it is made of, and who hears of it. */
export interface LoaderParts {
  /** The pool. */
  readonly owner: object;
  readonly apis: readonly NamedApi[];
  readonly options: ResolvedPoolOptions;
  readonly stock: Stock;
  readonly cellVirgins: CellVirgins;
  readonly scheduler: Scheduler;
  readonly events: Observable<PoolEvents>;
  /** The engine had to give up a runtime that worked for this tenant. */
  countLoss(tenantId: string): void;
}

/** Makes the runtimes that have a function in them, and tells the pool's listeners what they do. */
export class Loader {
  readonly #parts: LoaderParts;

  constructor(parts: LoaderParts) {
    this.#parts = parts;
  }

  load(
    fn: ResolvedFunction,
    place: Place,
    signal: AbortSignal,
    begins: (runtime: Runtime) => void,
  ): Promise<PoolEntry> {
    const { owner, apis, options, stock, cellVirgins, scheduler, events, countLoss } = this.#parts;
    return loadEntry(fn, place, signal, {
      owner,
      apis,
      options,
      stock,
      cellVirgins,
      onBegin: begins,
      onLog: (of, entry, invocationId, late) =>
        events.tell('log', { ...refOf(of), ...entry, invocationId, ...(late && { late }) }),
      hooks: {
        onHandedOut: (report, error) => events.tell('handedOut', withError(report, error)),
        onStopped: (entry, why) => scheduler.retire(entry, why),
        onUnpinned: (entry) => scheduler.unpinned(entry),
      },
      onLoad: (report, error) => events.tell('load', withError(report, error)),
      onFatal: (of, message) => {
        countLoss(of.tenantId);
        events.tell('fatal', { ...refOf(of), message });
      },
    });
  }

  /** See `rehearse`. */
  rehearse(
    fn: ResolvedFunction,
    run: TrialRun | undefined,
    signal: AbortSignal,
    asked: Asked,
  ): Promise<ReadonlySet<string>> {
    const { scheduler, events } = this.#parts;
    return scheduler.evaluate(fn, signal, async (place, begins) => {
      const entry = await this.load(fn, place, signal, begins);
      try {
        return await rehearse(entry, run, signal, asked, events);
      } finally {
        await entry.runtime.closeAsync();
        this.closeBooks(entry);
      }
    });
  }

  /** The runtime is gone: what nobody was charged for. */
  closeBooks(entry: PoolEntry): void {
    const late = lateReport(entry);
    if (late) this.#parts.events.tell('late', late);
  }
}
