import { type Caller, runFor } from './async-scope.ts';

/**
 * Which call is the guest in? Internal: lets the layers above a runtime give a call an object of theirs, and lets the
 * host functions they provide find it again, however many calls of one runtime interleave.
 *
 * @example
 * ```ts
 * const result = withCallContext(invocation, () => handler.callAsync([event]));
 * // in a host function, before its first await:
 * const invocation = currentCall()?.context;
 * ```
 */
export interface CurrentCall extends Caller {
  /** The public `Runtime`. */
  readonly runtime: object | undefined;
  /** 0 when the engine can't say which call it was, for example in a timer. */
  readonly callId: number;
  /** The calls of that runtime: `callId` is one of theirs. */
  readonly calls?: object | undefined;
  /** What `withCallContext` gave the call; `undefined` also when it settled so long ago that nobody remembers it. */
  readonly context: unknown;
  /** The call in whose host function this one began. */
  readonly parent?: CurrentCall | undefined;
  /** It is asynchronous and has no answer yet. */
  readonly pending?: boolean;
}

let current: CurrentCall | undefined;
let outermost: CurrentCall | undefined;
let ambient: unknown;
let told: CurrentCall | undefined;

/** The call that runs a host function now. Only valid synchronously: read it before the first `await`. */
export function currentCall(): CurrentCall | undefined {
  return current;
}

/** The call that runs a host function now, and those that wait for it, innermost first. */
export function* callersNow(): Iterable<CurrentCall> {
  for (let call = current; call; call = call.parent) yield call;
}

/** The first of the calls on this thread's stack that are waiting for a host function. */
export function outermostCall(): CurrentCall | undefined {
  return outermost;
}

/** The call that an event of a runtime is about, while its listeners run. */
export function callOfEvent(): CurrentCall | undefined {
  return told;
}

/** Tells the listeners of an event that is about `call`, in its asynchronous context. */
export function tellOf(call: CurrentCall, tell: () => void): void {
  const outer = told;
  told = call;
  try {
    runFor(call, tell);
  } finally {
    told = outer;
  }
}

/** Calls that `start` begins, on any runtime and before it returns, carry `context`. */
export function withCallContext<T>(context: unknown, start: () => T): T {
  const outer = ambient;
  ambient = context;
  try {
    return start();
  } finally {
    ambient = outer;
  }
}

/** Whether a call that begins now is one that `withCallContext` begins. */
export function hasCallContext(): boolean {
  return ambient !== undefined;
}

/** The context for a call that begins now: a nested call belongs to the call it is nested in. */
export function contextForNewCall(): unknown {
  return ambient ?? current?.context;
}

/** Runs a host function as part of `call`, in the asynchronous context of its caller. */
export function runInCall<T>(call: CurrentCall, run: () => T): T {
  const outerCall = current;
  const outerOutermost = outermost;
  const outerAmbient = ambient;
  current = call;
  outermost ??= call;
  // What is ambient belongs to whoever started this call, not to a host function inside it.
  ambient = undefined;
  try {
    return runFor(call, run);
  } finally {
    current = outerCall;
    outermost = outerOutermost;
    ambient = outerAmbient;
  }
}
