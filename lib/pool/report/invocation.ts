import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { HandlerReason } from '../../errors/index.ts';
import { maxMilliseconds } from '../../options/check.ts';
import { EgressBook, type EgressUse, egressBook } from '../../web/egress/book.ts';
import type { ResolvedFunction } from '../function/resolved-function.ts';
import type { Work } from './events.ts';
import { LogBook, type LogEntry } from './log-book.ts';

/** The caller: what a declared platform API receives first. */
export interface CallerContext {
  readonly tenantId: string;
  readonly functionName: string;
  readonly version: string;
  /** `undefined` when the call came from code that no invocation started, such as a timer left behind. */
  readonly invocationId: string | undefined;
  /** Time in ms since the epoch at which the invocation is ended. */
  readonly deadline: number | undefined;
  /** Aborted when the invocation ends for whatever reason, and when the API's own `timeout` runs out. */
  readonly signal: AbortSignal;
}

/** What a function does not have, or answered wrongly; `detail` is a method's name, or what it answered. */
export interface Refusal {
  readonly reason: HandlerReason;
  readonly detail: string | undefined;
}

let lastKey = 0;

/** One run of a function, from the moment it has a runtime; or the load of its code. */
export class Invocation {
  /** Chosen by the caller, and maybe by another one too. */
  readonly id: string;
  readonly work: Work;
  /** Of this process and no other invocation's; not 0. */
  readonly key = ++lastKey;
  readonly fn: ResolvedFunction;
  readonly startedAt = performance.now();
  /** Time in ms since the epoch. */
  deadline: number;
  readonly logs: LogBook;
  /** It was answered and goes on with what it gave to `waitUntil`. */
  late = false;
  /** Why its runtime could not do what was asked. */
  refusal: Refusal | undefined;
  /** How long, in ms from its start, its answer may take with all that is in it; undefined: that has limits of its own. */
  answerTimeout: number | undefined;
  /** It may still give something to `waitUntil`. */
  takesMore = true;
  #expectsMore = false;
  #fail: ((error: unknown) => void) | undefined;
  readonly #calls = new Map<string, number>();
  #egress: EgressBook | undefined;
  #hostCalls = 0;
  #reportedCalls = 0;
  #abort: AbortController | undefined;
  /** Set when it has ended. */
  #why: string | undefined;
  #left = false;
  readonly #open = new Set<() => void>();
  #givingUp: NodeJS.Timeout | undefined;

  constructor(fn: ResolvedFunction, timeout: number, id: string = randomUUID(), work: Work = 'invocation') {
    this.id = id;
    this.work = work;
    this.fn = fn;
    this.deadline = Date.now() + timeout;
    this.logs = new LogBook(fn.maxLogBytes, fn.redactor);
  }

  get ended(): boolean {
    return this.#why !== undefined || this.#left;
  }

  /** It has called the platform since its last report. */
  get hasCalled(): boolean {
    return this.#hostCalls > this.#reportedCalls;
  }

  /** What the platform knows it by. A load is nobody's. */
  get publicId(): string | undefined {
    return this.work === 'load' ? undefined : this.id;
  }

  /** What it has called, fetched and written since it was last asked: a report has what the one before has not. */
  cut(): { hostCalls: number; logs: LogEntry[]; logsDropped: number; egress?: EgressUse } {
    const hostCalls = this.#hostCalls - this.#reportedCalls;
    this.#reportedCalls = this.#hostCalls;
    const egress = this.#egress?.take();
    return { hostCalls, ...this.logs.take(), ...(egress && { egress }) };
  }

  get [egressBook](): EgressBook {
    this.#egress ??= new EgressBook();
    return this.#egress;
  }

  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController();
      // Each of its platform calls may have some.
      setMaxListeners(0, this.#abort.signal);
    }
    if (this.#why !== undefined) this.#abort.abort(this.#error());
    return this.#abort.signal;
  }

  /** It has given something to `waitUntil`. */
  get expectsMore(): boolean {
    return this.#expectsMore;
  }

  /** The guest calls `waitUntil`; false if that comes too late. */
  expectMore(): boolean {
    if (!this.takesMore || this.ended) return false;
    this.#expectsMore = true;
    return true;
  }

  /** Rejects when a limit stops code that it left behind: that will not settle what it gave to `waitUntil`. */
  whenStopped(): Promise<never> {
    return new Promise((_resolve, reject) => {
      this.#fail = reject;
    });
  }

  stopped(error: unknown): void {
    this.#fail?.(error);
  }

  continueLate(): void {
    this.late = true;
    this.deadline = Date.now() + this.fn.lateTimeout;
  }

  /** Counts a call of platform API `name`; answers why it is refused, if it is. */
  countCall(name: string, maxCalls: number): string | undefined {
    const what = this.work === 'load' ? 'load' : 'invocation';
    const why = this.#why ?? (this.#left && Date.now() > this.deadline ? 'has ended' : undefined);
    if (why !== undefined) return `${name}: the ${what} ${why}`;
    const calls = (this.#calls.get(name) ?? 0) + 1;
    if (calls > maxCalls) return `${name}: limit of ${maxCalls} calls per ${what} reached`;
    if (this.#hostCalls >= this.fn.maxHostCalls) {
      return `${name}: limit of ${this.fn.maxHostCalls} platform calls per ${what} reached (maxHostCalls)`;
    }
    this.#calls.set(name, calls);
    this.#hostCalls++;
    return undefined;
  }

  /** The answer of platform API `name`, which the guest gets unless it is given up before. */
  untilGivenUp(name: string, answer: PromiseLike<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => reject(new Error(`${name}: no answer, and the invocation that asked ${this.#why}`));
      this.#open.add(giveUp);
      const answered = (): void => {
        this.#open.delete(giveUp);
        if (this.#open.size === 0) clearTimeout(this.#givingUp);
      };
      answer.then(
        (value) => {
          answered();
          resolve(value);
        },
        (error) => {
          answered();
          reject(error);
        },
      );
    });
  }

  /** Nothing more is done for it. @param why a clause, such as `ran out of time` */
  end(why = 'has ended'): void {
    this.#why ??= why;
    this.#abort?.abort(this.#error());
  }

  /**
   * Platform calls that are open when it has ended may still be answered, others may share them; but not after its
   * deadline, or not at all with `now`.
   */
  giveUpOpen(now = false): void {
    if (this.#open.size === 0) return;
    const giveUp = (): void => {
      for (const each of this.#open) each();
      this.#open.clear();
    };
    const left = now ? 0 : this.deadline - Date.now();
    if (left <= 0) giveUp();
    // Whoever waits for one of them keeps Node alive.
    else if (left <= maxMilliseconds) this.#givingUp = setTimeout(giveUp, left).unref();
  }

  /**
   * Over, but what it asked of the platform goes on: connections that a load opens are for those who come later. Until
   * its deadline it may ask for more.
   */
  leave(): void {
    this.#left = true;
  }

  #error(): Error {
    return new Error(`the invocation ${this.#why}`);
  }
}
