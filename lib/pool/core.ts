import type { SupersededReason } from '../errors/index.ts';
import { checkInteger, checkName, checkPatience } from '../options/check.ts';
import { runtimeDefaults } from '../options/runtime-options.ts';
import { given, nothing } from '../shared/own.ts';
import { checkConsole } from './api/check.ts';
import type { NamedApi, PlatformApi } from './api/declare.ts';
import { nameApis } from './api/name-apis.ts';
import { Cells } from './cells/cells.ts';
import { groupOf } from './cells/group-of.ts';
import { cellsStats, exitOf, refOfCell } from './cells/tenant-cell.ts';
import { declaredNames, readGlobals } from './code/globals.ts';
import { guessShape, plainKind, webFor, withWeb } from './code/guest-kind.ts';
import { expectModule } from './code/handler.ts';
import { poolClosed } from './failures/refusal.ts';
import { type FetchAnswer, fetchAnswer } from './fetch/fetch.ts';
import type { HttpRequest } from './fetch/http-request.ts';
import { type HttpAnswer, type RespondOptions, type RespondParts, respond } from './fetch/respond.ts';
import { isOf } from './function/function-key.ts';
import { KnownFunctions } from './function/known-functions.ts';
import type { PoolFunction } from './function/pool-function.ts';
import { type ResolvedFunction, refOf } from './function/resolved-function.ts';
import { Invocations } from './invocations.ts';
import { Loader } from './loader.ts';
import { type CloseOptions, patienceOf } from './options/close-options.ts';
import type { FetchOptions } from './options/fetch-options.ts';
import type { InvokeOptions } from './options/invoke-options.ts';
import { type PoolOptions, type ResolvedPoolOptions, resolveOptions } from './options/options.ts';
import { Books } from './report/books.ts';
import type { Observable } from './report/emitter.ts';
import type { PoolEvents } from './report/events.ts';
import { Losses } from './report/losses.ts';
import type { PoolStats } from './report/stats.ts';
import { CellVirgins } from './run/cell-virgins.ts';
import { keepingAlive } from './run/keeping-alive.ts';
import { createRehearsed } from './run/load.ts';
import { refuseOwnWait } from './run/own-wait.ts';
import type { Asked, TrialRun } from './run/rehearse.ts';
import { functionStats } from './schedule/function-stats.ts';
import { restart } from './schedule/restart.ts';
import { Scheduler } from './schedule/scheduler.ts';
import { Stock } from './schedule/stock.ts';
import { stopAfter } from './schedule/stop-after.ts';

/**
 * The private half of a pool, on which the serverless layer builds: `RuntimePool` is what users see of it. Nothing here
 * checks options but their values.
 */
export class PoolCore {
  readonly #apis: NamedApi[];
  readonly #options: ResolvedPoolOptions;
  readonly #cells: Cells;
  readonly #scheduler: Scheduler;
  readonly #stock: Stock;
  readonly #losses: Losses;
  readonly #functions: KnownFunctions;
  readonly #loader: Loader;
  readonly #invocations: Invocations;
  readonly #fetchParts: RespondParts;
  readonly #books = new Books();
  #closed: Promise<void> | undefined;

