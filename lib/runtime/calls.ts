import type { NativeRuntime } from '../native.ts';
import { contextForNewCall } from './call-context.ts';

/** The calls of one runtime: their ids, their contexts, how many are pending, and their abort signals. */
export class Calls {
  #lastId = 0;
  #pending = 0;
  readonly #contexts = new Map<number, unknown>();
  #idle: (() => void)[] = [];

  /** Asynchronous calls that have not settled. */
  get pending(): number {
    return this.#pending;
  }

  contextOf(callId: number): unknown {
    return this.#contexts.get(callId);
  }

  /** Runs a synchronous call. */
  run<T>(native: NativeRuntime, signal: AbortSignal | undefined, call: (callId: number) => T): T {
    const callId = this.#begin();
    try {
      return signal ? runAbortable(native, signal, callId, call) : call(callId);
    } finally {
      this.#contexts.delete(callId);
    }
  }

  /** Starts an asynchronous call; what goes wrong before it starts is a rejection too. */
  start(
    native: NativeRuntime,
    signal: AbortSignal | undefined,
    call: (callId: number) => Promise<unknown>,
  ): Promise<unknown> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const callId = this.#begin();
    let started: Promise<unknown>;
    try {
      started = call(callId);
    } catch (error) {
      this.#contexts.delete(callId);
      return Promise.reject(error);
    }
    this.#pending++;
    const settled = started.then(
      (value) => {
        this.#end(callId);
        return value;
      },
      (error) => {
        this.#end(callId);
        throw error;
      },
    );
    return signal ? abortable(settled, signal, () => native.cancel(callId)) : settled;
  }

  /** Resolves when no asynchronous call is pending. */
  whenIdle(): Promise<void> {
    if (this.#pending === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #begin(): number {
    const callId = ++this.#lastId;
    const context = contextForNewCall();
    if (context !== undefined) this.#contexts.set(callId, context);
    return callId;
  }

  #end(callId: number): void {
    this.#contexts.delete(callId);
    if (--this.#pending > 0) return;
    const waiting = this.#idle;
    this.#idle = [];
    for (const wake of waiting) wake();
  }
}

/** Stops the call when a host function it calls aborts the signal. */
function runAbortable<T>(native: NativeRuntime, signal: AbortSignal, callId: number, call: (callId: number) => T): T {
  if (signal.aborted) throw signal.reason;
  const stop = (): void => void native.cancel(callId);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return call(callId);
  } catch (error) {
    if (signal.aborted && isAbort(error)) throw signal.reason;
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Rejects with the signal's reason as soon as it is aborted and leaves no listener behind. */
function abortable(settled: Promise<unknown>, signal: AbortSignal, cancel: () => void): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      cancel();
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    settled.then(
      (value) => {
        signal.removeEventListener('abort', onAbort);
        resolve(value);
      },
      (error) => {
        signal.removeEventListener('abort', onAbort);
        reject(error);
      },
    );
    // Reading the arguments may have run code that aborted before there was a listener.
    if (signal.aborted) {
      signal.removeEventListener('abort', onAbort);
      onAbort();
    }
  });
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
