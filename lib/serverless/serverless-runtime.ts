import { checkName } from '../options/check.ts';
import type { PlatformApi } from '../pool/api/declare.ts';
import type { FetchAnswer } from '../pool/fetch/fetch.ts';
import type { HttpRequest } from '../pool/fetch/http-request.ts';
import type { HttpAnswer } from '../pool/fetch/respond.ts';
import { functionKey } from '../pool/function/function-key.ts';
import { type CloseOptions, patienceOf } from '../pool/options/close-options.ts';
import { Observable } from '../pool/report/emitter.ts';
import type { DetailedResult } from '../pool/report/events.ts';
import type { ServerlessEvents } from './events.ts';
import type { ServerlessFetchOptions, ServerlessInvokeOptions, ServerlessRespondOptions } from './invoker.ts';
import type { ServerlessOptions } from './options.ts';
import { makeParts, type ServerlessParts } from './parts.ts';
import type { Weights } from './registry.ts';
import { type ScheduledInit, type ServerlessScheduledOptions, scheduledEvent, scheduledOptions } from './scheduled.ts';
import type { Deployment, FunctionSpec } from './spec.ts';
import { readStats, type ServerlessStats } from './stats.ts';
import type { TenantUsage } from './usage.ts';

/**
 * Deploys and runs the functions of many tenants, each function in runtimes of its own.
 *
 * @example
 * ```js
 * const serverless = new ServerlessRuntime({ log: (line) => console.log(line) });
 * await serverless.deploy({ tenantId: 'acme', name: 'hello', code: '(event) => `Hello ${event.name}`' });
 * await serverless.invoke('acme', 'hello', { name: 'you' }); // 'Hello you'
 * await serverless.cleanup();
 * ```
 */
// biome-ignore lint/suspicious/noExplicitAny: only the constructor's argument is typed by it
export class ServerlessRuntime<const Inputs = any> extends Observable<ServerlessEvents> {
  readonly #parts: ServerlessParts;
  readonly #closing = new AbortController();

  /** @throws {TypeError} with code `ERR_ISOLET_INVALID_ARG` for an API, tier or option that makes no sense. */
  constructor(platformApi: PlatformApi<Inputs>, options: ServerlessOptions = {}) {
    super('isolet:serverless');
    this.#parts = makeParts(platformApi as PlatformApi, options, this, this.#closing.signal);
  }

  /**
   * Checks a function and puts it into force. Invocations that run finish on the version they started with; one that
   * fails to deploy changes nothing. Deployments of one function take effect in the order of the calls.
   *
   * @throws {ValidationError} with all problems in `issues`.
   * @throws {RateLimitError} if the tenant deploys more often than its tier's `deployRate` allows.
   * @throws {CapacityError} if the tenant would have more than its tier allows, if runtimes were to be prewarmed and the pool is full, if the tenant's functions took
   *   `maxLostPerTenant` runtimes with them, or if the process takes no guest for the checks.
   * @throws {SupersededError} if the function is undeployed meanwhile. @throws {RuntimeClosedError} after `cleanup`.
   */
  deploy(spec: FunctionSpec): Promise<Deployment> {
    return this.#parts.deployments.deploy(spec);
  }

  /**
   * Runs a function on an event.
   *
   * @throws {FunctionNotFoundError}, {VersionNotFoundError}, {RateLimitError}, {CapacityError}, {RuntimeClosedError},
   *   {SupersededError} (its version went while it waited), {PlatformError} (`tenantTier` or `rateLimiter` failed) or
   *   {TimeoutError} with phase `'queued'` if it was not started.
   * @throws {JavaScriptError}, {TimeoutError}, {HeapLimitError}, {TransferError}, {RuntimeTerminatedError} as the guest
   *   ended; `invocationOf(error)` has times, logs and the limit.
   */
  invoke<T = unknown>(
    tenantId: string,
    name: string,
    event: unknown,
    options: ServerlessInvokeOptions & { detailed: true },
  ): Promise<DetailedResult<T>>;
  invoke<T = unknown>(tenantId: string, name: string, event?: unknown, options?: ServerlessInvokeOptions): Promise<T>;
  invoke(tenantId: string, name: string, event?: unknown, options: ServerlessInvokeOptions = {}): Promise<unknown> {
    return this.#parts.invoker.invoke(tenantId, name, event, options);
  }

  /**
   * Has the `fetch` handler of a function answer a request. Both bodies are streams: a chunk crosses when the other side
   * reads. When the request's signal aborts, or the body of the answer is cancelled, the signal of the guest's request
   * aborts. As long as the body is read the invocation keeps its place, under `timeout` or as `timeoutCovers` says.
   *
   * @param request of Node's class, or of another copy of undici.
   * @throws what `invoke` throws.
   * @throws {HandlerError} if the function has no `fetch`, it answered no Response, or the request asks for a WebSocket.
   * @example
   * ```js
   * const code = `export default {
   *   async fetch(request, env, ctx) {
   *     return Response.json({ path: new URL(request.url).pathname, city: env.CITY });
   *   },
   * }`;
   * await serverless.deploy({ tenantId: 'acme', name: 'web', code, env: { CITY: 'Bern' } });
   * const response = await serverless.fetch('acme', 'web', new Request('http://acme.example/a'));
   * await response.json(); // { path: '/a', city: 'Bern' }
   * ```
   */
  fetch(
    tenantId: string,
    name: string,
    request: Request,
    options: ServerlessFetchOptions & { detailed: true },
  ): Promise<DetailedResult<Response>>;
  fetch(tenantId: string, name: string, request: Request, options?: ServerlessFetchOptions): Promise<Response>;
  fetch(tenantId: string, name: string, request: Request, options: ServerlessFetchOptions = {}): Promise<FetchAnswer> {
    return this.#parts.invoker.fetch(tenantId, name, request, options);
  }

