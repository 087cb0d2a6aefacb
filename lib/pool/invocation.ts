import { randomUUID } from 'node:crypto';
import type { Work } from './events.ts';
import type { ResolvedFunction } from './function.ts';
import { LogBook, type LogEntry, type LogLevel } from './log-book.ts';

/** Who calls: what a declared platform API receives first. */
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
  readonly #calls = new Map<string, number>();
  #hostCalls = 0;
  #abort: AbortController | undefined;
  #ended = false;

  constructor(fn: ResolvedFunction, timeout: number, id: string = randomUUID(), work: Work = 'invocation') {
    this.id = id;
    this.work = work;
    this.fn = fn;
    this.deadline = Date.now() + timeout;
    this.logs = new LogBook(fn.maxLogBytes, fn.redactor);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** What the platform knows it by. A load is nobody's. */
  get publicId(): string | undefined {
    return this.work === 'load' ? undefined : this.id;
  }

  get hostCalls(): number {
    return this.#hostCalls;
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#ended) this.#abort.abort();
    return this.#abort.signal;
  }

  /** Counts a call of platform API `name`; answers why it is refused, if it is. */
  countCall(name: string, maxCalls: number): string | undefined {
    if (this.#ended) return `${name}: the invocation has ended`;
    const calls = (this.#calls.get(name) ?? 0) + 1;
    const what = this.work === 'load' ? 'load' : 'invocation';
    if (calls > maxCalls) return `${name}: limit of ${maxCalls} calls per ${what} reached`;
    if (this.#hostCalls >= this.fn.maxHostCalls) {
      return `${name}: limit of ${this.fn.maxHostCalls} platform calls per ${what} reached (maxHostCalls)`;
    }
    this.#calls.set(name, calls);
    this.#hostCalls++;
    return undefined;
  }

  log(level: LogLevel, text: string, isCut: boolean): LogEntry | undefined {
    return this.#ended ? undefined : this.logs.add(level, text, isCut);
  }

  end(): void {
    this.#ended = true;
    this.#abort?.abort(new Error('the invocation has ended'));
  }

  /** Over, but what it asked of the platform goes on: connections that a load opened are for those who come later. */
  leave(): void {
    this.#ended = true;
  }
}
