import { EventEmitter } from 'node:events';
import { ReadableStream } from 'node:stream/web';
import { types } from 'node:util';
import type { HostCallMode } from '../native.ts';
import { checkFunction, checkName, checkOneOf, checkOptions } from '../options/check.ts';
import { invalidType } from '../options/invalid.ts';
import type { RuntimeCore } from './core.ts';
import type { RuntimeEvents } from './events.ts';
import { type HostFunction, withMode } from './host-function.ts';
import {
  checkModuleName,
  checkModuleSource,
  type ModuleLoader,
  type ModuleResolver,
  type ModuleSource,
} from './modules.ts';
import { setGlobal } from './set-global.ts';
import { isStreamSource } from './streams/export-stream.ts';

/** Options of {@link Runtime.bindFunction}. */
export interface BindOptions {
  /**
   * How the guest sees the function. `'async'`: the guest gets a promise at once and goes on. `'sync'`: the guest waits
   * for the return value, a promise is an error. `'auto'`: the guest waits for the return value; a promise becomes a
   * guest promise. Default: `'async'` for async functions, else `'auto'`.
   */
  mode?: HostCallMode | undefined;
}

const bindNames: ReadonlySet<string> = new Set(['mode']);
const modes: readonly HostCallMode[] = ['auto', 'sync', 'async'];

/** The part of a {@link Runtime} that says what its guest can reach: globals, streams and modules that the host gives it. */
export abstract class GuestScope extends EventEmitter<RuntimeEvents> {
  readonly #core: RuntimeCore;

  /** @internal */
  constructor(core: RuntimeCore) {
    super();
    this.#core = core;
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
}

function checkMode(mode: unknown, fn: HostFunction): HostCallMode {
  const checked = checkOneOf(mode, 'mode', modes);
  if (checked === 'sync' && types.isAsyncFunction(fn)) {
    throw invalidType('mode', mode, "'async' or left out for an async function");
  }
  return checked;
}
