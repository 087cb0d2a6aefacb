import { randomUUID } from 'node:crypto';
import type { SupersededReason } from '../errors/index.ts';
import { checkInteger, checkName, checkPatience, maxMilliseconds } from '../options/check.ts';
import { invalidType } from '../options/invalid.ts';
import { nothing } from '../shared/own.ts';
import { checkConsole } from './api/check.ts';
import type { NamedApi, PlatformApi } from './api/declare.ts';
import { nameApis } from './api/name-apis.ts';
import { declaredNames, readGlobals } from './code/globals.ts';
import type { Runtime } from './engine.ts';
import { ownIfAborted } from './failures/own-error.ts';
import { poolClosed } from './failures/refusal.ts';
import { isOf } from './function/function-key.ts';
import { KnownSpec } from './function/known-spec.ts';
import type { PoolFunction } from './function/pool-function.ts';
import { resolveFunction } from './function/resolve-function.ts';
import { type ResolvedFunction, refOf } from './function/resolved-function.ts';
import { type CloseOptions, patienceOf } from './options/close-options.ts';
import { checkInvokeOptions, type InvokeOptions } from './options/invoke-options.ts';
import { type PoolOptions, type ResolvedPoolOptions, resolveOptions } from './options/options.ts';
import { Books } from './report/books.ts';
import type { Observable } from './report/emitter.ts';
import type { PoolEvents } from './report/events.ts';
import { Losses } from './report/losses.ts';
import { lateReport } from './report/report.ts';
import type { PoolStats } from './report/stats.ts';
import type { PoolEntry } from './run/entry.ts';
import { keepingAlive } from './run/keeping-alive.ts';
import { createRehearsed, loadEntry } from './run/load.ts';
import { refuseOwnWait } from './run/own-wait.ts';
import { lossOf, recordOf, withError } from './run/records.ts';
import { type Asked, rehearse } from './run/rehearse.ts';
import { runInvocation } from './run/run.ts';
import { taken } from './run/taken.ts';
import type { Ending } from './schedule/drain.ts';
import { functionStats } from './schedule/function-stats.ts';
import type { Lease } from './schedule/queue.ts';
import { release } from './schedule/release.ts';
import { restart } from './schedule/restart.ts';
import { Scheduler } from './schedule/scheduler.ts';
import { Stock } from './schedule/stock.ts';

/**
 * The private half of a pool, on which the serverless layer builds: `RuntimePool` is what users see of it. Nothing here
 * checks options but their values.
 */
export class PoolCore {
  readonly #events: Observable<PoolEvents>;
  readonly #apis: NamedApi[];
  readonly #options: ResolvedPoolOptions;
  readonly #scheduler: Scheduler;
  readonly #stock: Stock;
  readonly #losses: Losses;
  readonly #salt = randomUUID();
  readonly #resolved = new WeakMap<PoolFunction, KnownSpec>();
  readonly #books = new Books();
  #closed: Promise<void> | undefined;

