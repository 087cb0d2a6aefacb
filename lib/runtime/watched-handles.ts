import type { HandleWatch } from './handle-watch.ts';

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
