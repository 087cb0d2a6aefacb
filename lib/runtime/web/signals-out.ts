import { TransferError } from '../../errors/transfer-error.ts';
import type { HostSignalParts } from '../../shared/web/parts.ts';
import { type HostFunction, whenGone } from '../host-function.ts';
import type { JsFunction } from '../js-function.ts';

interface Outgoing {
  readonly id: number;
  readonly signal: AbortSignal;
  /** The guest has it as long as it has its signal. */
  readonly token: HostFunction;
  readonly stop: AbortController;
}

/** The host's signals that one guest has. It is told of all of them through one function of its own. */
export class OutgoingSignals {
  readonly #holds: (fn: HostFunction) => boolean;
  readonly #bySignal = new WeakMap<AbortSignal, Outgoing>();
  readonly #open = new Map<number, Outgoing>();
  #lastId = 0;
  #tell: JsFunction | undefined;
  /** Aborted before the guest has said how to tell it. */
  #late: [id: number, reason: unknown][] = [];

  constructor(holds: (fn: HostFunction) => boolean) {
    this.#holds = holds;
  }

  parts(signal: AbortSignal): HostSignalParts {
    if (signal.aborted) return [true, signal.reason];
    const { id, token } = this.#bySignal.get(signal) ?? this.#add(signal);
    return [false, undefined, id, token];
  }

  /** The guest's function that is to be called with an id and a reason. */
  hear(tell: JsFunction): void {
    if (this.#tell !== tell) this.#tell?.release();
    this.#tell = tell;
    const late = this.#late;
    this.#late = [];
    for (const [id, reason] of late) this.#send(tell, id, reason);
  }

  /** The guest has ended. */
  end(): void {
    for (const outgoing of [...this.#open.values()]) this.#drop(outgoing);
    this.#late = [];
    this.#tell?.release();
    this.#tell = undefined;
  }

  #add(signal: AbortSignal): Outgoing {
    const outgoing = { id: ++this.#lastId, signal, token: () => undefined, stop: new AbortController() };
    this.#bySignal.set(signal, outgoing);
    whenGone(outgoing.token, () => this.#drop(outgoing));
    // By then it has crossed, or it never will.
    queueMicrotask(() => {
      if (this.#holds(outgoing.token)) this.#listen(outgoing);
      else this.#drop(outgoing);
    });
    return outgoing;
  }

  #listen(outgoing: Outgoing): void {
    const { id, signal, stop } = outgoing;
    this.#open.set(id, outgoing);
    // A signal may live longer than the guest, which it must not keep.
    const self = new WeakRef(this);
    const told = () => {
      const there = self.deref();
      if (there) there.#aborted(outgoing);
    };
    if (signal.aborted) told();
    else signal.addEventListener('abort', told, { once: true, signal: stop.signal });
  }

  #aborted(outgoing: Outgoing): void {
    this.#drop(outgoing);
    const { id, signal } = outgoing;
    if (this.#tell) this.#send(this.#tell, id, signal.reason);
    else this.#late.push([id, signal.reason]);
  }

  #drop(outgoing: Outgoing): void {
    this.#open.delete(outgoing.id);
    if (this.#bySignal.get(outgoing.signal) === outgoing) this.#bySignal.delete(outgoing.signal);
    outgoing.stop.abort();
  }

  #send(tell: JsFunction, id: number, reason: unknown): void {
    tell
      .callAsync([id, reason])
      // The guest hears of it even if it can't hear the reason.
      .catch((error) => (error instanceof TransferError ? tell.callAsync([id, undefined]) : undefined))
      .catch(() => {});
  }
}
