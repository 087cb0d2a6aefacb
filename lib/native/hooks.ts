import type { Exported } from '../shared/web/parts.ts';
import type { ErrorRecord } from './error-record.ts';
import type { NativeEvent } from './events.ts';

/**
 * The object (a `Runtime`'s private half) that native holds weakly and hands back to the hooks. It is what keeps
 * host functions reachable, so that a forgotten runtime can be collected.
 */
export type NativeOwner = object;

/** What the addon calls back. Set once per Node environment, before anything else. */
export interface NativeHooks {
  /** `owner`: of the runtime that it is about, if there is one. */
  createError(record: ErrorRecord, owner?: NativeOwner): Error;
  /** What the machine's time zone is called. */
  timeZone(): string;
  /**
   * A guest function arrived that the host does not hold: answer a JsFunction for `id`. The engine holds it weakly, and
   * asks again for what arrives after it was collected or given back through `releaseFunction`.
   */
  importFunction(owner: NativeOwner, id: number, name: string, length: number): object;
  /** A guest stream arrived; `source`, a JsFunction, reads it. */
  importStream(owner: NativeOwner, source: object): object;
  /**
   * A function is about to cross into the guest. For a host function: its id and whether a guest call waits for it;
   * each call is one arrival, given back through `releaseExport`. For a JsFunction: 'guest' and its guest function id
   * when it is a live handle of this owner, else 'foreign' or 'released' (id 0), which is a transfer failure.
   */
  exportFunction(owner: NativeOwner, fn: object): { id: number; mode: ExportMode };
  /**
   * Asked for objects with a class, of a guest with neither `streams` nor `web` only for those named like one of the web.
   * A stream crosses as a host function, or as 'guest' and the guest function that reads it if it came from there; an
   * object of the web as a kind and its parts, or not, with the reason; undefined for anything else.
   */
  exportObject(owner: NativeOwner, object: object): { id: number; mode: ExportMode } | Exported;
  /** An object of the web has arrived, as a kind and its parts: the guest may have made them up. */
  importObject(owner: NativeOwner, kind: number, parts: unknown[]): object;
  /** Host function or stream `id` came home: answer the very object. `undefined` if it is not known (any more). */
  exportedFunction(owner: NativeOwner, id: number): object | undefined;
  /** `count` (default: all) arrivals of host function `id` are given back: the guest dropped it or it never arrived. */
  releaseExport(owner: NativeOwner, id: number, count?: number): void;
  /** The guest calls host function `id`. A returned thenable becomes a guest promise. `callId` is 0 if unknown. */
  callHost(owner: NativeOwner, id: number, callId: number, args: unknown[]): unknown;
  event(owner: NativeOwner, event: NativeEvent): void;
  /**
   * Asynchronous calls that have their values, none of them a thenable: an id and its value, and so on. `over`: the
   * reactions of all that came in this turn run now.
   */
  callsSettled(owner: NativeOwner, answers: unknown[], over: boolean): void;
  /** An asynchronous call failed. */
  callFailed(owner: NativeOwner, callId: number, error: unknown): void;
  /** Whether this is the main thread of the process. */
  mainThread: boolean;
}

/** 'auto' and 'sync' block the guest until the host function returned; 'async' hands out a promise at once. */
export type HostCallMode = 'auto' | 'sync' | 'async';

export type ExportMode = HostCallMode | 'guest' | 'foreign' | 'released';
