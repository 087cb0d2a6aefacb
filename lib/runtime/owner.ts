import type { NativeRuntime } from '../native.ts';
import type { CheckedFunctionCall, Limits } from '../options/call-options.ts';
import type { Calls } from './calls.ts';
import type { CallsOwner } from './open-call.ts';
import type { Programs } from './programs.ts';
import type { WatchedHandles } from './watched-handles.ts';

/** What the handles of guest functions need of the private half of their runtime, which is made after them (core.ts). */
export interface RuntimeOwner extends CallsOwner {
  readonly limits: Limits;
  readonly calls: Calls;
  readonly programs: Programs;
  readonly handles: WatchedHandles;
  /** The engine's half; throws when the runtime is closed. */
  native(): NativeRuntime;
  /** The engine's half while the runtime may be used; undefined after `close`. */
  liveNative(): NativeRuntime | undefined;
  /** Calls guest function `functionId`. */
  call(functionId: number, args: unknown[]): unknown;
  callAsync(functionId: number, args: unknown[], call: CheckedFunctionCall): Promise<unknown>;
  /** The engine's part of an asynchronous call that `calls` has started. */
  beginCall(callId: number, functionId: number, args: unknown[], limits: Limits): void;
}
