import { RuntimeTerminatedError, TimeoutError } from '../errors/limit-errors.ts';
import type { NativeRuntime } from '../native.ts';
import { abortable, isAbort, runAbortable } from './abortable.ts';
import { beginWaiting, type Caller, captureScope, endWaiting, findWaiting, innermostWaiting } from './async-scope.ts';
import type { CurrentCall } from './call-context.ts';
import { EndedCalls } from './ended-calls.ts';
import { failureOf } from './nesting.ts';
import { type CallsOwner, OpenCall } from './open-call.ts';

/** The calls of one runtime: their ids and contexts, how many are pending, and their abort signals. */
export class Calls {
  readonly owner: CallsOwner | undefined;
  #lastId = 0;
  /** Asynchronous ones; the synchronous ones are on the stack. */
  readonly #open = new Map<number, OpenCall>();
  /** In this turn of the event loop. */
  readonly #answered: OpenCall[] = [];
  readonly #ended = new EndedCalls();
  #pending = 0;
  #idle: (() => void)[] = [];

  constructor(owner?: CallsOwner) {
    this.owner = owner;
  }

  /** Asynchronous calls that have not settled. */
  get pending(): number {
    return this.#pending;
  }

  /** Answered ones of which something is left in the guest. */
  get held(): number {
    return this.#ended.held;
  }

  /** What is known of a call; for one that is not known (any more) only its id. */
  of(callId: number): CurrentCall {
    return this.#find(callId) ?? { runtime: this.owner?.runtime, callId, context: undefined };
  }

  /** Runs a synchronous call. */
  run<T>(native: NativeRuntime, signal: AbortSignal | undefined, call: (callId: number) => T): T {
    const open = new OpenCall(this, ++this.#lastId);
    beginWaiting(open);
    try {
      return signal ? runAbortable(native, signal, open.callId, call) : call(open.callId);
    } catch (error) {
      this.#stopped(open.callId, error, signal);
      throw failureOf(error, this, open.callId);
    } finally {
      endWaiting();
      open.end();
      if (open.held) {
        open.scope ??= captureScope();
        this.#ended.add(open);
      }
    }
  }

  /** Starts an asynchronous call; what goes wrong before it starts is a rejection too. */
  start(native: NativeRuntime, signal: AbortSignal | undefined, call: (callId: number) => void): Promise<unknown> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const open = new OpenCall(this, ++this.#lastId);
    open.scope = captureScope();
    this.#open.set(open.callId, open);
    const started = new Promise<unknown>((resolve, reject) => {
      open.resolve = resolve;
      open.reject = reject;
    });
    try {
      call(open.callId);
    } catch (error) {
      this.#end(open);
      return Promise.reject(error);
    }
    this.#pending++;
    open.pending = true;
    open.signal = signal;
    return signal ? abortable(started, signal, () => native.cancel(open.callId, false)) : started;
  }

  /**
   * The engine says: these have their values. An id and its value, and so on. They are pending until the turn is `over`
   * and the reactions on them run: what the guest asks meanwhile comes from calls that nobody knows to have ended.
   */
  settled(answers: readonly unknown[], over: boolean): void {
    for (let i = 0; i < answers.length; i += 2) {
      const open = this.#open.get(answers[i] as number);
      if (!open?.resolve) continue;
      const { resolve } = open;
      open.resolve = undefined;
      this.#answered.push(open);
      resolve(answers[i + 1]);
    }
    if (!over) return;
    for (const open of this.#answered) this.#settle(open);
    this.#answered.length = 0;
  }

  /** The engine says: a call failed with `error`. */
  failed(callId: number, error: unknown): void {
    const open = this.#open.get(callId);
    if (!open) return;
    const { signal, reject } = open;
    this.#settle(open);
    const fail = (): void => {
      try {
        this.#stopped(callId, error, signal);
      } finally {
        reject?.(failureOf(error, this, callId));
      }
    };
    // Whoever hears of it hears of it as the caller's.
    if (open.scope) open.scope.runInAsyncScope(fail);
    else fail();
  }

  /** Resolves when no asynchronous call is pending. */
  whenIdle(): Promise<void> {
    if (this.#pending === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** The engine says: when the call is answered there is something left of it. */
  hold(callId: number): void {
    const call = this.#find(callId);
    if (call) call.held = true;
  }

  /** The engine says: now nothing is left of it. */
  release(callId: number): void {
    const open = this.#open.get(callId);
    // Its promise is settled, but the reactions have not run yet.
    if (open) open.held = false;
    else this.#ended.release(callId);
  }

  /** Nothing of the guest will ask for a call that was answered. */
  forgetEnded(): void {
    this.#ended.clear();
  }

  #find(callId: number): OpenCall | undefined {
    const own = (caller: Caller | undefined): caller is OpenCall =>
      caller instanceof OpenCall && caller.callId === callId && caller.calls === this;
    const innermost = innermostWaiting();
    if (own(innermost)) return innermost;
    return this.#open.get(callId) ?? findWaiting(own) ?? this.#ended.find(callId);
  }

  #end(open: OpenCall): void {
    open.end();
    this.#open.delete(open.callId);
    this.#ended.add(open);
  }

  #settle(open: OpenCall): void {
    this.#end(open);
    if (--this.#pending > 0) return;
    const waiting = this.#idle;
    this.#idle = [];
    for (const wake of waiting) wake();
  }

  #stopped(callId: number, error: unknown, signal: AbortSignal | undefined): void {
    if (signal?.aborted && (error === signal.reason || isAbort(error))) {
      this.owner?.callStopped(callId, signal.reason);
    } else if (error instanceof TimeoutError || error instanceof RuntimeTerminatedError) {
      this.owner?.callStopped(callId, error);
    }
  }
}
