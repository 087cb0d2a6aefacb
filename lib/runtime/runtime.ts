import { EventEmitter } from 'node:events';
import { inspect, types } from 'node:util';
import type { ConsoleLevel, HostCallMode } from '../native.ts';
import { checkEvalOptions, type EvalOptions } from '../options/call-options.ts';
import {
  checkBoolean,
  checkFunction,
  checkMilliseconds,
  checkName,
  checkOneOf,
  checkOptions,
  checkString,
} from '../options/check.ts';
import { invalidType } from '../options/invalid.ts';
import type { RuntimeOptions } from '../options/runtime-options.ts';
import { RuntimeCore } from './core.ts';
import { closeWhenDrained } from './drain.ts';
import { type HostFunction, withMode } from './host-functions.ts';
import type { RuntimeStats } from './stats.ts';
import { forget, watchForCollection } from './unclosed.ts';

/**
 * Where a runtime is in its life. `'closing'`: `closeAsync({ drain: true })` waits for pending calls. `'terminated'`: it
 * was ended by `terminate()` or by its heap limit and only waits to be closed.
 */
export type RuntimeState = 'open' | 'closing' | 'closed' | 'terminated';

/** Events of a {@link Runtime}. A listener that throws causes a process warning, never an uncaught exception. */
export interface RuntimeEvents {
  /** The guest wrote to its console. Needs the option `console`. */
  console: [level: ConsoleLevel, args: unknown[]];
  /** The guest wrote to its console faster than the host read: so many lines are missing. */
  consoleDropped: [lines: number];
  /**
   * A guest promise was rejected and nobody listened; or a timer or a microtask of the guest threw, or was stopped by a
   * limit. Without a listener for this event nothing happens. At most 256 that were not read yet are kept.
   */
  unhandledRejection: [error: Error];
  /** `close()` was called. */
  close: [];
  /** The runtime was ended by `terminate()` or by its heap limit. */
  terminated: [reason: string];
  /** The engine had to give up the isolate; its memory stays in use until the process ends. */
  fatal: [message: string];
}

/** Options of {@link Runtime.bindFunction}. */
export interface BindOptions {
  /**
   * How the guest sees the function. `'async'`: the guest gets a promise at once and goes on. `'sync'`: the guest waits
   * for the return value, a promise is an error. `'auto'`: the guest waits for the return value; a promise becomes a
   * guest promise. Default: `'async'` for async functions, else `'auto'`.
   */
  mode?: HostCallMode | undefined;
}

/** Options of {@link Runtime.closeAsync}. */
export interface RuntimeCloseOptions {
  /** Wait for pending calls before closing; new ones are refused. Default `false`: pending calls are stopped. */
  drain?: boolean | undefined;
  /** Longest time to wait for pending calls, in milliseconds; then they are stopped. Default: no limit. */
  timeout?: number | undefined;
}

const bindNames: ReadonlySet<string> = new Set(['mode']);
const closeNames: ReadonlySet<string> = new Set(['drain', 'timeout']);
const modes: readonly HostCallMode[] = ['auto', 'sync', 'async'];

