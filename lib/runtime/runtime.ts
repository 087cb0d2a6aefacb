import type { EventEmitter } from 'node:events';
import { inspect } from 'node:util';
import { nameFunction } from '../errors/brand.ts';
import { type CallOptions, checkCallOptions, checkEvalOptions, type EvalOptions } from '../options/call-options.ts';
import { checkString } from '../options/check.ts';
import type { RuntimeOptions } from '../options/runtime-options.ts';
import { endWith } from './cell-process.ts';
import { checkCloseOptions, type RuntimeCloseOptions } from './close-options.ts';
import { RuntimeCore } from './core.ts';
import { closeWhenDrained, refuseOwnDrain } from './drain.ts';
import { GuestScope } from './guest-scope.ts';
import { callListeners } from './listener-warning.ts';
import { checkSpecifier, type ModuleNamespace } from './modules.ts';
import type { RuntimeStats } from './stats.ts';
import { forget, watchForCollection } from './unclosed.ts';

/**
 * Where a runtime is in its life. `'closing'`: `closeAsync({ drain: true })` waits for pending calls. `'terminated'`: it
 * was ended by `terminate()` or by its heap limit and only waits to be closed.
 */
export type RuntimeState = 'open' | 'closing' | 'closed' | 'terminated';

/** The private half of a runtime, for the other modules of this folder. */
export let coreOf: (runtime: Runtime) => RuntimeCore;
/** The other half of a core that has started. */
export let runtimeOf: (core: RuntimeCore) => Runtime;

/**
 * One V8 isolate with one global object: a place to run JavaScript apart from the host and from every other runtime.
 * The guest sees the language, `console` and what is bound; no Node API and no I/O.
 *
 * An open runtime does not keep the process alive; a pending call does.
 *
 * @example
 * ```js
 * import { Runtime } from 'isolet';
 *
 * const runtime = new Runtime({ timeout: 1000, maxHeapSize: 64 * 1024 * 1024 });
 * runtime.bindFunction('add', (a, b) => a + b);
 * runtime.eval('add(1, 2)'); // 3
 * runtime.close(); // or declare it with `using`
 * ```
 */
export class Runtime extends GuestScope implements Disposable, AsyncDisposable {
  readonly #core: RuntimeCore;
  #closing: Promise<void> | undefined;

  static {
    coreOf = (runtime) => runtime.#core;
    // The private half stands in for the options; it is not reachable from outside the package.
    runtimeOf = (core) => new Runtime(core as unknown as RuntimeOptions);
  }

