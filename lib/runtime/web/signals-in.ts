import { type HostFunction, withMode } from '../host-function.ts';
import { handleOf, type JsFunction } from '../js-function.ts';
import { odd } from './check-parts.ts';

interface Incoming {
  readonly tell: HostFunction;
  /** The guest has said whether it takes the function. */
  settled: boolean;
}

/** Signals of one guest that the host may have and that have not aborted. */
const most = 10_000;

/** A guest's signals in the host. Each is there as long as the guest has its own. */
export class IncomingSignals {
  readonly #holds: (fn: HostFunction) => boolean;
  readonly #open = new Set<Incoming>();
  #sweepAt = 64;

  constructor(holds: (fn: HostFunction) => boolean) {
    this.#holds = holds;
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
    const incoming: Incoming = { tell, settled: false };
    this.#open.add(incoming);
    // Not in the middle of a message.
    queueMicrotask(() => this.#listen(listen as JsFunction, incoming));
    return controller.signal;
  }

  async #listen(listen: JsFunction, incoming: Incoming): Promise<void> {
    try {
      await listen.callAsync([incoming.tell]);
    } catch {
      // The guest is stopped or gone: nothing will come.
      this.#open.delete(incoming);
    } finally {
      incoming.settled = true;
      listen.release();
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
