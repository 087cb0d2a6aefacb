import { RuntimeTerminatedError, TimeoutError } from '../../errors/index.ts';
import { maxMilliseconds } from '../../options/check.ts';
import { type Limits, useCounted } from '../engine.ts';
import { answerTimedOut, handedOutTimedOut } from '../failures/refusal.ts';
import { smaller } from '../options/limits.ts';
import type { InvocationReport } from '../report/events.ts';
import type { Invocation } from '../report/invocation.ts';
import { makeReport, outcomeOf } from '../report/report.ts';
import { countingPatience, type Use } from '../report/use-meter.ts';
import { asInvocation } from './caller.ts';
import type { Serving } from './serving.ts';
import { shown } from './shown.ts';

/** How it went with what was handed out. */
export interface Over {
  readonly report: InvocationReport;
  /** The last failure. */
  readonly error: unknown;
  /** A limit stopped code of it: the runtime serves no others. */
  readonly stopped: boolean;
}

const microsSince = (then: number): number => Math.round((performance.now() - then) * 1000);

/**
 * The streams and promises in the answer of an invocation, which goes on until the last of them has ended: under limits
 * of their own, and paid for.
 */
export class OpenAnswer {
  readonly over: Promise<Over>;
  readonly #entry: Serving;
  readonly #invocation: Invocation;
  readonly #began = performance.now();
  readonly #deadline: number;
  /** The limit of the answer comes before that of streams. */
  readonly #isOfAnswer: boolean;
  readonly #expiry: NodeJS.Timeout | undefined;
  readonly #streams = new Set<number>();
  /** Those that have not settled, by what rejects them. */
  readonly #promises = new Set<(error: unknown) => void>();
  /** Promises and reads that go on, and since when one does. */
  #busy = 0;
  #since = 0;
  #use: Use = { cpuMicros: 0, busyMicros: 0, heapUsed: 0, promises: 0 };
  #durationMicros = 0;
  #error: unknown;
  #stopped = false;
  #end: (over: Over) => void = () => {};
  #ended = false;

