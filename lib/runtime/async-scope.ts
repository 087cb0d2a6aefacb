import { AsyncResource } from 'node:async_hooks';

/**
 * The asynchronous context of whoever made a call: what `AsyncLocalStorage` and async hooks know of it. What the guest
 * asks of the host in that call runs in it, whatever the event loop was doing.
 */
export type AsyncScope = AsyncResource;

/** Somebody for whom the host runs something. */
export interface Caller {
  /** Undefined: not known, or that of the stack. */
  scope?: AsyncScope | undefined;
}

// Destroyed by who made it: else Node watches over each one's collection while there are hooks.
const manual = { requireManualDestroy: true };

/** Of guest code whose caller is not known. */
const nobody = new AsyncResource('isolet', manual);

/**
 * Synchronous calls that wait on this stack, innermost last. The innermost one needs no scope, the stack has its
 * context; while it waits it serves what other calls ask for as well.
 */
const waiting: Caller[] = [];

/** The context that the calling code is in. */
export function captureScope(): AsyncScope {
  return new AsyncResource('isolet.call', manual);
}

/** A synchronous call begins; `endWaiting` when it is over. */
export function beginWaiting(caller: Caller): void {
  const outer = innermostWaiting();
  if (outer) outer.scope ??= captureScope();
  waiting.push(caller);
}

export function endWaiting(): void {
  waiting.pop();
}

export function innermostWaiting(): Caller | undefined {
  // Not at -1: that is a name, which V8 looks for in all prototypes.
  return waiting.length === 0 ? undefined : waiting[waiting.length - 1];
}

export function findWaiting<T extends Caller>(wanted: (caller: Caller) => caller is T): T | undefined {
  return waiting.findLast(wanted);
}

/** Runs something that `caller` asked for. */
export function runFor<T>(caller: Caller, run: () => T): T {
  const innermost = innermostWaiting();
  if (innermost === caller) return run();
  if (innermost) innermost.scope ??= captureScope();
  const scope = caller.scope ?? (innermost ? nobody : undefined);
  return scope ? scope.runInAsyncScope(run) : run();
}
