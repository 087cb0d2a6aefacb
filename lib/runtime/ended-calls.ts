import type { OpenCall } from './open-call.ts';

/** So many that ended last are remembered. */
const mostRecent = 16;

/**
 * Calls that were answered and whose guest code may still ask something of the host, for their caller's context. What
 * the engine knows to be left of a call (timers, calls of host functions, loading modules) keeps it here until the
 * engine says it is gone. What it can't know, a reaction on a promise that some other call settles, finds the ones that
 * ended last.
 */
export class EndedCalls {
  readonly #held = new Map<number, OpenCall>();
  readonly #recent: (OpenCall | undefined)[] = [];
  #next = 0;

  /** How many the engine knows something to be left of. */
  get held(): number {
    return this.#held.size;
  }

  find(callId: number): OpenCall | undefined {
    return this.#held.get(callId) ?? this.#recent.find((call) => call?.callId === callId);
  }

  add(call: OpenCall): void {
    if (call.held) this.#held.set(call.callId, call);
    else this.#addRecent(call);
  }

  /** Nothing is left of a call that was held. */
  release(callId: number): void {
    const call = this.#held.get(callId);
    if (!call) return;
    this.#held.delete(callId);
    this.#addRecent(call);
  }

  clear(): void {
    for (const call of this.#held.values()) call.scope?.emitDestroy();
    for (const call of this.#recent) call?.scope?.emitDestroy();
    this.#held.clear();
    this.#recent.length = 0;
    this.#next = 0;
  }

  #addRecent(call: OpenCall): void {
    this.#recent[this.#next]?.scope?.emitDestroy();
    this.#recent[this.#next] = call;
    this.#next = (this.#next + 1) % mostRecent;
  }
}
