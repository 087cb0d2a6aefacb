import type { PlatformApi } from './api/declare.ts';
import { PoolCore } from './core.ts';
import type { FetchAnswer } from './fetch/fetch.ts';
import type { HttpRequest } from './fetch/http-request.ts';
import type { HttpAnswer, RespondOptions } from './fetch/respond.ts';
import type { PoolFunction } from './function/pool-function.ts';
import type { CloseOptions } from './options/close-options.ts';
import type { FetchOptions } from './options/fetch-options.ts';
import type { InvokeOptions } from './options/invoke-options.ts';
import type { PoolOptions } from './options/options.ts';
import { Observable } from './report/emitter.ts';
import type { DetailedResult, PoolEvents } from './report/events.ts';
import type { PoolStats } from './report/stats.ts';

/** The private half of a pool, for the layer above. */
export let coreOf: (pool: RuntimePool) => PoolCore;

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
  readonly #core: PoolCore;

  static {
    coreOf = (pool) => pool.#core;
  }

  /** @throws {TypeError} with code `ERR_ISOLET_INVALID_ARG` for an API or option that makes no sense. */
  constructor(platformApi: PlatformApi<Inputs>, options: PoolOptions = {}) {
    super('isolet:pool');
    this.#core = new PoolCore(platformApi, options, this as Observable<PoolEvents>);
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
  invoke(spec: PoolFunction, event?: unknown, options?: InvokeOptions): Promise<unknown> {
    return this.#core.invoke(spec, event, options);
  }

  /**
   * Has the `fetch` handler of a function answer a request, in a warm runtime if there is one. Both bodies are streams: a
   * chunk crosses when the other side reads. When the request's signal aborts, or the body of the answer is cancelled, the
   * signal of the guest's request aborts. As long as the body is read the invocation keeps its place.
   *
   * @param request of Node's class, or of another copy of undici.
   * @throws what `invoke` throws.
   * @throws {HandlerError} if the function has no `fetch`, it answered no Response, or the request asks for a WebSocket.
   * @example
   * ```js
   * const pool = new RuntimePool({});
   * const code = 'export default { fetch: (request) => new Response(`You asked for ${new URL(request.url).pathname}`) }';
   * const response = await pool.fetch({ tenantId: 'acme', name: 'web', code }, new Request('http://acme.example/a'));
   * await response.text(); // 'You asked for /a'
   * await pool.close();
   * ```
   */
  fetch(
    spec: PoolFunction,
    request: Request,
    options: FetchOptions & { detailed: true },
  ): Promise<DetailedResult<Response>>;
  fetch(spec: PoolFunction, request: Request, options?: FetchOptions): Promise<Response>;
  fetch(spec: PoolFunction, request: Request, options?: FetchOptions): Promise<FetchAnswer> {
    return this.#core.fetch(spec, request, options);
  }

  /**
   * Has a function answer a request as a server has it, see `ServerlessRuntime.respond`.
   *
   * @throws what `fetch` throws.
   * @throws {HandlerError} with the reason `'body'` for a body that an event can't have.
   */
  respond(spec: PoolFunction, request: HttpRequest, options?: RespondOptions): Promise<HttpAnswer> {
    return this.#core.respond(spec, request, options);
  }

  /**
   * Makes sure the function has `count` runtimes.
   *
   * @throws what loading the function throws.
   * @throws {CapacityError} if the pool is full. @throws {SupersededError} if the function is drained meanwhile.
   */
  prewarm(spec: PoolFunction, count = 1): Promise<void> {
    return this.#core.prewarm(spec, count);
  }

  /**
   * Closes the runtimes of a function: idle ones now, busy ones when they are done. The next invocation makes a new one.
   *
   * @param key `functionKey(tenantId, name)`, with or without a version.
   * @returns the number of runtimes this concerns.
   */
  evict(key: string): number {
    return this.#core.evict(key);
  }

  /**
   * Takes up work of a tenant again after its functions took `maxLostPerTenant` runtimes with them: they count from
   * zero. Their memory stays in use until the process ends.
   *
   * @returns how many runtimes the tenant's functions had taken.
   */
  forgive(tenantId: string): number {
    return this.#core.forgive(tenantId);
  }

  /**
   * Like `evict`, for a version that is no longer wanted: also runtimes that are still being made go as soon as nobody
   * waits for them, and after `limit` ms what still runs is stopped. Default: it may take as long as it needs. Resolves
   * when the last one is gone, or when the function is invoked again.
   *
   * @throws {DeadlockError} if a platform function asks for it whose invocation it would wait for.
   */
  drain(key: string, limit = Number.POSITIVE_INFINITY): Promise<void> {
    return this.#core.drain(key, limit);
  }

  /**
   * New runtimes for a function: invocations from now on run in none that was there before. What runs in those may
   * finish; after `limit` ms it is stopped. Default: it may take as long as it needs.
   *
   * @param key `functionKey(tenantId, name)`, with or without a version.
   * @returns how many runtimes were replaced, when the last of them is gone.
   * @throws {DeadlockError} if a platform function asks for it whose invocation it would wait for.
   */
  restart(key: string, limit = Number.POSITIVE_INFINITY): Promise<number> {
    return this.#core.restart(key, limit);
  }

  /** The numbers of the pool as they are now. Also after `close`. */
  stats(): PoolStats {
    return this.#core.stats();
  }

  /**
   * Refuses new invocations, lets the accepted ones finish (unless `drain` is false), stops what is left after
   * `timeout`, and closes every runtime. Later calls answer the same promise; a shorter timeout of theirs counts.
   *
   * @throws {DeadlockError} if a platform function asks for it whose invocation it would wait for.
   */
  close(options: CloseOptions = {}): Promise<void> {
    return this.#core.close(options);
  }

  /** Same as `close` without options. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
