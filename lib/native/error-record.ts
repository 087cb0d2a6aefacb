/** How the engine reports a failure; `lib/errors` turns it into the public error classes. */
export type ErrorRecord =
  | {
      kind: 'javascript';
      /** `null` when the guest threw something that is not an Error. */
      name: string | null;
      message: string;
      stack: string | null;
      frames: StackFrame[];
      /** The thrown value by the value protocol; `undefined` when it can't cross. */
      thrown: unknown;
    }
  | { kind: 'timeout'; clock: 'wall' | 'cpu'; limit: number; phase: TimeoutPhase }
  | { kind: 'terminated'; reason: string }
  | { kind: 'heapLimit'; limit: number; used: number }
  /** The process that the guest was in is gone; with numbers, because it had more memory (bytes) than it may. */
  | { kind: 'cell'; reason: string; limit?: number; used?: number }
  | { kind: 'closed' }
  | { kind: 'aborted' }
  /** Another call was stopped, and what this one waited for went with it. */
  | { kind: 'dropped' }
  /** `message` is a sentence, or for 'unsupported' the name of what can't cross (`symbol`, `WeakMap`). */
  | { kind: 'transfer'; reason?: TransferReason; message: string; path: string; limit?: number; actual?: number }
  | { kind: 'module'; notFound: boolean; message: string; specifier: string; referrer: string | null; cause?: unknown }
  | { kind: 'snapshot'; message: string }
  | { kind: 'capacity'; message: string; limit: number; actual: number }
  | { kind: 'nesting'; limit: number };

export type TransferReason = 'unsupported' | 'depth' | 'bytes' | 'foreign' | 'released' | 'handles' | 'held';

/** Where a call was when its time ran out. */
export type TimeoutPhase = 'queued' | 'sync' | 'pending' | 'host';

/** One place in a guest's stack; `null` where V8 does not know. */
export interface StackFrame {
  /** Name of the function; `null` for code outside any. */
  functionName: string | null;
  /** As given with the code, for example `'<eval>'`. */
  fileName: string | null;
  /** From 1. */
  lineNumber: number | null;
  /** From 1. */
  columnNumber: number | null;
}