/** The private half of a runtime, for the other modules of this folder. */
export let coreOf: (runtime: Runtime) => RuntimeCore;

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
 * using runtime = new Runtime({ timeout: 1000, maxHeapSize: 64 * 1024 * 1024 });
 * runtime.bindFunction('add', (a, b) => a + b);
 * runtime.eval('add(1, 2)'); // 3
 * ```
 */
export class Runtime extends EventEmitter<RuntimeEvents> implements Disposable, AsyncDisposable {
  readonly #core: RuntimeCore;
  #closing: Promise<void> | undefined;

  static {
    coreOf = (runtime) => runtime.#core;
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
    super();
    const given: unknown = options;
    if (given instanceof RuntimeCore) {
      this.#core = given;
    } else {
      this.#core = new RuntimeCore(given);
      this.#core.start();
    }
    this.#core.runtime = this;
    watchForCollection(this, this.#core.native(), this.#core.options.name);
  }

  /**
   * Like the constructor, with the isolate made off the event loop.
   *
   * @param options - See {@link RuntimeOptions}.
   * @returns The runtime. Everything the constructor would throw is a rejection.
   * @example
   * ```js
   * const runtime = await Runtime.create({ timeout: 1000 });
   * await runtime.closeAsync();
   * ```
   */
  static async create(options?: RuntimeOptions): Promise<Runtime> {
    const core = new RuntimeCore(options);
    await core.startAsync();
    // The private half stands in for the options; it is not reachable from outside the package.
    return new Runtime(core as unknown as RuntimeOptions);
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
   * runtime.eval('6 * 7');                          // 42
   * runtime.eval('for (;;);', { timeout: 50 });     // throws TimeoutError
   * ```
   */
  eval<T = unknown>(code: string, options?: EvalOptions): T {
    return this.#core.eval(checkString(code, 'code'), checkEvalOptions(options, this.#core.limits)) as T;
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
   * await runtime.evalAsync('Promise.resolve(42)');                                        // 42
   * await runtime.evalAsync('new Promise(() => {})', { signal: AbortSignal.timeout(50) }); // rejects
   * ```
   */
  evalAsync<T = unknown>(code: string, options?: EvalOptions): Promise<T> {
    try {
      const call = checkEvalOptions(options, this.#core.limits);
      return this.#core.evalAsync(checkString(code, 'code'), call) as Promise<T>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Defines a global function of the guest that calls `fn` in the host. Arguments and results are copied; errors cross in
   * both directions. `this` is `undefined` in `fn`.
   *
   * @param name - Property of the guest's `globalThis`, taken literally (a dot has no meaning). Replaces what is there.
   * @param fn - Sync or async. A promise it returns becomes a guest promise.
   * @param options - `mode`, see {@link BindOptions}.
   * @throws TypeError or RangeError (`ERR_ISOLET_INVALID_ARG`)
   * @throws {@link RuntimeClosedError} or {@link RuntimeTerminatedError} the runtime had ended
   * @example
   * ```js
   * runtime.bindFunction('load', async (id) => ({ id, name: 'Alice' }));
   * await runtime.evalAsync('load(1).then((user) => user.name)'); // 'Alice'
   * ```
   */
  bindFunction(name: string, fn: HostFunction, options?: BindOptions): void {
    checkName(name, 'name');
    checkFunction(fn, 'fn');
    const { mode } = checkOptions(options, bindNames);
    const native = this.#core.nativeForNewWork();
    native.setGlobal(name, mode === undefined ? fn : withMode(fn, checkMode(mode, fn)));
  }

  /**
   * Defines a global of the guest as a copy of `object`, functions at any depth included. Later changes on one side are
   * not seen on the other.
   *
   * @param name - Property of the guest's `globalThis`, taken literally. Replaces what is there.
   * @param object - An object or array; any value that can cross may be inside.
   * @throws TypeError or RangeError (`ERR_ISOLET_INVALID_ARG`)
   * @throws {@link TransferError} something inside can't cross
   * @throws {@link RuntimeClosedError} or {@link RuntimeTerminatedError} the runtime had ended
   * @example
   * ```js
   * runtime.bindObject('config', { retries: 3, now: () => Date.now() });
   * runtime.eval('config.retries'); // 3
   * ```
   */
  bindObject(name: string, object: object): void {
    checkName(name, 'name');
    if (typeof object !== 'object' || object === null) throw invalidType('object', object, 'an object');
    this.#core.nativeForNewWork().setGlobal(name, object);
  }

  /**
   * Removes a global of the guest.
   *
   * @param name - Property of the guest's `globalThis`, taken literally.
   * @returns False if there was no such property.
   * @throws {@link RuntimeClosedError} or {@link RuntimeTerminatedError} the runtime had ended
   * @example
   * ```js
   * runtime.bindObject('secret', { value: 1 });
   * runtime.unbind('secret'); // true
   * ```
   */
  unbind(name: string): boolean {
    return this.#core.nativeForNewWork().deleteGlobal(checkName(name, 'name'));
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
    return this.#core.native().stats();
  }

  /**
   * Ends the guest wherever it is, also in an endless loop. Never waits. Pending calls and all later ones fail with
   * {@link RuntimeTerminatedError}. Does nothing on a runtime that has ended.
   *
   * @param reason - Kept as `terminationReason` and in the errors. Default `'host request'`.
   * @example
   * ```js
   * setTimeout(() => runtime.terminate('took too long'), 100);
   * await runtime.evalAsync('for (;;);'); // rejects with RuntimeTerminatedError
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
    process.nextTick(() => this.emit('close'));
  }

  /**
   * Closes the runtime and waits until its memory is given back.
   *
   * @param options - `drain` to let pending calls finish first, with a `timeout` in milliseconds after which they are
   *   stopped. While draining, new calls are refused with {@link RuntimeClosedError}, except what the pending work itself
   *   asks for: function handles, and calls from host functions.
   * @example
   * ```js
   * await runtime.closeAsync({ drain: true, timeout: 5000 });
   * ```
   */
  async closeAsync(options?: RuntimeCloseOptions): Promise<void> {
    const given = checkOptions(options, closeNames);
    const drain = given.drain !== undefined && checkBoolean(given.drain, 'drain');
    const timeout = given.timeout === undefined ? undefined : checkMilliseconds(given.timeout, 'timeout');
    if (drain && this.state === 'open') await closeWhenDrained(this.#core, timeout);
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

function checkMode(mode: unknown, fn: HostFunction): HostCallMode {
  const checked = checkOneOf(mode, 'mode', modes);
  if (checked === 'sync' && types.isAsyncFunction(fn)) {
    throw invalidType('mode', mode, "'async' or left out for an async function");
  }
  return checked;
}
