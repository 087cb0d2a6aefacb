import { TimeoutError } from '../../errors/index.ts';
import { currentCall, guestSource, type HandleWatch, handleId, type Limits, useCounted } from '../engine.ts';
import { smaller } from '../options/limits.ts';
import type { InvocationReport } from '../report/events.ts';
import { Invocation } from '../report/invocation.ts';
import { makeReport, outcomeOf } from '../report/report.ts';
import { countingPatience } from '../report/use-meter.ts';
import { asInvocation } from './caller.ts';
import { findHandles } from './find-handles.ts';
import { OpenAnswer } from './open-answer.ts';
import { Pins } from './pins.ts';
import type { Serving } from './serving.ts';
import { shown } from './shown.ts';

export interface HandedOutHooks {
  /** The host has called a function that the guest handed out. */
  onCall(report: InvocationReport, error: unknown): void;
  /** A limit stopped code: the runtime serves no others. */
  onStopped(): void;
  /** The host holds nothing any more for which the runtime should stay. */
  onUnpinned(): void;
}

/**
 * What one runtime has handed out. Streams and promises in an answer keep the place of their invocation (`OpenAnswer`).
 * Functions keep the runtime from going when it is idle or replaced, as long as the host holds them and at most for
 * `streamTimeout`; each call of one is accounted for like an invocation.
 */
export class HandedOut implements HandleWatch {
  readonly #entry: Serving;
  readonly #defaultTimeout: number;
  readonly #hooks: HandedOutHooks;
  /** What the host holds. */
  readonly #pins: Pins;
  readonly #held = new Set<number>();
  /** Arrived, and not found in an answer yet. */
  readonly #new = new Set<number>();
  /** How many promises had arrived when it was looked last. */
  #promises = 0;
  readonly #answers = new Set<OpenAnswer>();
  readonly #streams = new Map<number, OpenAnswer>();
  /** Whose they are, as far as it is known. */
  readonly #origins = new Map<number, Invocation>();
  #calls = 0;

  /** @param defaultTimeout of calls in this runtime, in ms: who gives no other gets it */
  constructor(entry: Serving, defaultTimeout: number, hooks: HandedOutHooks) {
    this.#entry = entry;
    this.#defaultTimeout = defaultTimeout;
    this.#hooks = hooks;
    this.#pins = new Pins(
      () => entry.runtime.closed,
      () => this.#unpinned(),
    );
    const end = (reason: string): void => {
      this.#pins.stop();
      for (const answer of this.#answers) answer.terminated(reason);
    };
    entry.runtime.once('terminated', end);
    entry.runtime.once('close', () => end('closed'));
  }

  /** The host may still want something of the runtime. */
  get pinned(): boolean {
    return this.#pins.size > 0 || this.#calls > 0;
  }