  constructor(platformApi: PlatformApi, options: PoolOptions, events: Observable<PoolEvents>) {
    this.#apis = nameApis(platformApi);
    this.#options = resolveOptions(options);
    checkConsole(this.#apis, this.#options.console);
    this.#losses = new Losses(this.#options.maxLostPerTenant);
    const { isolation } = this.#options;
    const cellVirgins = new CellVirgins(plainKind(this.#options), (kind, place) =>
      createRehearsed(kind, this.#options, this.#apis, place),
    );
    this.#cells = new Cells(isolation, this.#options.idleTtl, {
      prepare: (cell) => cellVirgins.prepare(cell),
      started: (cell) => events.tell('cellStart', refOfCell(cell)),
      leaving: ({ tenantId }) => this.#scheduler.leavePlaces(tenantId),
      freed: () => this.#scheduler.cellsFreed(),
      gone: (cell) => {
        if (cell.process) events.tell('cellExit', exitOf(cell));
        this.#scheduler.cellsFreed();
      },
    });
    this.#scheduler = new Scheduler(this.#options, this.#cells, {
      load: (fn, place, signal, begins) => this.#loader.load(fn, place, signal, begins),
      coldStart: (fn) => {
        this.#books.coldStarts++;
        events.tell('coldStart', refOf(fn));
      },
      ready: (entry) => {
        this.#books.coldStartMs.add(entry.loadMs);
        events.tell('ready', { ...refOf(entry.fn), loadMs: entry.loadMs });
      },
      evict: (entry, reason) => {
        this.#books.evicted(reason);
        events.tell('evict', { ...refOf(entry.fn), reason });
      },
      gone: (entry) => this.#loader.closeBooks(entry),
    });
    const { stock, idleTtl } = this.#options;
    this.#stock = new Stock(stock, idleTtl, this.#scheduler.budget, (kind) =>
      createRehearsed(kind, this.#options, this.#apis),
    );
    this.#functions = new KnownFunctions({
      ...this.#options,
      // It has no runtime, so it will need one.
      meet: (functionKey) => {
        if (!this.#scheduler.groups.hasFunction(functionKey)) this.#stock.expect();
      },
      hasWeb: ({ code, web }) => webFor(web, guessShape(code), this.#options) === true,
      cellOf: groupOf(isolation),
    });
    this.#loader = new Loader({
      owner: this,
      apis: this.#apis,
      options: this.#options,
      stock: this.#stock,
      cellVirgins,
      scheduler: this.#scheduler,
      events,
      countLoss: (tenantId) => this.countLoss(tenantId),
    });
    this.#invocations = new Invocations({
      scheduler: this.#scheduler,
      books: this.#books,
      losses: this.#losses,
      events,
      queueTimeout: this.#options.queueTimeout,
      resolve: (spec) => this.resolve(spec),
    });
    this.#fetchParts = {
      invocations: this.#invocations,
      onStopped: (entry) => this.#scheduler.retire(entry, 'timeout'),
      maxEventBody:
        (given(this.#options.runtime, 'maxTransferBytes') as number | undefined) ?? runtimeDefaults.maxTransferBytes,
    };
  }

  invoke(spec: PoolFunction, event?: unknown, given: InvokeOptions = nothing): Promise<unknown> {
    return this.#invocations.invoke(spec, event, given);
  }

  fetch(spec: PoolFunction, request: Request, given: FetchOptions = nothing): Promise<FetchAnswer> {
    return fetchAnswer(this.#fetchParts, spec, request, given);
  }

  respond(spec: PoolFunction, request: HttpRequest, given: RespondOptions = nothing): Promise<HttpAnswer> {
    return respond(this.#fetchParts, spec, request, given);
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
    this.#cells.forgive(tenantId);
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

  /** `drain`, without looking at the caller. */
  async letGo(key: string, limit: number, reason: SupersededReason = 'replaced'): Promise<void> {
    await Promise.all(
      this.#scheduler.groups.find(key).map((group) => this.#scheduler.departures.drain(group, reason, limit)),
    );
  }

  /** `letGo` of a version that nobody uses or waits for now. */
  letGoUnused(key: string): void {
    for (const group of this.#scheduler.groups.find(key)) {
      if (group.active > 0 || group.queue.size > 0) continue;
      void this.#scheduler.departures.drain(group, 'replaced', Number.POSITIVE_INFINITY);
    }
  }

  /** Takes back what `letGo` of this version began, unless the function was undeployed. */
  keep(key: string): void {
    for (const group of this.#scheduler.groups.find(key)) this.#scheduler.departures.keep(group);
  }

  /** Lets the runtimes of exactly this one go, of none of its variants. */
  letGoOf(spec: PoolFunction, limit: number): void {
    const group = this.#scheduler.groups.get(this.resolve(spec).key);
    if (group) void this.#scheduler.departures.drain(group, 'replaced', limit);
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
      cells: cellsStats(this.#cells.list, this.#cells.spare),
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
    this.#scheduler.shut();
    this.#closed ??= Promise.all([this.#scheduler.quiet(), this.#stock.close()]).then(() => this.#cells.close());
    stopAfter(this.#scheduler, limit, this.#closed);
    return this.#closed;
  }

  /**
   * `what` waits for invocations of the function `key`, by default of all.
   * @throws {DeadlockError} the caller is a platform function of one of them
   */
  refuseOwnWait(what: string, key?: string): void {
    refuseOwnWait(what, this, (fn) => key === undefined || isOf(fn.key, key));
  }

  /** Full names of the platform's APIs. */
  get apiNames(): string[] {
    return this.#apis.map((api) => api.name);
  }

  /** What a guest finds on its `globalThis` beside the platform's APIs. */
  globalNames(web: boolean | undefined): Promise<ReadonlySet<string>> {
    return readGlobals({ ...this.#options, runtime: withWeb(this.#options.runtime, web) });
  }

  /** Whether runtimes of a function with this code and this option `web` have the web's APIs, by the look of it. */
  webFor(code: string, web: boolean | undefined): boolean | undefined {
    return webFor(web, guessShape(code), this.#options);
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
    run: TrialRun | undefined,
    signal: AbortSignal,
    asked: Asked = { names: [], unread: false, module: false },
  ): Promise<ReadonlySet<string>> {
    const fn = this.resolve(spec);
    if (asked.module) expectModule(fn);
    this.#losses.check(fn.tenantId);
    return this.#loader.rehearse(fn, run, signal, asked);
  }

  /** A specification with all that it leaves out. @throws what is wrong with it, or that the pool is closed. */
  resolve(spec: PoolFunction): ResolvedFunction {
    if (this.#scheduler.closing) throw poolClosed();
    return this.#functions.resolve(spec);
  }
}
