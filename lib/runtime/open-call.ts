import type { AsyncScope } from './async-scope.ts';
import { type CurrentCall, contextForNewCall, currentCall } from './call-context.ts';

/** Whose calls they are. */
export interface CallsOwner {
  readonly runtime: object | undefined;
  /** A call was stopped: it ran out of time, was aborted, or was lost. */
  callStopped(callId: number, reason: unknown): void;
}

/** The calls of one runtime, by whose they are. */
export interface CallsOfOwner {
  readonly owner: CallsOwner | undefined;
}

/** A call from its beginning on; as long as the guest's code of it may ask something of the host. */
export class OpenCall implements CurrentCall {
  readonly callId: number;
  readonly calls: CallsOfOwner;
  context: unknown = contextForNewCall();
  /** The call in whose host function this one began, until this one ends. */
  parent: CurrentCall | undefined = currentCall();
  scope: AsyncScope | undefined;
  /** An asynchronous call without an answer. */
  pending = false;
  /** The engine says when nothing is left of it. */
  held = false;
  /** Of an asynchronous one: settle its promise. */
  resolve: ((value: unknown) => void) | undefined;
  reject: ((reason: unknown) => void) | undefined;
  /** Of an asynchronous call that can be aborted. */
  signal: AbortSignal | undefined;

  constructor(calls: CallsOfOwner, callId: number) {
    this.calls = calls;
    this.callId = callId;
  }

  get runtime(): object | undefined {
    return this.calls.owner?.runtime;
  }

  end(): void {
    this.pending = false;
    this.parent = undefined;
    this.resolve = undefined;
    this.reject = undefined;
    this.signal = undefined;
  }
}
