import { randomUUID } from 'node:crypto';
import { RuntimeTerminatedError, type SupersededReason } from '../errors/index.ts';
import { checkInteger, checkName, checkPatience, maxMilliseconds } from '../options/check.ts';
import { invalidType } from '../options/invalid.ts';
import { nothing } from '../options/own.ts';
import { checkConsole } from './api/check.ts';
import { type NamedApi, nameApis, type PlatformApi } from './api/declare.ts';
import { type CloseOptions, patienceOf } from './close-options.ts';
import type { Ending } from './drain.ts';
import { Observable } from './emitter.ts';
import { type Runtime, whenAborted } from './engine.ts';
import type { EvictReason, PoolEntry } from './entry.ts';
import type { DetailedResult, InvocationReport, LateReport, PoolEvents } from './events.ts';
import { functionKey, isOf, type PoolFunction, type ResolvedFunction, refOf, resolveFunction } from './function.ts';
import { declaredNames, definedNames, readGlobals } from './globals.ts';
import { proveForm } from './handler.ts';
import { checkInvokeOptions, type InvokeOptions } from './invoke-options.ts';
import { KnownSpec } from './known-spec.ts';
import { createRehearsed, loadEntry } from './load.ts';
import { Losses } from './losses.ts';
import { type PoolOptions, type ResolvedPoolOptions, resolveOptions } from './options.ts';
import { ownIfAborted } from './own-error.ts';
import { refuseOwnWait } from './own-wait.ts';
import type { Lease } from './queue.ts';
import { poolClosed } from './refusal.ts';
import { lateReport } from './report.ts';
import { restart } from './restart.ts';
import { type RunResult, runInvocation, shareAfter, shareSeen } from './run.ts';
import { Scheduler } from './scheduler.ts';
import { Durations, functionStats, type PoolStats } from './stats.ts';
import { Stock } from './stock.ts';
import { taken } from './taken.ts';

/**
 * Keeps runtimes warm: one or more per function, never shared between two functions.
 *
 * @example
 * ```js
 * const pool = new RuntimePool({ double: (n) => n * 2 });
 * const spec = { tenantId: 'acme', name: 'sum', code: '(event) => double(event.a) + event.b' };
 * await pool.invoke(spec, { a: 1, b: 2 }); // 4
 * await pool.close();
 * ```
 */
// biome-ignore lint/suspicious/noExplicitAny: only the constructor's argument is typed by it
export class RuntimePool<const Inputs = any> extends Observable<PoolEvents> {
  readonly #apis: NamedApi[];
  readonly #options: ResolvedPoolOptions;
  readonly #scheduler: Scheduler;
  readonly #stock: Stock;
  readonly #losses: Losses;
  readonly #salt = randomUUID();
  readonly #resolved = new WeakMap<PoolFunction, KnownSpec>();
  readonly #coldStartMs = new Durations();
  readonly #queueMs = new Durations();
  readonly #evictions: Partial<Record<EvictReason, number>> = {};
  #counts = { hits: 0, coldStarts: 0, invocations: 0, refused: 0 };
  #closed: Promise<void> | undefined;

