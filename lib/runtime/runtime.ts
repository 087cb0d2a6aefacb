import { EventEmitter } from 'node:events';
import { ReadableStream } from 'node:stream/web';
import { inspect, types } from 'node:util';
import { nameFunction } from '../errors/brand.ts';
import type { ConsoleLevel, HostCallMode } from '../native.ts';
import { type CallOptions, checkCallOptions, checkEvalOptions, type EvalOptions } from '../options/call-options.ts';
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
import type { ConsoleInfo, RuntimeOptions } from '../options/runtime-options.ts';
import { RuntimeCore } from './core.ts';
import { closeWhenDrained, refuseOwnDrain } from './drain.ts';
import { type HostFunction, withMode } from './host-functions.ts';
import { callListeners } from './listener-warning.ts';
import {
  checkModuleName,
  checkModuleSource,
  checkSpecifier,
  type ModuleLoader,
  type ModuleNamespace,
  type ModuleResolver,
  type ModuleSource,
} from './modules.ts';
import { setGlobal } from './set-global.ts';
import type { RuntimeStats } from './stats.ts';
import { isStreamSource } from './streams/export-stream.ts';
import { forget, watchForCollection } from './unclosed.ts';

/**
 * Where a runtime is in its life. `'closing'`: `closeAsync({ drain: true })` waits for pending calls. `'terminated'`: it
 * was ended by `terminate()` or by its heap limit and only waits to be closed.
 */
export type RuntimeState = 'open' | 'closing' | 'closed' | 'terminated';

/**
 * Events of a {@link Runtime}. A listener that throws, or is async and rejects, causes a process warning with the code
 * `ISOLET_LISTENER_THREW`, never an uncaught exception; the other listeners are called.
 */
export interface RuntimeEvents {
  /** The guest wrote to its console. Needs the option `console`. */
  console: [level: ConsoleLevel, args: unknown[], info: ConsoleInfo];
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
export class Runtime extends EventEmitter<RuntimeEvents> implements Disposable, AsyncDisposable {
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
   * await runtime.evalAsync('Promise.resolve(42)'); // 42
   * const aborted = runtime.evalAsync('new Promise(() => {})', { signal: AbortSignal.timeout(50) });
   * await aborted.catch((error) => error.name); // 'TimeoutError', the signal's
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
   *   A name that a script of the guest has declared with `let`, `const` or `class` is refused: the declaration would hide
   *   the global. (While the guest is busy on another thread it is bound when the guest is free, and the event `unhandledRejection`
   *   tells of a refusal.)
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
    setGlobal(native, name, mode === undefined ? fn : withMode(fn, checkMode(mode, fn)));
  }