  /** What goes on of an answer, if anything does. @param promises how many have arrived in the host so far */
  open(invocation: Invocation, value: unknown, promises: number): OpenAnswer | undefined {
    if (this.#new.size === 0 && promises === this.#promises) return undefined;
    const answer = new OpenAnswer(this.#entry, invocation);
    const found = this.#add(answer, invocation, value);
    // Nobody else's answer is on its way: what was not found is in no answer.
    if (this.#entry.running.size === 0 && this.#calls === (invocation.work === 'handedOut' ? 1 : 0)) {
      this.#new.clear();
      this.#promises = promises;
    }
    if (!found) {
      answer.drop();
      return undefined;
    }
    this.#answers.add(answer);
    void answer.over.then(() => this.#answers.delete(answer));
    return answer;
  }

  /** A platform function is called; what has arrived came with its arguments, or is found in an answer a moment later. */
  passedBy(invocation: Invocation): void {
    for (const id of this.#new) if (!this.#origins.has(id)) this.#origins.set(id, invocation);
  }

  arrived(id: number): void {
    this.#held.add(id);
    this.#new.add(id);
    this.#pins.add(id, this.#entry.fn.streamTimeout);
  }

  gone(id: number): void {
    this.#held.delete(id);
    this.#new.delete(id);
    this.#origins.delete(id);
    const answer = this.#streams.get(id);
    this.#streams.delete(id);
    answer?.streamEnded(id);
    this.#pins.delete(id);
  }

  call<T>(id: number, limits: Limits, start: (limits: Limits) => T): T {
    if (this.#isNested()) return start(this.#within(limits));
    const payer = this.#running(id);
    if (payer) return asInvocation(payer, () => start(this.#within(limits, payer)));
    const done = this.#begin(id);
    try {
      return done.answered(asInvocation(done.invocation, () => start(this.#within(limits))));
    } catch (thrown) {
      const error = shown(thrown, this.#entry);
      done.failed(error);
      throw error;
    }
  }

  async callAsync(id: number, limits: Limits, start: (limits: Limits) => Promise<unknown>): Promise<unknown> {
    const answer = this.#streams.get(id);
    if (answer) return answer.read(this.#asked(limits), start);
    if (this.#isNested()) return start(this.#within(limits));
    const payer = this.#running(id);
    if (payer) return asInvocation(payer, () => start(this.#within(limits, payer)));
    const done = this.#begin(id);
    try {
      return done.answered(await asInvocation(done.invocation, () => start(this.#within(limits))));
    } catch (thrown) {
      const error = shown(thrown, this.#entry);
      if (error instanceof TimeoutError && error.phase === 'sync')
        await useCounted(this.#entry.runtime, countingPatience);
      done.failed(error);
      throw error;
    }
  }

  #add(answer: OpenAnswer, invocation: Invocation, value: unknown): boolean {
    const { functions, streams, promises } = findHandles(value);
    for (const fn of functions) this.#claim(handleId(fn) as number, invocation);
    let found = false;
    for (const stream of streams) {
      const source = guestSource(stream);
      const id = source && handleId(source);
      if (id === undefined || this.#streams.has(id)) continue;
      this.#claim(id, invocation);
      this.#streams.set(id, answer);
      answer.addStream(id);
      found = true;
    }
    for (const [promise, places] of promises) {
      const instead = answer.addPromise(promise, (settled) => this.#add(answer, invocation, settled));
      for (const put of places) put(instead);
      found = true;
    }
    return found;
  }

  #claim(id: number, invocation: Invocation): void {
    this.#new.delete(id);
    if (this.#held.has(id)) this.#origins.set(id, invocation);
  }

  /** A platform function that an invocation of this runtime has called: it pays, under its limits. */
  #isNested(): boolean {
    const call = currentCall();
    return call?.runtime === this.#entry.runtime && call.context instanceof Invocation && !call.context.ended;
  }

  /** The invocation that handed it out to a platform function, while it waits for its answer: it pays. */
  #running(id: number): Invocation | undefined {
    const origin = this.#origins.get(id);
    return origin && !origin.late && this.#entry.running.has(origin) ? origin : undefined;
  }

  #begin(id: number): Call {
    const { fn, meter } = this.#entry;
    const invocation = new Invocation(fn, fn.timeout, this.#origins.get(id)?.id, 'handedOut');
    meter.putAside();
    this.#calls++;
    const report = (error: unknown): number => {
      const durationMicros = Math.round((performance.now() - invocation.startedAt) * 1000);
      const outcome = error === undefined ? 'ok' : outcomeOf(error, undefined);
      const use = meter.takeSince();
      const measures = { coldStart: false, queueMs: 0, durationMicros, ...use };
      this.#hooks.onCall(makeReport(invocation, outcome, measures, error), error);
      return use.promises;
    };
    return {
      invocation,
      answered: (value) => {
        const box = { value };
        const answer = this.open(invocation, box, report(undefined));
        if (!answer) this.#end(invocation, false);
        else {
          invocation.deadline = Date.now() + fn.streamTimeout;
          void answer.over.then((over) => {
            this.#hooks.onCall(over.report, over.error);
            this.#end(invocation, over.stopped);
          });
        }
        return box.value;
      },
      failed: (error) => {
        report(error);
        this.#end(invocation, error instanceof TimeoutError);
      },
    };
  }

  #end(invocation: Invocation, stopped: boolean): void {
    invocation.end();
    invocation.giveUpOpen(stopped);
    this.#calls--;
    if (stopped) this.#hooks.onStopped();
    this.#unpinned();
  }

  #unpinned(): void {
    if (!this.pinned) this.#hooks.onUnpinned();
  }

  /** What whoever calls asks for; 0 is nothing. */
  #asked({ timeout, cpuTimeout }: Limits): Limits {
    return { timeout: timeout === this.#defaultTimeout ? 0 : timeout, cpuTimeout };
  }

  #within(limits: Limits, payer?: Invocation): Limits {
    const { cpuTimeout } = this.#entry.fn;
    const timeout = Math.max(
      1,
      Math.min(this.#entry.fn.timeout, (payer?.deadline ?? Number.POSITIVE_INFINITY) - Date.now()),
    );
    const asked = this.#asked(limits);
    return { timeout: smaller(timeout, asked.timeout), cpuTimeout: smaller(cpuTimeout, asked.cpuTimeout) };
  }
}

/** A call of a function that was handed out. */
interface Call {
  readonly invocation: Invocation;
  /** Accounts for it, and for what goes on of its answer. Answers what the host gets. */
  answered<T>(value: T): T;
  failed(error: unknown): void;
}