  /**
   * Has a function answer a request as a server has it, whatever the function is: its `fetch` gets a Request, anything
   * else an event `{ method, url, path, query, headers, body, rawBody }` and its value is the JSON of the answer. Of
   * JSON and of forms `body` is what they say, of other texts the text, otherwise bytes; names of headers are in lower
   * case, several values of one name in the query are a list. Costs less than `fetch`: nobody makes a Request or a
   * Response in the host.
   *
   * @throws what `fetch` throws. @throws {HandlerError} with the reason `'body'` for a body that is no JSON although its
   *   type says so. @throws {TransferError} for one that is larger than what may cross.
   * @example
   * ```js
   * await serverless.deploy({ tenantId: 'acme', name: 'sum', code: '(event) => ({ sum: event.body.a + event.body.b })' });
   * const answer = await serverless.respond('acme', 'sum', {
   *   method: 'POST',
   *   url: 'http://acme.example/',
   *   headers: ['content-type', 'application/json'],
   *   body: '{"a":1,"b":2}',
   * });
   * answer.body; // '{"sum":3}'
   * ```
   */
  respond(
    tenantId: string,
    name: string,
    request: HttpRequest,
    options: ServerlessRespondOptions = {},
  ): Promise<HttpAnswer> {
    return this.#parts.invoker.respond(tenantId, name, request, options);
  }

  /**
   * Has the `scheduled` handler of a function do what is due: `scheduled(event, env, ctx)` with `event.scheduledTime`,
   * `event.cron` and `event.type`, which is `'scheduled'`. When that is, is up to you: nothing here watches the clock.
   *
   * @returns what the handler answers.
   * @throws what `invoke` throws. @throws {HandlerError} if the function has no `scheduled`.
   * @example
   * ```js
   * const code = "export default { scheduled: (event) => `${event.cron}: done` }";
   * await serverless.deploy({ tenantId: 'acme', name: 'tidy', code });
   * await serverless.scheduled('acme', 'tidy', { cron: '0 3 * * *' }); // '0 3 * * *: done'
   * ```
   */
  scheduled<T = unknown>(
    tenantId: string,
    name: string,
    due: ScheduledInit,
    options: ServerlessScheduledOptions & { detailed: true },
  ): Promise<DetailedResult<T>>;
  scheduled<T = unknown>(
    tenantId: string,
    name: string,
    due?: ScheduledInit,
    options?: ServerlessScheduledOptions,
  ): Promise<T>;
  async scheduled(
    tenantId: string,
    name: string,
    due: ScheduledInit = {},
    options: ServerlessScheduledOptions = {},
  ): Promise<unknown> {
    return this.#parts.invoker.invoke(tenantId, name, scheduledEvent(due), scheduledOptions(options));
  }

  /**
   * Takes back the last activation, so that calling it again goes further back; or activates the given version.
   *
   * @throws {FunctionNotFoundError}
   * @throws {VersionNotFoundError} if there is no such version, or none before the one in force.
   */
  rollback(tenantId: string, name: string, version?: string): Deployment {
    const record = this.#parts.registry.get(tenantId, name);
    const before = this.#parts.succession.rollback(record, version);
    const target = record.active;
    if (before) {
      const ref = { tenantId, functionName: name, version: target.fn.version };
      this.tell('rollback', { ...ref, previous: before.fn.version });
    }
    return record.describe(target);
  }

  /** The kept versions of a function, oldest first. @throws {FunctionNotFoundError} */
  versions(tenantId: string, name: string): Deployment[] {
    const record = this.#parts.registry.get(tenantId, name);
    return [...record.versions.values()].map((version) => record.describe(version));
  }

  /**
   * Points an alias at a version, or at several by weight: `setAlias('acme', 'hello', 'beta', { [v1]: 90, [v2]: 10 })`.
   *
   * @throws {FunctionNotFoundError}
   * @throws {VersionNotFoundError}
   * @throws {TypeError} or {RangeError} for weights without sense.
   */
  setAlias(tenantId: string, name: string, alias: string, target: string | Weights): void {
    this.#parts.succession.alias(this.#parts.registry.get(tenantId, name), checkName(alias, 'alias'), target);
  }

  /** @returns whether there was one. @throws {FunctionNotFoundError} */
  deleteAlias(tenantId: string, name: string, alias: string): boolean {
    return this.#parts.succession.deleteAlias(this.#parts.registry.get(tenantId, name), checkName(alias, 'alias'));
  }

