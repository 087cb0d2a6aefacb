import type { Limits } from '../options/call-options.ts';

/**
 * Takes part in what the host does with the functions and streams of one guest. Reading a stream is a call of the
 * function that reads it; each has a number of its own.
 */
export interface HandleWatch {
  /** One arrived that the host did not hold. */
  arrived(id: number): void;
  /** The host has let go of it: it was released or collected. */
  gone(id: number): void;
  /** The host calls one, under these limits unless `start` is given others. */
  call<T>(id: number, limits: Limits, start: (limits: Limits) => T): T;
  callAsync(id: number, limits: Limits, start: (limits: Limits) => Promise<unknown>): Promise<unknown>;
}

/** Which arrival a collected handle was: the same function may have arrived again since. */
interface Arrival {
  readonly handles: WeakRef<WatchedHandles>;
  readonly id: number;
}

const collected = new FinalizationRegistry<Arrival>((arrival) => arrival.handles.deref()?.collected(arrival));

/** The functions and streams of one guest that the host holds, for who watches them. Nothing if nobody does. */
export class WatchedHandles {
  watch: HandleWatch | undefined;
  readonly #held = new Map<number, Arrival>();

  arrived(id: number, fn: object): void {
    if (!this.watch) return;
    const arrival = { handles: new WeakRef(this), id };
    this.#held.set(id, arrival);
    collected.register(fn, arrival);
    this.watch.arrived(id);
  }

  gone(id: number): void {
    if (this.#held.delete(id)) this.watch?.gone(id);
  }

  collected(arrival: Arrival): void {
    if (this.#held.get(arrival.id) === arrival) this.gone(arrival.id);
  }
}