  /**
   * Defines a global of the guest as a copy of `object`, functions at any depth included. Later changes on one side are
   * not seen on the other.
   *
   * @param name - Property of the guest's `globalThis`, taken literally. Replaces what is there; see
   *   {@link Runtime.bindFunction} for names that are refused.
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
    setGlobal(this.#core.nativeForNewWork(), name, object);
  }

  /**
   * A stream that crosses into the guest, from anything that yields chunks: as an argument, a result, a bound value or a
   * part of one. A `ReadableStream`, a Node `Readable` and an instance with `[Symbol.asyncIterator]` (an async generator)
   * cross by themselves; this is for plain objects, and to have the stream in hand. Nothing is read before the guest asks;
   * when the guest cancels, or drops a stream it has begun to read, the source is cancelled (`return()` of its iterator).
   *
   * @param source - What yields the chunks. It must not be locked.
   * @throws TypeError (`ERR_ISOLET_INVALID_ARG`) it is no such thing, or the runtime was made without `streams`
   * @example
   * ```js
   * const runtime = new Runtime({ streams: true });
   * const count = runtime.eval('(async (s) => { let n = 0; for await (const c of s) n += c; return n })');
   * const source = runtime.createStream({ async *[Symbol.asyncIterator]() { yield 1; yield 2; } });
   * await count.callAsync([source]); // 3
   * ```
   */
  createStream(source: AsyncIterable<unknown> | ReadableStream): ReadableStream {
    if (!this.#core.streams) {
      throw invalidType('streams', false, "true in the options of the runtime before 'createStream' can be used");
    }
    if (!isStreamSource(source)) throw invalidType('source', source, 'a ReadableStream or an async iterable');
    return source instanceof ReadableStream ? source : ReadableStream.from(source);
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
   * Registers an ES module under a name. Other modules import it by that name, or by a path relative to their own:
   * `'lib/a'` is imported as `'lib/a'`, or from `'lib/b'` as `'./a'`. Its URL is `isolet:/<name>`. Nothing is compiled
   * before it is imported, so a syntax error shows then.
   *
   * @param name - A bare name, or an absolute URL, which is then served without asking the loader. A name that was
   *   registered before gets the new source; a module that was loaded from the old one stays.
   * @param source - Source text, or `{ source, type }` with `type` `'js'`, `'json'`, `'text'`, `'bytes'` or `'wasm'`.
   * @throws TypeError or RangeError (`ERR_ISOLET_INVALID_ARG`)
   * @throws {@link RuntimeClosedError} or {@link RuntimeTerminatedError} the runtime had ended
   * @example
   * ```js
   * runtime.addModule('settings', { source: '{ "retries": 3 }', type: 'json' });
   * runtime.addModule('main', "import settings from 'settings'; export const twice = settings.retries * 2;");
   * runtime.evalModule('main').twice; // 6
   * ```
   */
  addModule(name: string, source: ModuleSource): void {
    const checked = checkModuleName(name);
    const { type, content } = checkModuleSource(source, 'source');
    this.#core.nativeForNewWork().addModule(checked, type, content);
  }

  /**
   * Sets the function that decides which module a specifier means; it is asked before the default rules. It may be async
   * for `evalModuleAsync` and `import()`. The calls it serves keep counting time while they wait.
   *
   * @param resolver - Gets the specifier, the importer's URL (`null` for an entry) and `{ attributes, isEntry }`. Answers an
   *   absolute URL or the name of a registered module, or `null` for the default rules. `null` instead of a function
   *   removes it.
   * @throws TypeError (`ERR_ISOLET_INVALID_ARG`)
   * @throws {@link RuntimeClosedError} or {@link RuntimeTerminatedError} the runtime had ended
   * @example
   * ```js
   * runtime.setModuleResolver((specifier) => (specifier === 'config' ? 'settings' : null));
   * ```
   */
  setModuleResolver(resolver: ModuleResolver | null): void {
    const native = this.#core.nativeForNewWork();
    this.#core.modules.setResolver(resolver);
    native.setModuleHooks(resolver !== null, this.#core.modules.loader !== null);
  }

  /**
   * Sets the function that provides modules which are not registered, by absolute URL. It may be async for
   * `evalModuleAsync` and `import()`; the guest goes on with other calls meanwhile, and the call that waits keeps counting
   * time. Each URL is loaded once; one that failed is asked for again.
   *
   * @param loader - Gets the URL and `{ attributes, referrer }`. Answers source text, a `Uint8Array`, `{ source, type }`, or
   *   `null` if there is no such module. `null` instead of a function removes it.
   * @throws TypeError (`ERR_ISOLET_INVALID_ARG`)
   * @throws {@link RuntimeClosedError} or {@link RuntimeTerminatedError} the runtime had ended
   * @example
   * ```js
   * const files = new Map([['app:main', 'export default await Promise.resolve(42);']]);
   * runtime.setModuleLoader(async (url) => files.get(url));
   * (await runtime.evalModuleAsync('app:main')).default; // 42
   * ```
   */
  setModuleLoader(loader: ModuleLoader | null): void {
    const native = this.#core.nativeForNewWork();
    this.#core.modules.setLoader(loader);
    native.setModuleHooks(this.#core.modules.resolver !== null, loader !== null);
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
    return this.#core.evalModule(checkSpecifier(specifier, 'specifier'), call) as T;
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
      return this.#core.evalModuleAsync(checkSpecifier(specifier, 'specifier'), call) as Promise<T>;
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
    const given = checkOptions(options, closeNames);
    const drain = given.drain !== undefined && checkBoolean(given.drain, 'drain');
    const timeout = given.timeout === undefined ? undefined : checkMilliseconds(given.timeout, 'timeout');
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

function checkMode(mode: unknown, fn: HostFunction): HostCallMode {
  const checked = checkOneOf(mode, 'mode', modes);
  if (checked === 'sync' && types.isAsyncFunction(fn)) {
    throw invalidType('mode', mode, "'async' or left out for an async function");
  }
  return checked;
}
