import { type HostFunction, withMode } from '../host-function.ts';
import { handleOf, type JsFunction } from '../js-function.ts';
import { odd } from './check-parts.ts';

interface Incoming {
  /** The guest's function that takes `tell`. */
  readonly listen: JsFunction;
  readonly tell: HostFunction;
  /** The guest has said whether it takes the function. */
  settled: boolean;
}

/** Signals of one guest that the host may have and that have not aborted. */
const most = 10_000;
/** What two functions cost in a message, and more. */
const bytesOfPair = 4096;

/** A guest's signals in the host. Each is there as long as the guest has its own. */
export class IncomingSignals {
  readonly #holds: (fn: HostFunction) => boolean;
  readonly #atOnce: number;
  readonly #open = new Set<Incoming>();
  /** Those that have come with the message that is read now. */
  #fresh: Incoming[] = [];
  #sweepAt = 64;

  /** `limit`: bytes that a message to the guest may cost. */
  constructor(holds: (fn: HostFunction) => boolean, limit: number) {
    this.#holds = holds;
    this.#atOnce = Math.min(1000, Math.max(1, Math.floor(limit / bytesOfPair)));
  }

  make(aborted: unknown, reason: unknown, listen: unknown): AbortSignal {
    const controller = new AbortController();
    if (aborted === true) {
      controller.abort(reason);
      return controller.signal;
    }
    if (typeof listen !== 'function' || !handleOf(listen)) throw odd('function of a signal');
    this.#makeRoom();
    const tell = withMode((why: unknown) => {
      this.#open.delete(incoming);
      controller.abort(why);
    }, 'async');
    const incoming: Incoming = { listen: listen as JsFunction, tell, settled: false };
    this.#open.add(incoming);
    // Not in the middle of a message, and not one call for each.
    if (this.#fresh.length === 0) queueMicrotask(() => this.#listenToFresh());
    this.#fresh.push(incoming);
    return controller.signal;
  }

  #listenToFresh(): void {
    const fresh = this.#fresh;
    this.#fresh = [];
    for (let i = 0; i < fresh.length; i += this.#atOnce) void this.#listenTo(fresh.slice(i, i + this.#atOnce));
  }

  async #listenTo(signals: readonly Incoming[]): Promise<void> {
    const [first, ...others] = signals as readonly [Incoming, ...Incoming[]];
    try {
      await first.listen.callAsync([first.tell, others.flatMap(({ listen, tell }) => [listen, tell])]);
    } catch {
      // The guest is stopped or gone: nothing will come.
      for (const incoming of signals) this.#open.delete(incoming);
    } finally {
      for (const incoming of signals) {
        incoming.settled = true;
        incoming.listen.release();
      }
    }
  }

  #makeRoom(): void {
    if (this.#open.size < this.#sweepAt) return;
    for (const incoming of this.#open) {
      if (incoming.settled && !this.#holds(incoming.tell)) this.#open.delete(incoming);
    }
    this.#sweepAt = Math.min(most, Math.max(64, 2 * this.#open.size));
    if (this.#open.size >= most) throw new RangeError(`The host has ${most} signals of this guest already`);
  }
}
