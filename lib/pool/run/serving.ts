import type { Runtime } from '../engine.ts';
import type { ResolvedFunction } from '../function/resolved-function.ts';
import type { EvictReason } from '../report/evict-reason.ts';
import type { Invocation } from '../report/invocation.ts';
import type { UseMeter } from '../report/use-meter.ts';

/** A runtime with a function in it, as far as what runs in it needs to know. */
export interface Serving {
  readonly fn: ResolvedFunction;
  readonly runtime: Runtime;
  readonly running: ReadonlySet<Invocation>;
  readonly meter: UseMeter;
  /** Set once it takes no further invocation. */
  readonly retiring: EvictReason | undefined;
}
