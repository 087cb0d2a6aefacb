/** What waits for one signal. It has one listener, however many wait: Node warns of a leak from the eleventh on. */
interface Waiting {
  readonly stops: Set<() => void>;
  /** Undefined: an `Aborter` calls them. */
  readonly listener: (() => void) | undefined;
}

/** By signal, which is not kept alive by this; there is an entry only while somebody waits. */
const waitingFor = new WeakMap<AbortSignal, Waiting>();

/**
 * Calls `stop` when `signal` is aborted, once; `stop` must not throw. Answers what takes it back: after that, and after
 * the abort, nothing is left on the signal.
 */
export function whenAborted(signal: AbortSignal, stop: () => void): () => void {
  const waiting = waitingFor.get(signal) ?? listenTo(signal);
  // One entry for each time it is asked, also for the same function.
  const entry = (): void => stop();
  waiting.stops.add(entry);
  return () => {
    if (!waiting.stops.delete(entry) || waiting.stops.size > 0) return;
    if (!waiting.listener) return;
    signal.removeEventListener('abort', waiting.listener);
    if (waitingFor.get(signal) === waiting) waitingFor.delete(signal);
  };
}

/** An AbortController that tells those who wait with `whenAborted` by itself: to listen for an event costs more. */
export class Aborter {
  readonly #controller = new AbortController();
  readonly #stops = new Set<() => void>();

  constructor() {
    waitingFor.set(this.signal, { stops: this.#stops, listener: undefined });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason);
    callAll(this.#stops);
  }
}

function callAll(stops: Set<() => void>): void {
  for (const stop of stops) {
    stops.delete(stop);
    stop();
  }
}

// Node reads further options, and would find what others put on `Object.prototype`.
const once: { once: true } = Object.freeze(Object.assign(Object.create(null), { once: true }));

function listenTo(signal: AbortSignal): Waiting {
  const stops = new Set<() => void>();
  const listener = (): void => {
    waitingFor.delete(signal);
    callAll(stops);
  };
  const waiting = { stops, listener };
  waitingFor.set(signal, waiting);
  signal.addEventListener('abort', listener, once);
  return waiting;
}
