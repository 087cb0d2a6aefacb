import { maxMilliseconds } from '../../options/check.ts';
import { type GuestKind, isSameKind } from '../code/guest-kind.ts';
import { wakeThread } from '../engine.ts';
import type { Virgin, VirginStock } from '../run/virgin.ts';
import type { Budget } from './budget.ts';

/** How long the pool starts no runtime before the stock is filled up: cold starts that wait come first. */
const REFILL_DELAY = 5;
/** How long a thread that was woken stays awake, in ms. */
const AWAKE = 0.2;

/**
 * Virgin runtimes made ahead, so that a cold start need not wait for an isolate. Each is used once, for one function,
 * and never comes back. Only the kind that was asked for last is kept: what a pool needs next is mostly more of the
 * same. They use room the budget has left and give way as soon as it is wanted.
 */
export class Stock implements VirginStock {
  readonly #size: number;
  readonly #idleTtl: number;
  readonly #budget: Budget;
  readonly #make: (kind: GuestKind) => Promise<Virgin>;
  #kind: GuestKind = { memoryMb: 0, web: undefined, handlers: false };
  #ready: Virgin[] = [];
  #making: Promise<void> | undefined;
  /** The one that a thread is awake for, and since when. */
  #expected: Virgin | undefined;
  #expectedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #leaving = new Set<Promise<void>>();
  #closed = false;

  constructor(size: number, idleTtl: number, budget: Budget, make: (kind: GuestKind) => Promise<Virgin>) {
    this.#size = size;
    this.#idleTtl = idleTtl;
    this.#budget = budget;
    this.#make = make;
  }

  get size(): number {
    return this.#ready.length;
  }

  /** One will be taken within a moment: while the host prepares what it will run a thread wakes up for it. */
  expect(): void {
    const next = this.#ready.at(-1);
    const now = performance.now();
    if (!next || (next === this.#expected && now - this.#expectedAt < AWAKE)) return;
    this.#expected = next;
    this.#expectedAt = now;
    wakeThread(next.runtime);
  }

  /** One of this kind, if there is one. Either way the stock is filled up in a moment. */
  take(kind: GuestKind): Virgin | undefined {
    if (this.#size === 0 || this.#closed) return undefined;
    if (!isSameKind(kind, this.#kind)) {
      this.#empty();
      this.#kind = kind;
    }
    this.expect();
    let virgin = this.#ready.pop();
    while (virgin?.runtime.closed) {
      this.#discard(virgin);
      virgin = this.#ready.pop();
    }
    this.#fit();
    this.#schedule();
    return virgin;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#empty();
    await this.#making;
    await Promise.all(this.#leaving);
  }

  #schedule(): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#refill(), REFILL_DELAY).unref();
  }

  #refill(): void {
    if (this.#closed || this.#making) return;
    if (!this.#hasRoom(this.#ready.length + 1)) {
      // If nobody starts a runtime for so long, what lies here is only memory.
      if (this.#idleTtl <= maxMilliseconds) this.#timer = setTimeout(() => this.#empty(), this.#idleTtl).unref();
      return;
    }
    const kind = this.#kind;
    this.#making = this.#make(kind)
      .then((virgin) => {
        if (this.#closed || kind !== this.#kind) this.#discard(virgin);
        else this.#ready.push(virgin);
        this.#fit();
        this.#schedule();
      })
      // It would fail for a cold start as well, and there somebody hears of it.
      .catch(() => {})
      .finally(() => {
        this.#making = undefined;
      });
  }

  #hasRoom(count: number): boolean {
    const { runtimes, maxRuntimes, memoryMb, maxMemoryMb } = this.#budget;
    return (
      count <= this.#size && runtimes + count <= maxRuntimes && memoryMb + count * this.#kind.memoryMb <= maxMemoryMb
    );
  }

  /** Gives way to runtimes that serve. */
  #fit(): void {
    while (this.#ready.length > 0 && !this.#hasRoom(this.#ready.length)) this.#discard(this.#ready.pop() as Virgin);
  }

  #empty(): void {
    for (const virgin of this.#ready.splice(0)) this.#discard(virgin);
  }

  #discard(virgin: Virgin): void {
    const left = virgin.runtime.closeAsync().finally(() => this.#leaving.delete(left));
    this.#leaving.add(left);
  }
}
