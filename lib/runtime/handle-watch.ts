import type { Limits } from '../options/call-options.ts';
import { handleOf } from './js-function.ts';
import { coreOf, type Runtime } from './runtime.ts';

/**
 * Takes part in what the host does with the functions and streams of one guest. Reading a stream is a call of the
 * function that reads it; each has a number of its own.
 */
export interface HandleWatch {
  /** One arrived that the host did not hold. */
  arrived(id: number): void;
  /** The host has let go of it: it was released or collected. */
  gone(id: number): void;
  /** The host calls one, under these limits unless `start` is given others. */
  call<T>(id: number, limits: Limits, start: (limits: Limits) => T): T;
  callAsync(id: number, limits: Limits, start: (limits: Limits) => Promise<unknown>): Promise<unknown>;
}

/** From now on `watch` is told. Calls that were begun with `withCallContext` are not its business. */
export function watchHandles(runtime: Runtime, watch: HandleWatch): void {
  coreOf(runtime).handles.watch = watch;
}

/** By which number a watch knows a function; undefined for a function of the host. */
export const handleId = (fn: object): number | undefined => handleOf(fn)?.id;
