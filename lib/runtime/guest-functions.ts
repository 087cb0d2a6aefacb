import type { RuntimeCore } from './core.ts';
import { createJsFunction, type Handle, handleOf, type JsFunction } from './js-function.ts';

/**
 * The JsFunctions of one runtime: one per guest function while it is alive. The engine counts how often each function
 * crossed; a handle gives back as many arrivals as it received, so a function that crosses again while an old handle is
 * being collected is not lost.
 */
export class GuestFunctions {
  readonly #core: RuntimeCore;
  readonly #alive = new Map<number, WeakRef<JsFunction>>();
  readonly #collected: FinalizationRegistry<Handle['arrivals']>;
  /** Those that read a stream. */
  readonly #streams = new Set<number>();

  constructor(core: RuntimeCore) {
    this.#core = core;
    this.#collected = new FinalizationRegistry((arrivals) => {
      if (this.#alive.get(arrivals.id)?.deref() === undefined) this.#forget(arrivals.id);
      this.#giveBack(arrivals);
    });
  }

  /** How many streams of the guest the host holds that have not ended. */
  get openStreams(): number {
    return this.#streams.size;
  }

  /** Guest function `id`, which reads a stream, arrived. */
  importSource(id: number): JsFunction {
    this.#streams.add(id);
    return this.import(id, '', 0);
  }

  /** Guest function `id` arrived. */
  import(id: number, name: string, length: number): JsFunction {
    const known = this.#alive.get(id)?.deref();
    if (known) {
      const handle = handleOf(known);
      if (handle) handle.arrivals.count++;
      return known;
    }
    const { fn, handle } = createJsFunction(this.#core, id, name, length);
    this.#alive.set(id, new WeakRef(fn));
    this.#collected.register(fn, handle.arrivals, handle);
    return fn;
  }

  release(handle: Handle, fn: object): void {
    this.#collected.unregister(handle);
    if (this.#alive.get(handle.id)?.deref() === fn) this.#forget(handle.id);
    this.#giveBack(handle.arrivals);
  }

  #forget(id: number): void {
    this.#alive.delete(id);
    this.#streams.delete(id);
  }

  #giveBack(arrivals: Handle['arrivals']): void {
    this.#core.liveNative()?.releaseFunction(arrivals.id, arrivals.count);
  }
}
