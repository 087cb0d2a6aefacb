import type { GuestKind } from '../code/guest-kind.ts';
import type { JsFunction, Runtime } from '../engine.ts';
import type { Seat } from './seat.ts';

/** A runtime nobody has used yet, with the wrapper for a handler. */
export interface Virgin {
  readonly runtime: Runtime;
  readonly prepare: JsFunction;
  /** What all functions of the platform are bound to; undefined: nothing is bound. */
  readonly seat: Seat | undefined;
}

/** Virgin runtimes that were made ahead. */
export interface VirginStock {
  /** One of this kind, if there is one. */
  take(kind: GuestKind): Virgin | undefined;
}