  /**
   * Creates the isolate on the calling thread, which takes about a millisecond, and runs the bootstrap script.
   *
   * @param options - See {@link RuntimeOptions}. Times are milliseconds, sizes are bytes.
   * @throws TypeError or RangeError (`ERR_ISOLET_INVALID_ARG`) naming the option that is wrong
   * @throws {@link JavaScriptError} the bootstrap script threw
   * @throws {@link TimeoutError} the bootstrap script ran past `timeout`
   * @throws {@link SnapshotError} the snapshot is damaged or was made for another engine
   * @throws {@link CapacityError} too many isolates are alive
   * @example
   * ```js
   * const runtime = new Runtime({ bootstrap: 'globalThis.greet = (name) => `Hello ${name}`' });
   * runtime.eval('greet("you")'); // 'Hello you'
   * runtime.close();
   * ```
   */
  constructor(options?: RuntimeOptions) {
    const given: unknown = options;
    const core = given instanceof RuntimeCore ? given : new RuntimeCore(given);
    if (core !== given) core.start();
    super(core);
    this.#core = core;
    core.runtime = this;
    watchForCollection(this, this.#core.native(), this.#core.options.name);
    if (core.ownCell) endWith(this, core.ownCell);
  }

  /**
   * Like the constructor, with the isolate made off the event loop; with `isolation: 'process'` in a process of its own,
   * which ends when the runtime is closed.
   *
   * @param options - See {@link RuntimeOptions}.
   * @returns The runtime. Everything the constructor would throw is a rejection.
   * @throws {@link CellError} with `isolation: 'process'`: a wall that is required can't be had here, or the process ended
   * @example
   * ```js
   * const runtime = await Runtime.create({ timeout: 1000 });
   * await runtime.closeAsync();
   * ```
   */
  static async create(options?: RuntimeOptions): Promise<Runtime> {
    const core = new RuntimeCore(options);
    if (core.options.isolation === 'process') await core.startAlone();
    else await core.startAsync();
    return runtimeOf(core);
  }

  /** The name given in the options, or one made up. */
  get name(): string {
    return this.#core.options.name;
  }

  /** True once the runtime accepts no more calls: closed, terminated, or ended by its heap limit. */
  get closed(): boolean {
    const state = this.state;
    return state === 'closed' || state === 'terminated';
  }

  /** Where the runtime is in its life. */
  get state(): RuntimeState {
    if (this.#core.closed) return 'closed';
    const native = this.#core.nativeState();
    return native === 'open' && this.#core.draining ? 'closing' : native;
  }

  /** Why the runtime was terminated; `undefined` if it was not. */
  get terminationReason(): string | undefined {
    return this.#core.terminationReason() ?? undefined;
  }

  /**
   * Runs a script on the calling thread and returns the value of its last expression. A promise comes back as a host
   * promise and is not waited for. Top-level declarations stay for later calls.
   *
   * @param code - Source text of a classic script. `import` and `export` are syntax errors.
   * @param options - `timeout` and `cpuTimeout` in milliseconds (default: the runtime's), `filename` (default
   *   `'<eval>'`), `signal`.
   * @throws {@link JavaScriptError} what the guest threw, also for syntax errors
   * @throws {@link TimeoutError} it ran past its limit; the runtime stays usable
   * @throws {@link HeapLimitError} it needed more than `maxHeapSize`; the runtime is terminated
   * @throws {@link TransferError} the value can't cross
   * @throws {@link RuntimeClosedError} or {@link RuntimeTerminatedError} the runtime had ended
   * @example
   * ```js
   * runtime.eval('6 * 7'); // 42
   * try {
   *   runtime.eval('for (;;);', { timeout: 50 });
   * } catch (error) {
   *   error.name; // 'TimeoutError'
   * }
   * ```
   */
  eval<T = unknown>(code: string, options?: EvalOptions): T {
    return this.#core.programs.eval(checkString(code, 'code'), checkEvalOptions(options, this.#core.limits)) as T;
  }

  /**
   * Runs a script off the event loop and waits for its value; if that is a promise, for the promise. Any number of calls
   * may be pending; they take turns at their awaits.
   *
   * @param code - Source text of a classic script.
   * @param options - `timeout` and `cpuTimeout` in milliseconds (default: the runtime's), `filename` (default
   *   `'<eval>'`), `signal` to stop the guest.
   * @returns The value. Everything that goes wrong is a rejection with the errors `eval` throws; an aborted call rejects
   *   with the signal's reason.
   * @example
   * ```js
   * await runtime.evalAsync('Promise.resolve(42)'); // 42
   * const aborted = runtime.evalAsync('new Promise(() => {})', { signal: AbortSignal.timeout(50) });
   * await aborted.catch((error) => error.name); // 'TimeoutError', the signal's
   * ```
   */
  evalAsync<T = unknown>(code: string, options?: EvalOptions): Promise<T> {
    try {
      const call = checkEvalOptions(options, this.#core.limits);
      return this.#core.programs.evalAsync(checkString(code, 'code'), call) as Promise<T>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Loads, links and runs a module and everything it imports on the calling thread. Evaluated again it answers the same
   * exports without running again; one that threw throws the same error again.
   *
   * A top-level `await` may wait for what the guest settles itself: its promises, its timers, WebAssembly that is
   * compiled, `Atomics.waitAsync` with a time-out. What needs the host, and an async resolver or loader, needs {@link Runtime.evalModuleAsync}.
   *
   * @param specifier - Name of a registered module, or what the resolver and the loader know.
   * @param options - `timeout` and `cpuTimeout` in milliseconds (default: the runtime's), `signal`.
   * @returns The exports as a plain object: values are copied when it is returned, functions are {@link JsFunction}s.
   * @throws {@link ModuleError} a module is not there (`ERR_ISOLET_MODULE_NOT_FOUND`), can't be loaded, or has to wait;
   *   `cause` is what the resolver or loader threw
   * @throws {@link JavaScriptError} what the module threw, also for syntax errors and missing exports
   * @throws {@link TimeoutError} it ran past its limit; the runtime stays usable
   * @throws {@link TransferError} an export can't cross
   * @throws {@link RuntimeClosedError} or {@link RuntimeTerminatedError} the runtime had ended
   * @example
   * ```js
   * runtime.addModule('math', 'export const add = (a, b) => a + b;');
   * const { add } = runtime.evalModule('math');
   * add(2, 3); // 5
   * ```
   */
  evalModule<T extends object = ModuleNamespace>(specifier: string, options?: CallOptions): T {
    const call = checkCallOptions(options, this.#core.limits);
    return this.#core.programs.evalModule(checkSpecifier(specifier, 'specifier'), call) as T;
  }

  /**
   * Loads, links and runs a module off the event loop and waits for its top-level awaits. While it waits for the loader,
   * other calls go on.
   *
   * @param specifier - Name of a registered module, or what the resolver and the loader know.
   * @param options - `timeout` and `cpuTimeout` in milliseconds (default: the runtime's), `signal`. Loading counts.
   * @returns The exports as a plain object. Everything that goes wrong is a rejection with the errors `evalModule` throws.
   * @example
   * ```js
   * runtime.addModule('main', 'export const answer = await Promise.resolve(42);');
   * const { answer } = await runtime.evalModuleAsync('main', { timeout: 1000 });
   * ```
   */
  evalModuleAsync<T extends object = ModuleNamespace>(specifier: string, options?: CallOptions): Promise<T> {
    try {
      const call = checkCallOptions(options, this.#core.limits);
      return this.#core.programs.evalModuleAsync(checkSpecifier(specifier, 'specifier'), call) as Promise<T>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * What the runtime has used so far, as a plain object: sizes in bytes, times in milliseconds, counts. Also available
   * after the runtime was terminated.
   *
   * @throws {@link RuntimeClosedError} the runtime is closed
   * @example
   * ```js
   * const { heapUsedBytes, totalCpuTimeMs, counts } = runtime.getStats();
   * ```
   */
  getStats(): RuntimeStats {
    return this.#core.stats();
  }

  /**
   * Ends the guest wherever it is, also in an endless loop. Never waits. Pending calls and all later ones fail with
   * {@link RuntimeTerminatedError}. Does nothing on a runtime that has ended.
   *
   * @param reason - Kept as `terminationReason` and in the errors. Default `'host request'`.
   * @example
   * ```js
   * setTimeout(() => runtime.terminate('took too long'), 100);
   * await runtime.evalAsync('for (;;);').catch((error) => error.reason); // 'took too long'
   * ```
   */
  terminate(reason = 'host request'): void {
    checkString(reason, 'reason');
    if (this.closed) return;
    this.#core.native().terminate(reason);
    process.nextTick(() => this.#core.announceTermination(reason));
  }

  /**
   * Closes the runtime: stops a busy guest at once, rejects pending calls with {@link RuntimeClosedError} and gives the
   * memory back. Idempotent.
   *
   * @example
   * ```js
   * runtime.close();
   * runtime.closed; // true
   * ```
   */
  close(): void {
    if (!this.#core.close()) return;
    forget(this);
    process.nextTick(() => callListeners(this as EventEmitter, 'close', []));
  }

  /**
   * Closes the runtime and waits until its memory is given back.
   *
   * @param options - `drain` to let pending calls finish first, with a `timeout` in milliseconds after which they are
   *   stopped. While draining, new calls are refused with {@link RuntimeClosedError}, except what the pending work itself
   *   asks for: function handles, and calls from host functions.
   * @throws {@link DeadlockError} `drain` was asked for in a host function of a pending call, which it would wait for
   * @example
   * ```js
   * await runtime.closeAsync({ drain: true, timeout: 5000 });
   * ```
   */
  async closeAsync(options?: RuntimeCloseOptions): Promise<void> {
    const { drain, timeout } = checkCloseOptions(options);
    if (drain && (this.state === 'open' || this.state === 'closing')) {
      refuseOwnDrain(this.#core);
      await closeWhenDrained(this.#core, timeout);
    }
    this.close();
    this.#closing ??= this.#core.whenGone();
    await this.#closing;
  }

  /** Same as {@link Runtime.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Same as {@link Runtime.closeAsync} without options. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.closeAsync();
  }

  /** Short form for `console.log`: name, state and pending calls. */
  [inspect.custom](_depth: number, options: { stylize?: (text: string, style: string) => string }): string {
    const state = options?.stylize?.(`'${this.state}'`, 'string') ?? `'${this.state}'`;
    return `Runtime '${this.name}' { state: ${state}, pendingCalls: ${this.#core.calls.pending} }`;
  }
}

nameFunction(Runtime, 'Runtime');
