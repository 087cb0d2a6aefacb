import type { JsFunction, Runtime } from '../engine.ts';

/** A runtime nobody has used yet, with the wrapper for a handler. */
export interface Virgin {
  readonly runtime: Runtime;
  readonly prepare: JsFunction;
}

/** Virgin runtimes that were made ahead. */
export interface VirginStock {
  /** One with this heap limit, if there is one. */
  take(memoryMb: number): Virgin | undefined;
}
