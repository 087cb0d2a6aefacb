import { definedNames } from '../code/globals.ts';
import { proveForm } from '../code/handler.ts';
import { whenAborted } from '../engine.ts';
import type { Observable } from '../report/emitter.ts';
import type { PoolEvents } from '../report/events.ts';
import { askFor } from './ask.ts';
import type { PoolEntry } from './entry.ts';
import { recordOf, withError } from './records.ts';
import { runInvocation } from './run.ts';

/** What a function is tried on. */
export interface TrialRun {
  event: unknown;
  /** The method to call, as the option of `invoke`. */
  method?: string | undefined;
}

/** What is asked of a function that was loaded. */
export interface Asked {
  readonly names: readonly string[];
  /** No parser has seen that the code is whole. */
  readonly unread: boolean;
  /** A parser has seen that it exports something, as only an ES module can. */
  readonly module: boolean;
}

/** Tries a function that was loaded outside the pool, on an event if there is one. Answers which of the names are defined. */
export async function rehearse(
  entry: PoolEntry,
  run: TrialRun | undefined,
  signal: AbortSignal,
  { names, unread }: Asked,
  events: Observable<PoolEvents>,
): Promise<ReadonlySet<string>> {
  const { fn, runtime } = entry;
  if (unread) await proveForm(runtime, fn);
  const defined = await definedNames(runtime, names);
  if (!run) return defined;
  const options = { signal, invocationId: undefined, coldStart: true, queueMs: 0 };
  const { timeout, cpuTimeout } = fn;
  const result = await runInvocation(entry, askFor(run.event, run.method), {
    ...options,
    timeout,
    cpuTimeout,
    work: 'dryRun',
  });
  events.tell('dryRun', recordOf(result));
  void result.open?.over.then(({ report, error }) => events.tell('handedOut', withError(report, error)));
  if (result.rest) {
    // Closed, it has nothing left to wait for.
    const close = (): void => void runtime.closeAsync();
    const stopListening = whenAborted(signal, close);
    if (signal.aborted) close();
    events.tell('late', (await result.rest).report);
    stopListening();
  }
  if (result.failed) throw result.error;
  return defined;
}