  constructor(entry: Serving, invocation: Invocation) {
    const { answerTimeout = Number.POSITIVE_INFINITY, startedAt } = invocation;
    const { streamTimeout } = entry.fn;
    const left = startedAt + answerTimeout - this.#began;
    this.#entry = entry;
    this.#invocation = invocation;
    this.#isOfAnswer = left < streamTimeout;
    const patience = Math.max(Math.min(streamTimeout, left), 1);
    this.#deadline = this.#began + patience;
    this.over = new Promise((resolve) => {
      this.#end = resolve;
    });
    if (patience > maxMilliseconds) return;
    this.#expiry = setTimeout(() => {
      const error = this.#tooLong();
      this.#rejectAll(error);
      this.end(error);
    }, patience).unref();
  }

  addStream(id: number): void {
    this.#streams.add(id);
  }

  /** Answers what the host gets in its place, which settles at the end of all this at the latest. */
  addPromise(promise: Promise<unknown>, more: (value: unknown) => void): Promise<unknown> {
    const instead = new Promise((resolve, reject) => {
      this.#begin();
      this.#promises.add(reject);
      // Somebody may wait for it.
      this.#expiry?.ref();
      const settled = (): void => {
        this.#promises.delete(reject);
        if (this.#promises.size === 0) this.#expiry?.unref();
        this.#finish(() => this.#entry.meter.take());
      };
      promise.then(
        (value) => {
          if (!this.#ended) more(value);
          resolve(value);
          settled();
        },
        (thrown) => {
          const error = shown(thrown, this.#entry);
          if (!this.#ended) this.#error = error;
          reject(error);
          settled();
        },
      );
    });
    // Nobody has to look at it.
    instead.catch(() => {});
    return instead;
  }

  /** Reads a stream, or cancels it. */
  async read(asked: Limits, start: (limits: Limits) => Promise<unknown>): Promise<unknown> {
    const began = performance.now();
    const { meter, runtime } = this.#entry;
    meter.putAside();
    this.#begin();
    try {
      const limits = this.#limits(asked, began);
      return await asInvocation(this.#invocation, () => start(limits));
    } catch (thrown) {
      this.#error = this.#named(thrown, began);
      if (thrown instanceof TimeoutError && !this.#ended) {
        this.#stopped = true;
        if (thrown.phase === 'sync') await useCounted(runtime, countingPatience);
      }
      throw this.#error;
    } finally {
      this.#finish(() => meter.takeSince());
    }
  }

  streamEnded(id: number): void {
    this.#streams.delete(id);
    this.#settle();
  }

  terminated(reason: string): void {
    // The engine fails the promises, and says more exactly why.
    this.end(shown(new RuntimeTerminatedError(reason), this.#entry));
  }

  /** There is nothing of it. */
  drop(): void {
    this.#ended = true;
    clearTimeout(this.#expiry);
  }

  /** Nothing more is waited for. */
  end(error: unknown = this.#error): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#expiry);
    if (this.#busy > 0) this.#durationMicros += microsSince(this.#since);
    const measures = { coldStart: false, queueMs: 0, durationMicros: this.#durationMicros, ...this.#use };
    const outcome = error === undefined ? 'ok' : outcomeOf(error, undefined);
    const report = makeReport(this.#invocation, outcome, measures, error, 'handedOut');
    if (report.limit?.name === 'streamTimeout') report.limit.observed = microsSince(this.#began) / 1000;
    if (this.#isOfAnswer && report.limit?.name === 'timeout') {
      report.limit.observed = microsSince(this.#invocation.startedAt) / 1000;
    }
    this.#end({ report, error, stopped: this.#stopped });
  }

  #rejectAll(error: unknown): void {
    for (const reject of this.#promises) reject(error);
  }

  #settle(): void {
    if (this.#streams.size === 0 && this.#busy === 0) this.end();
  }

  #begin(): void {
    if (this.#busy++ === 0) this.#since = performance.now();
  }

  /** Times in which several go on count once. What comes after the end is in the last account of the runtime. */
  #finish(take: () => Use): void {
    this.#busy--;
    if (this.#ended) return;
    const use = take();
    this.#use.cpuMicros += use.cpuMicros;
    this.#use.busyMicros += use.busyMicros;
    this.#use.heapUsed = use.heapUsed;
    if (this.#busy === 0) this.#durationMicros += microsSince(this.#since);
    this.#settle();
  }

  #limits(asked: Limits, now: number): Limits {
    const { timeout, streamCpuTimeout } = this.#entry.fn;
    const left = this.#deadline - now;
    if (left <= 0) throw this.#tooLong();
    const cpuLeft = streamCpuTimeout - this.#use.cpuMicros / 1000;
    if (streamCpuTimeout > 0 && cpuLeft <= 0) throw handedOutTimedOut('cpu', streamCpuTimeout, 'pending');
    return {
      timeout: smaller(Math.min(timeout, left), asked.timeout),
      cpuTimeout: smaller(streamCpuTimeout && cpuLeft, asked.cpuTimeout),
    };
  }

  #tooLong(): TimeoutError {
    return this.#late('pending');
  }

  #late(phase: TimeoutError['phase']): TimeoutError {
    const { answerTimeout } = this.#invocation;
    if (this.#isOfAnswer && answerTimeout !== undefined) return answerTimedOut(answerTimeout, phase);
    return handedOutTimedOut('wall', this.#entry.fn.streamTimeout, phase);
  }

  /** Of a call the limit is only what was left of it. */
  #named(error: unknown, began: number): unknown {
    if (!(error instanceof TimeoutError)) return shown(error, this.#entry);
    const { streamCpuTimeout, timeout } = this.#entry.fn;
    if (error.kind === 'cpu') return handedOutTimedOut('cpu', streamCpuTimeout || error.limit, error.phase);
    return this.#deadline - began < timeout ? this.#late(error.phase) : error;
  }
}
