import { handleOf } from './js-function.ts';
import { coreOf, type Runtime } from './runtime.ts';
import type { HandleWatch } from './watched-handles.ts';

/** From now on `watch` is told. Calls that were begun with `withCallContext` are not its business. */
export function watchHandles(runtime: Runtime, watch: HandleWatch): void {
  coreOf(runtime).handles.watch = watch;
}

/** By which number a watch knows a function; undefined for a function of the host. */
export const handleId = (fn: object): number | undefined => handleOf(fn)?.id;