  /** @throws {TypeError} with code `ERR_ISOLET_INVALID_ARG` for an API or option that makes no sense. */
  constructor(platformApi: PlatformApi<Inputs>, options: PoolOptions = {}) {
    super('isolet:pool');
    this.#apis = nameApis(platformApi);
    this.#options = resolveOptions(options);
    checkConsole(this.#apis, this.#options.console);
    this.#losses = new Losses(this.#options.maxLostPerTenant);
    this.#scheduler = new Scheduler(this.#options, {
      load: (fn, signal, begins) => this.#load(fn, signal, begins),
      coldStart: (fn) => {
        this.#counts.coldStarts++;
        this.tell('coldStart', refOf(fn));
      },
      ready: (entry) => {
        this.#coldStartMs.add(entry.loadMs);
        this.tell('ready', { ...refOf(entry.fn), loadMs: entry.loadMs });
      },
      evict: (entry, reason) => {
        this.#evictions[reason] = (this.#evictions[reason] ?? 0) + 1;
        this.tell('evict', { ...refOf(entry.fn), reason });
      },
      gone: (entry) => this.#closeBooks(entry),
    });
    const { stock, idleTtl } = this.#options;
    this.#stock = new Stock(stock, idleTtl, this.#scheduler.budget, (memoryMb) =>
      createRehearsed(memoryMb, this.#options),
    );
  }

  /**
   * Runs the function on an event, in a warm runtime if there is one.
   *
   * @throws {ValidationError} if the code is not a function.
   * @throws {CapacityError} if the queue is full, or the tenant's functions took `maxLostPerTenant` runtimes with them.
   * @throws {TimeoutError} with phase `'queued'` if no runtime came free in time, another phase if the guest ran out of time.
   * @throws {HeapLimitError}, {JavaScriptError}, {RuntimeTerminatedError} as the guest ended; see `invocationOf`.
   * @throws {SupersededError} if the function was drained, and the drain's limit was over before there was a runtime.
   * @throws {RuntimeClosedError} if the pool is closing.
   */
  invoke<T = unknown>(
    spec: PoolFunction,
    event: unknown,
    options: InvokeOptions & { detailed: true },
  ): Promise<DetailedResult<T>>;
  invoke<T = unknown>(spec: PoolFunction, event?: unknown, options?: InvokeOptions): Promise<T>;
  async invoke(spec: PoolFunction, event?: unknown, given: InvokeOptions = nothing): Promise<unknown> {
    const options = given === nothing ? given : checkInvokeOptions(given);
    const since = performance.now();
    const fn = this.resolve(spec);
    const acquired = this.#acquire(fn, options);
    const waited = acquired instanceof Promise;
    const argument = waited ? taken(event) : event;
    const lease = waited ? await acquired : acquired;
    const queueMs = waited ? Math.round((performance.now() - since) * 1000) / 1000 : 0;
    this.#queueMs.add(queueMs);
    if (!lease.coldStart) {
      this.#counts.hits++;
      this.tell('reuse', refOf(fn));
    }
    const result = await runInvocation(lease.entry, argument, {
      timeout: Math.min(fn.timeout, options.timeout ?? Number.POSITIVE_INFINITY),
      cpuTimeout: smallest(fn.cpuTimeout, options.cpuTimeout),
      signal: options.signal,
      invocationId: options.invocationId,
      work: 'invocation',
      coldStart: lease.coldStart,
      queueMs,
    });
    this.#counts.invocations++;
    const { report } = result;
    const record = recordOf(result);
    this.tell('invoke', record);
    if (report.outcome === 'timeout' || report.outcome === 'heapLimit') this.tell(report.outcome, record);
    if (report.outcome === 'terminated') {
      this.tell('lost', { ...refOf(fn), reason: lossOf(lease.entry, record) });
    }
    const late = this.#release(lease, result);
    if (result.failed) throw result.error;
    return options.detailed ? { value: result.value, ...report, ...(late && { late }) } : result.value;
  }

  /**
   * Makes sure the function has `count` runtimes.
   *
   * @throws what loading the function throws.
   * @throws {CapacityError} if the pool is full. @throws {SupersededError} if the function is drained meanwhile.
   */
  async prewarm(spec: PoolFunction, count = 1): Promise<void> {
    checkInteger(count, 'count', 0, Number.MAX_SAFE_INTEGER);
    const fn = this.resolve(spec);
    this.#losses.check(fn.tenantId);
    await this.#scheduler.prewarm(fn, count);
  }

  /**
   * Closes the runtimes of a function: idle ones now, busy ones when they are done. The next invocation makes a new one.
   *
   * @param key `functionKey(tenantId, name)`, with or without a version.
   * @returns the number of runtimes this concerns.
   */
  evict(key: string): number {
    checkName(key, 'key');
    let count = 0;
    for (const group of this.#scheduler.groups.find(key)) {
      for (const entry of [...group.entries]) {
        count++;
        this.#scheduler.retire(entry, 'evicted');
      }
    }
    return count;
  }

  /**
   * Takes up work of a tenant again after its functions took `maxLostPerTenant` runtimes with them: they count from
   * zero. Their memory stays in use until the process ends.
   *
   * @returns how many runtimes the tenant's functions had taken.
   */
  forgive(tenantId: string): number {
    checkName(tenantId, 'tenantId');
    return this.#losses.forgive(tenantId);
  }

  /**
   * Like `evict`, for a version that is no longer wanted: also runtimes that are still being made go as soon as nobody
   * waits for them, and after `limit` ms what still runs is stopped. Default: it may take as long as it needs. Resolves
   * when the last one is gone, or when the function is invoked again.
   *
   * @throws {DeadlockError} if a platform function asks for it whose invocation it would wait for.
   */
  async drain(key: string, limit = Number.POSITIVE_INFINITY): Promise<void> {
    checkName(key, 'key');
    checkPatience(limit, 'limit');
    this.refuseOwnWait('drain', key);
    await this.letGo(key, limit);
  }

  /**
   * New runtimes for a function: invocations from now on run in none that was there before. What runs in those may
   * finish; after `limit` ms it is stopped. Default: it may take as long as it needs.
   *
   * @param key `functionKey(tenantId, name)`, with or without a version.
   * @returns how many runtimes were replaced, when the last of them is gone.
   * @throws {DeadlockError} if a platform function asks for it whose invocation it would wait for.
   */
  async restart(key: string, limit = Number.POSITIVE_INFINITY): Promise<number> {
    checkName(key, 'key');
    checkPatience(limit, 'limit');
    this.refuseOwnWait('restart', key);
    return restart(this.#scheduler, [...this.#scheduler.groups.find(key)], limit);
  }

  /** @internal `drain`, without looking at who asks. */
  async letGo(key: string, limit: number, reason: SupersededReason = 'replaced'): Promise<void> {
    await Promise.all(this.#scheduler.groups.find(key).map((group) => this.#scheduler.drain(group, reason, limit)));
  }

  /** @internal `letGo` of a version that nobody uses or waits for now. */
  letGoUnused(key: string): void {
    for (const group of this.#scheduler.groups.find(key)) {
      if (group.active > 0 || group.queue.size > 0) continue;
      void this.#scheduler.drain(group, 'replaced', Number.POSITIVE_INFINITY);
    }
  }

  /** @internal Takes back what `letGo` of this version began, unless the function was undeployed. */
  keep(key: string): void {
    for (const group of this.#scheduler.groups.find(key)) this.#scheduler.keep(group);
  }

  /** @internal Lets the runtimes of exactly this one go, of none of its variants. */
  letGoOf(spec: PoolFunction, limit: number): void {
    const group = this.#scheduler.groups.get(this.resolve(spec).key);
    if (group) void this.#scheduler.drain(group, 'replaced', limit);
  }

  stats(): PoolStats {
    const { budget, groups } = this.#scheduler;
    return {
      runtimes: budget.runtimes,
      idle: this.#scheduler.idle,
      stock: this.#stock.size,
      active: this.#scheduler.active,
      queued: this.#scheduler.queued,
      reservedMb: budget.memoryMb,
      ...this.#counts,
      coldStartMs: this.#coldStartMs.percentiles(),
      queueMs: this.#queueMs.percentiles(),
      evictions: { ...this.#evictions },
      lost: this.#losses.toJSON(),
      functions: functionStats(groups),
    };
  }

  /**
   * Refuses new invocations, lets the accepted ones finish (unless `drain` is false), stops what is left after
   * `timeout`, and closes every runtime. Later calls answer the same promise; a shorter timeout of theirs counts.
   *
   * @throws {DeadlockError} if a platform function asks for it whose invocation it would wait for.
   */
  close(options: CloseOptions = {}): Promise<void> {
    let limit: number;
    try {
      limit = patienceOf(options);
      if (limit > 0) this.refuseOwnWait('close');
    } catch (error) {
      return Promise.reject(error);
    }
    const scheduler = this.#scheduler;
    const stopAll = () => {
      const ending: Ending = { reason: 'closed', why: 'the pool was closed', error: poolClosed() };
      for (const group of [...scheduler.groups]) scheduler.stop(group, ending);
    };
    scheduler.shut();
    this.#closed ??= Promise.all([scheduler.quiet(), this.#stock.close()]).then(() => {});
    const quiet = this.#closed;
    if (limit === 0) stopAll();
    else if (limit <= maxMilliseconds) {
      const timer = setTimeout(stopAll, limit);
      void quiet.then(() => clearTimeout(timer));
    }
    return quiet;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * @internal `what` waits for invocations of the function `key`, by default of all.
   * @throws {DeadlockError} who asks is a platform function of one of them
   */
  refuseOwnWait(what: string, key?: string): void {
    refuseOwnWait(what, this, (fn) => key === undefined || isOf(fn.key, key));
  }

  /** @internal Full names of the platform's APIs. */
  get apiNames(): string[] {
    return this.#apis.map((api) => api.name);
  }

  /** @internal What a guest finds on its `globalThis` beside the platform's APIs. */
  globalNames(): Promise<ReadonlySet<string>> {
    return readGlobals(this.#options);
  }

  /** @internal Those of the names that the guest has beside what is on its `globalThis`. */
  declaredNames(names: readonly string[]): Promise<ReadonlySet<string>> {
    return declaredNames(this.#options, names);
  }

  /** @internal A runtime that worked for this tenant had to be given up. */
  countLoss(tenantId: string): void {
    this.#losses.add(tenantId);
    const refusal = this.#losses.refusal(tenantId);
    if (refusal) this.#scheduler.refuse(tenantId, refusal);
  }

  /** @internal @throws {CapacityError} if nothing of this tenant is started any more. */
  checkLosses(tenantId: string): void {
    this.#losses.check(tenantId);
  }

  /**
   * @internal Loads a function in a runtime of its own, outside the pool, and runs it if there is an event. Answers which
   * of the names are defined once it is loaded. `unread`: no parser has seen that the code is whole.
   */
  async rehearse(
    spec: PoolFunction,
    run: { event: unknown } | undefined,
    signal: AbortSignal,
    { names, unread }: { names: readonly string[]; unread: boolean } = { names: [], unread: false },
  ): Promise<ReadonlySet<string>> {
    const fn = this.resolve(spec);
    this.#losses.check(fn.tenantId);
    return this.#scheduler.evaluate(fn, signal, async (begins) => {
      const entry = await this.#load(fn, signal, begins);
      try {
        if (unread) await proveForm(entry.runtime, fn);
        const defined = await definedNames(entry.runtime, names);
        if (!run) return defined;
        const options = { signal, invocationId: undefined, coldStart: true, queueMs: 0 };
        const { timeout, cpuTimeout } = fn;
        const result = await runInvocation(entry, run.event, { ...options, timeout, cpuTimeout, work: 'dryRun' });
        this.tell('dryRun', recordOf(result));
        void result.open?.over.then(({ report, error }) => this.tell('handedOut', withError(report, error)));
        if (result.rest) {
          // Closed, it has nothing left to wait for.
          const close = (): void => void entry.runtime.closeAsync();
          const stopListening = whenAborted(signal, close);
          if (signal.aborted) close();
          this.tell('late', (await result.rest).report);
          stopListening();
        }
        if (result.failed) throw result.error;
        return defined;
      } finally {
        await entry.runtime.closeAsync();
        this.#closeBooks(entry);
      }
    });
  }

  /** @internal */
  resolve(spec: PoolFunction): ResolvedFunction {
    if (this.#scheduler.closing) throw poolClosed();
    if (typeof spec !== 'object' || spec === null) throw invalidType('spec', spec, 'an object');
    const known = this.#resolved.get(spec);
    if (known?.stillSays(spec)) return known.fn;
    const fn = resolveFunction(spec, this.#salt, this.#options);
    this.#resolved.set(spec, new KnownSpec(spec, fn));
    return fn;
  }

  #load(fn: ResolvedFunction, signal: AbortSignal, begins: (runtime: Runtime) => void): Promise<PoolEntry> {
    return loadEntry(fn, signal, {
      owner: this,
      apis: this.#apis,
      options: this.#options,
      stock: this.#stock,
      onBegin: begins,
      onLog: (of, entry, invocationId, late) =>
        this.tell('log', { ...refOf(of), ...entry, invocationId, ...(late && { late }) }),
      hooks: {
        onHandedOut: (report, error) => this.tell('handedOut', withError(report, error)),
        onStopped: (entry) => this.#scheduler.retire(entry, 'timeout'),
        onUnpinned: (entry) => this.#scheduler.unpinned(entry),
      },
      onLoad: (report, error) => this.tell('load', withError(report, error)),
      onFatal: (of, message) => {
        this.countLoss(of.tenantId);
        this.tell('fatal', { ...refOf(of), message });
      },
    });
  }

  /**
   * Its place is free when all of it is over, also what goes on after the answer. Answers the report of what was given to
   * `waitUntil`, if anything was.
   */
  #release(lease: Lease, result: RunResult): Promise<LateReport> | undefined {
    const share = shareSeen(lease.entry, result);
    const { retire, open, rest } = result;
    if (!open && !rest) {
      this.#scheduler.release(lease, retire, share);
      return undefined;
    }
    let left = (open ? 1 : 0) + (rest ? 1 : 0);
    let [retiring, most] = [retire, share];
    const over = (why: EvictReason | undefined, seen: number | undefined): void => {
      retiring ??= why;
      if (seen !== undefined) most = Math.max(most ?? 0, seen);
      if (--left === 0) this.#scheduler.release(lease, retiring, most);
    };
    const since = performance.now();
    void open?.over.then((end) => {
      this.tell('handedOut', withError(end.report, end.error));
      over(end.stopped ? 'timeout' : undefined, shareAfter(end, performance.now() - since));
    });
    return rest?.then((late) => {
      this.tell('late', late.report);
      over(late.retire, late.share);
      return late.report;
    });
  }

  /** The runtime is gone: what nobody was charged for. */
  #closeBooks(entry: PoolEntry): void {
    const late = lateReport(entry);
    if (late) this.tell('late', late);
  }

  #acquire(fn: ResolvedFunction, options: InvokeOptions): Lease | Promise<Lease> {
    const { signal } = options;
    const refused = (thrown: unknown): never => {
      const error = ownIfAborted(thrown, signal);
      this.#counts.refused++;
      this.tell('refused', { ...refOf(fn), error });
      throw error;
    };
    try {
      signal?.throwIfAborted();
      this.#losses.check(fn.tenantId);
      const lease = this.#scheduler.acquire(fn, options.queueTimeout ?? this.#options.queueTimeout, signal);
      return lease instanceof Promise ? lease.catch(refused) : lease;
    } catch (error) {
      return refused(error);
    }
  }
}

const withError = (report: InvocationReport, error: unknown): InvocationReport & { error?: unknown } =>
  error === undefined ? report : { ...report, error };

const recordOf = (result: RunResult): InvocationReport & { error?: unknown } =>
  result.failed ? { ...result.report, error: result.error } : result.report;

/** Why an invocation was lost: its runtime's end, or what was said of the call alone. */
function lossOf({ runtime }: PoolEntry, { error }: { error?: unknown }): string {
  return runtime.terminationReason ?? (error instanceof RuntimeTerminatedError ? error.reason : 'closed');
}

function smallest(own: number, given: number | undefined): number {
  if (given === undefined) return own;
  return own === 0 ? given : Math.min(own, given);
}

export { functionKey };
