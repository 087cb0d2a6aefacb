import type { CellProcess, Runtime, RuntimeOptions } from '../engine.ts';
import type { ResolvedFunction } from '../function/resolved-function.ts';
import type { EvictReason } from '../report/evict-reason.ts';

/** Where one runtime is made and lives. It was taken for that runtime, and is busy at first. */
export interface Place {
  /** @throws what `Runtime.create` throws. */
  createRuntime(options: RuntimeOptions): Promise<Runtime>;
  /** The process that it is in, when that stands; undefined: this one. */
  readonly cell: Promise<CellProcess> | undefined;
  /** Why the runtime serves nobody any more, if the place does not last. */
  readonly leaving: EvictReason | undefined;
  /** Whether something runs there or is being made. */
  setBusy(busy: boolean): void;
  /** The engine had to give up the runtime. */
  lost(): void;
  /** What is known by now of why `error` happened there, as an error that says so. */
  explain(error: unknown): Promise<unknown>;
  /** The runtime is gone. Once. */
  leave(): void;
}

/** Where runtimes can be. */
export interface Places {
  /** Why a function gets no place here at all, or not for a while. */
  refusal(fn: ResolvedFunction): Error | undefined;
  /**
   * Whether a place may be taken now; makes room otherwise, which takes a while.
   *
   * @param modest - only if nobody has to go for it
   */
  hasRoom(fn: ResolvedFunction, modest: boolean): boolean;
  /** Why there will be no room before somebody's work ends, if that is so. */
  full(): Error | undefined;
  /** There must be room. */
  take(fn: ResolvedFunction): Place;
}