  constructor(platformApi: PlatformApi, options: PoolOptions, events: Observable<PoolEvents>) {
    this.#events = events;
    this.#apis = nameApis(platformApi);
    this.#options = resolveOptions(options);
    checkConsole(this.#apis, this.#options.console);
    this.#losses = new Losses(this.#options.maxLostPerTenant);
    this.#scheduler = new Scheduler(this.#options, {
      load: (fn, signal, begins) => this.#load(fn, signal, begins),
      coldStart: (fn) => {
        this.#books.coldStarts++;
        this.#events.tell('coldStart', refOf(fn));
      },
      ready: (entry) => {
        this.#books.coldStartMs.add(entry.loadMs);
        this.#events.tell('ready', { ...refOf(entry.fn), loadMs: entry.loadMs });
      },
      evict: (entry, reason) => {
        this.#books.evicted(reason);
        this.#events.tell('evict', { ...refOf(entry.fn), reason });
      },
      gone: (entry) => this.#closeBooks(entry),
    });
    const { stock, idleTtl } = this.#options;
    this.#stock = new Stock(stock, idleTtl, this.#scheduler.budget, (memoryMb) =>
      createRehearsed(memoryMb, this.#options),
    );
  }

  async invoke(spec: PoolFunction, event?: unknown, given: InvokeOptions = nothing): Promise<unknown> {
    const options = given === nothing ? given : checkInvokeOptions(given);
    const since = performance.now();
    const fn = this.resolve(spec);
    const acquired = this.#acquire(fn, options);
    const waited = acquired instanceof Promise;
    const argument = waited ? taken(event) : event;
    const lease = waited ? await acquired : acquired;
    const queueMs = waited ? Math.round((performance.now() - since) * 1000) / 1000 : 0;
    this.#books.queueMs.add(queueMs);
    if (!lease.coldStart) {
      this.#books.hits++;
      this.#events.tell('reuse', refOf(fn));
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
    this.#books.invocations++;
    const { report } = result;
    const record = recordOf(result);
    this.#events.tell('invoke', record);
    if (report.outcome === 'timeout' || report.outcome === 'heapLimit') this.#events.tell(report.outcome, record);
    if (report.outcome === 'terminated') {
      this.#events.tell('lost', { ...refOf(fn), reason: lossOf(lease.entry, record) });
    }
    const late = release(this.#scheduler, lease, result, this.#events);
    if (result.failed) throw result.error;
    return options.detailed ? { value: result.value, ...report, ...(late && { late }) } : result.value;
  }

  async prewarm(spec: PoolFunction, count = 1): Promise<void> {
    checkInteger(count, 'count', 0, Number.MAX_SAFE_INTEGER);
    const fn = this.resolve(spec);
    this.#losses.check(fn.tenantId);
    await this.#scheduler.prewarm(fn, count);
  }

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

  forgive(tenantId: string): number {
    checkName(tenantId, 'tenantId');
    return this.#losses.forgive(tenantId);
  }

  async drain(key: string, limit = Number.POSITIVE_INFINITY): Promise<void> {
    checkName(key, 'key');
    checkPatience(limit, 'limit');
    this.refuseOwnWait('drain', key);
    await keepingAlive(this.letGo(key, limit));
  }

  async restart(key: string, limit = Number.POSITIVE_INFINITY): Promise<number> {
    checkName(key, 'key');
    checkPatience(limit, 'limit');
    this.refuseOwnWait('restart', key);
    return keepingAlive(restart(this.#scheduler, [...this.#scheduler.groups.find(key)], limit));
  }

  /** `drain`, without looking at who asks. */
  async letGo(key: string, limit: number, reason: SupersededReason = 'replaced'): Promise<void> {
    await Promise.all(this.#scheduler.groups.find(key).map((group) => this.#scheduler.drain(group, reason, limit)));
  }

  /** `letGo` of a version that nobody uses or waits for now. */
  letGoUnused(key: string): void {
    for (const group of this.#scheduler.groups.find(key)) {
      if (group.active > 0 || group.queue.size > 0) continue;
      void this.#scheduler.drain(group, 'replaced', Number.POSITIVE_INFINITY);
    }
  }

  /** Takes back what `letGo` of this version began, unless the function was undeployed. */
  keep(key: string): void {
    for (const group of this.#scheduler.groups.find(key)) this.#scheduler.keep(group);
  }

  /** Lets the runtimes of exactly this one go, of none of its variants. */
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
      ...this.#books.read(),
      lost: this.#losses.toJSON(),
      functions: functionStats(groups),
    };
  }

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

  /**
   * `what` waits for invocations of the function `key`, by default of all.
   * @throws {DeadlockError} who asks is a platform function of one of them
   */
  refuseOwnWait(what: string, key?: string): void {
    refuseOwnWait(what, this, (fn) => key === undefined || isOf(fn.key, key));
  }

  /** Full names of the platform's APIs. */
  get apiNames(): string[] {
    return this.#apis.map((api) => api.name);
  }

  /** What a guest finds on its `globalThis` beside the platform's APIs. */
  globalNames(): Promise<ReadonlySet<string>> {
    return readGlobals(this.#options);
  }

  /** Those of the names that the guest has beside what is on its `globalThis`. */
  declaredNames(names: readonly string[]): Promise<ReadonlySet<string>> {
    return declaredNames(this.#options, names);
  }

  /** A runtime that worked for this tenant had to be given up. */
  countLoss(tenantId: string): void {
    this.#losses.add(tenantId);
    const refusal = this.#losses.refusal(tenantId);
    if (refusal) this.#scheduler.refuse(tenantId, refusal);
  }

  /** @throws {CapacityError} if nothing of this tenant is started any more. */
  checkLosses(tenantId: string): void {
    this.#losses.check(tenantId);
  }

  /** See `rehearse`. */
  async rehearse(
    spec: PoolFunction,
    run: { event: unknown } | undefined,
    signal: AbortSignal,
    asked: Asked = { names: [], unread: false },
  ): Promise<ReadonlySet<string>> {
    const fn = this.resolve(spec);
    this.#losses.check(fn.tenantId);
    return this.#scheduler.evaluate(fn, signal, async (begins) => {
      const entry = await this.#load(fn, signal, begins);
      try {
        return await rehearse(entry, run, signal, asked, this.#events);
      } finally {
        await entry.runtime.closeAsync();
        this.#closeBooks(entry);
      }
    });
  }

  /** A specification with all that it leaves out. @throws what is wrong with it, or that the pool is closed. */
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
        this.#events.tell('log', { ...refOf(of), ...entry, invocationId, ...(late && { late }) }),
      hooks: {
        onHandedOut: (report, error) => this.#events.tell('handedOut', withError(report, error)),
        onStopped: (entry, why) => this.#scheduler.retire(entry, why),
        onUnpinned: (entry) => this.#scheduler.unpinned(entry),
      },
      onLoad: (report, error) => this.#events.tell('load', withError(report, error)),
      onFatal: (of, message) => {
        this.countLoss(of.tenantId);
        this.#events.tell('fatal', { ...refOf(of), message });
      },
    });
  }

  /** The runtime is gone: what nobody was charged for. */
  #closeBooks(entry: PoolEntry): void {
    const late = lateReport(entry);
    if (late) this.#events.tell('late', late);
  }

  #acquire(fn: ResolvedFunction, options: InvokeOptions): Lease | Promise<Lease> {
    const { signal } = options;
    const refused = (thrown: unknown): never => {
      const error = ownIfAborted(thrown, signal);
      this.#books.refused++;
      this.#events.tell('refused', { ...refOf(fn), error });
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

function smallest(own: number, given: number | undefined): number {
  if (given === undefined) return own;
  return own === 0 ? given : Math.min(own, given);
}
