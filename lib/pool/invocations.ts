import { nothing } from '../shared/own.ts';
import { ownIfAborted } from './failures/own-error.ts';
import type { PoolFunction } from './function/pool-function.ts';
import { type ResolvedFunction, refOf } from './function/resolved-function.ts';
import { checkInvokeOptions, type InvokeOptions } from './options/invoke-options.ts';
import type { Books } from './report/books.ts';
import type { Observable } from './report/emitter.ts';
import type { LateReport, PoolEvents } from './report/events.ts';
import type { Losses } from './report/losses.ts';
import { type Ask, askFor } from './run/ask.ts';
import type { PoolEntry } from './run/entry.ts';
import { lossOf, recordOf } from './run/records.ts';
import { type Answered, runInvocation } from './run/run.ts';
import { taken } from './run/taken.ts';
import type { Lease } from './schedule/queue.ts';
import { release } from './schedule/release.ts';
import type { Scheduler } from './schedule/scheduler.ts';

/** What an invocation goes through. */
export interface InvocationsParts {
  readonly scheduler: Scheduler;
  readonly books: Books;
  readonly losses: Losses;
  readonly events: Observable<PoolEvents>;
  /** ms that one waits for a runtime unless it says otherwise. */
  readonly queueTimeout: number;
  resolve(spec: PoolFunction): ResolvedFunction;
}

/** An invocation that was answered. */
export interface Ran {
  readonly result: Answered;
  readonly entry: PoolEntry;
  /** Of what it gave to `waitUntil`, if it did. */
  readonly late: Promise<LateReport> | undefined;
}

/** From a function and an event to its answer: a runtime, the run in it, and what is told and counted of that. */
export class Invocations {
  readonly #parts: InvocationsParts;

  constructor(parts: InvocationsParts) {
    this.#parts = parts;
  }

  async invoke(spec: PoolFunction, event: unknown, given: InvokeOptions): Promise<unknown> {
    const options = given === nothing ? given : checkInvokeOptions(given);
    const { method } = options;
    const ask = (waited: boolean): Ask => askFor(waited ? taken(event) : event, method);
    const { result, late } = await this.run(spec, ask, options);
    return options.detailed ? { value: result.value, ...result.report, ...(late && { late }) } : result.value;
  }

  /**
   * @param asks - is asked what to run, when it is known whether that has to wait for a runtime
   * @throws what the invocation fails with
   */
  async run(
    spec: PoolFunction,
    asks: (waited: boolean, fn: ResolvedFunction) => Ask,
    options: InvokeOptions,
  ): Promise<Ran> {
    const { scheduler, books, events } = this.#parts;
    const since = performance.now();
    const fn = this.#parts.resolve(spec);
    const acquired = this.#acquire(fn, options);
    const waited = acquired instanceof Promise;
    const ask = asks(waited, fn);
    const lease = waited ? await acquired : acquired;
    const queueMs = waited ? Math.round((performance.now() - since) * 1000) / 1000 : 0;
    books.queueMs.add(queueMs);
    if (!lease.coldStart) {
      books.hits++;
      events.tell('reuse', refOf(fn));
    }
    const result = await runInvocation(lease.entry, ask, {
      timeout: Math.min(fn.timeout, options.timeout ?? Number.POSITIVE_INFINITY),
      cpuTimeout: smallest(fn.cpuTimeout, options.cpuTimeout),
      signal: options.signal,
      invocationId: options.invocationId,
      work: 'invocation',
      coldStart: lease.coldStart,
      queueMs,
    });
    books.invocations++;
    const { report } = result;
    const record = recordOf(result);
    events.tell('invoke', record);
    if (report.outcome === 'timeout' || report.outcome === 'heapLimit') events.tell(report.outcome, record);
    if (report.outcome === 'terminated') {
      events.tell('lost', { ...refOf(fn), reason: lossOf(lease.entry, record) });
    }
    const late = release(scheduler, lease, result, events);
    if (result.failed) throw result.error;
    return { result, entry: lease.entry, late };
  }

  #acquire(fn: ResolvedFunction, options: InvokeOptions): Lease | Promise<Lease> {
    const { scheduler, books, losses, events, queueTimeout } = this.#parts;
    const { signal } = options;
    const refused = (thrown: unknown): never => {
      const error = ownIfAborted(thrown, signal);
      books.refused++;
      events.tell('refused', { ...refOf(fn), error });
      throw error;
    };
    try {
      signal?.throwIfAborted();
      losses.check(fn.tenantId);
      const lease = scheduler.acquire(fn, options.queueTimeout ?? queueTimeout, signal);
      return lease instanceof Promise ? lease.catch(refused) : lease;
    } catch (error) {
      return refused(error);
    }
  }
}

function smallest(own: number, given: number | undefined): number {
  if (given === undefined) return own;
  return own === 0 ? given : Math.min(own, given);
}