  /**
   * Takes a function away with all its versions, and gives up deployments of it that are under way: they end with a
   * `SupersededError`. What runs or waits may finish within `drainTimeout`; resolves when its last runtime is gone, or
   * when the same content is deployed and used again.
   *
   * @throws {FunctionNotFoundError} if it is neither deployed nor being deployed.
   * @throws {DeadlockError} if a platform function asks for it whose invocation it would wait for.
   */
  undeploy(tenantId: string, name: string): Promise<void> {
    return this.#parts.deployments.undeploy(tenantId, name);
  }

  /**
   * New runtimes for a function, of all its versions: invocations from now on find no state of earlier ones. What runs
   * may finish within `drainTimeout`.
   *
   * @returns how many runtimes were replaced, when the last of them is gone.
   * @throws {FunctionNotFoundError}
   * @throws {DeadlockError} if a platform function asks for it whose invocation it would wait for.
   */
  async restart(tenantId: string, name: string): Promise<number> {
    this.#parts.registry.get(tenantId, name);
    const key = functionKey(tenantId, name);
    this.#parts.pool.refuseOwnWait('restart', key);
    this.tell('restart', { tenantId, functionName: name });
    return this.#parts.pool.restart(key, this.#parts.drainTimeout);
  }

  /**
   * Takes up work of a tenant again after its functions took the pool's `maxLostPerTenant` runtimes with them: they
   * count from zero.
   *
   * @returns how many runtimes the tenant's functions had taken.
   */
  forgive(tenantId: string): number {
    return this.#parts.pool.forgive(tenantId);
  }

  /** Forgets which tier a tenant was in, so that a change reaches its next invocation at once. */
  refreshTier(tenantId: string): void {
    this.#parts.tiers.forget(checkName(tenantId, 'tenantId'));
  }

  /**
   * The active version of every function, of one tenant or of all.
   *
   * @throws {TypeError} with code `ERR_ISOLET_INVALID_ARG` for an id that is no string.
   */
  list(tenantId?: string): Deployment[] {
    if (tenantId !== undefined) checkName(tenantId, 'tenantId');
    return this.#parts.registry.all(tenantId).map((record) => record.describe(record.active));
  }

  /**
   * What a tenant has used, or every tenant by its id.
   *
   * @throws {TypeError} with code `ERR_ISOLET_INVALID_ARG` for an id that is no string.
   */
  usage(): Record<string, TenantUsage>;
  usage(tenantId: string): TenantUsage;
  usage(tenantId?: string): TenantUsage | Record<string, TenantUsage> {
    return tenantId === undefined
      ? this.#parts.ledger.read()
      : this.#parts.ledger.readTenant(checkName(tenantId, 'tenantId'));
  }

  /**
   * Like `usage`, and what was answered begins again at nothing: for a biller that asks from time to time. What is taken
   * takes no memory any more.
   *
   * @throws {TypeError} with code `ERR_ISOLET_INVALID_ARG` for an id that is no string.
   * @example
   * ```js
   * // once a minute
   * for (const [tenantId, usage] of Object.entries(serverless.takeUsage())) console.log(tenantId, usage.gbMs);
   * ```
   */
  takeUsage(): Record<string, TenantUsage>;
  takeUsage(tenantId: string): TenantUsage;
  takeUsage(tenantId?: string): TenantUsage | Record<string, TenantUsage> {
    return tenantId === undefined
      ? this.#parts.ledger.take()
      : this.#parts.ledger.takeTenant(checkName(tenantId, 'tenantId'));
  }

  /**
   * Takes all that the books know of a tenant out of them: its usage, and how many runtimes it lost (like `forgive`).
   * What is deployed goes on, and opens new accounts when it is used; undeploy it first if the tenant has left.
   *
   * @returns the usage that had not been taken.
   * @throws {TypeError} with code `ERR_ISOLET_INVALID_ARG` for an id that is no string.
   */
  forgetTenant(tenantId: string): TenantUsage {
    const usage = this.#parts.ledger.takeTenant(checkName(tenantId, 'tenantId'));
    this.#parts.pool.forgive(tenantId);
    this.#parts.tiers.forget(tenantId);
    return usage;
  }

  /** The numbers of the pool and of every tenant as they are now. */
  stats(): ServerlessStats {
    return readStats(this.#parts.pool.stats(), this.#parts.registry, this.#parts.ledger);
  }

  /**
   * Refuses what comes, waits for what runs (unless `drain` is false, at most `timeout` ms, default 10000), then stops
   * the rest and closes every runtime. May be called again, also to be less patient.
   *
   * @throws {DeadlockError} if a platform function asks for it whose invocation it would wait for.
   */
  async cleanup(options: CloseOptions = {}): Promise<void> {
    const patience = patienceOf(options);
    if (patience > 0) this.#parts.pool.refuseOwnWait('cleanup');
    this.#closing.abort();
    const deployments = this.#parts.deployments.end(patience);
    await Promise.all([this.#parts.pool.close(options), this.#parts.deployer.close(), deployments]);
  }

  /** Same as `cleanup` without options. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.cleanup();
  }
}
