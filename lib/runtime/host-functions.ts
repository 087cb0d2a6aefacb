import { types } from 'node:util';
import { markHostError } from '../errors/host-errors.ts';
import { RuntimeClosedError } from '../errors/limit-errors.ts';
import type { ExportMode, HostCallMode } from '../native.ts';
import { given } from '../shared/own.ts';
import { type CurrentCall, runInCall } from './call-context.ts';
import { boundAs, type HostFunction, tellGone } from './host-function.ts';
import { handleOf } from './js-function.ts';
import type { StreamCounters } from './streams/counters.ts';
import { OutgoingStreams, type StreamSource } from './streams/export-stream.ts';
import { webHostFunction } from './web-host.ts';

interface Entry {
  readonly id: number;
  readonly fn: HostFunction;
  readonly mode: HostCallMode;
  /** Crossings not given back yet. */
  arrivals: number;
}

/** The host functions one guest can reach. The guest holds ids; this table keeps the functions alive. */
export class HostFunctions {
  readonly #owner: object;
  readonly #streams: OutgoingStreams;
  readonly #byId = new Map<number, Entry>();
  readonly #byFunction = new Map<HostFunction, Entry>();
  /** Smaller ones are the loader of modules and {@link webHostFunction}. */
  #lastId = webHostFunction;

  constructor(owner: object, counters: StreamCounters) {
    this.#owner = owner;
    this.#streams = new OutgoingStreams(counters);
  }

  /** How many host functions the guest can reach. */
  get size(): number {
    return this.#byId.size;
  }

  /** How many streams the guest can reach that have not ended. */
  get openStreams(): number {
    let count = 0;
    for (const fn of this.#byFunction.keys()) if (this.#streams.isOpen(fn)) count++;
    return count;
  }

  export(fn: HostFunction): { id: number; mode: ExportMode } {
    const handle = handleOf(fn);
    if (handle) {
      if (handle.owner !== this.#owner) return { id: 0, mode: 'foreign' };
      return handle.released ? { id: 0, mode: 'released' } : { id: handle.id, mode: 'guest' };
    }
    let entry = this.#byFunction.get(fn);
    if (!entry) {
      const mode = boundAs(fn)?.mode ?? (types.isAsyncFunction(fn) ? 'async' : 'auto');
      entry = { id: ++this.#lastId, fn, mode, arrivals: 0 };
      this.#byFunction.set(fn, entry);
      this.#byId.set(entry.id, entry);
    }
    entry.arrivals++;
    return { id: entry.id, mode: entry.mode };
  }

  /** @throws TypeError the stream is locked */
  exportStream(source: StreamSource): { id: number; mode: ExportMode } {
    return this.export(this.#streams.export(source));
  }

  /** The function or stream the host knows behind `id`. */
  original(id: number): HostFunction | StreamSource | undefined {
    const fn = this.#byId.get(id)?.fn;
    return fn && (this.#streams.original(fn) ?? boundAs(fn)?.fn ?? fn);
  }

  /** Whether the guest has it. */
  holds(fn: (...args: never) => unknown): boolean {
    return this.#byFunction.has(fn as HostFunction);
  }

  release(id: number, count: number): void {
    const entry = this.#byId.get(id);
    if (!entry) return;
    entry.arrivals -= count;
    if (entry.arrivals > 0) return;
    this.#byId.delete(id);
    this.#byFunction.delete(entry.fn);
    this.#streams.end(entry.fn, undefined);
    tellGone(entry.fn);
  }

  /** A call was stopped: nobody goes on reading the streams that it read last. */
  endStreamsOf(callId: number, reason: unknown): void {
    this.#streams.endOf(callId, reason);
  }

  /** The guest reads no more. */
  endStreams(reason: unknown): void {
    for (const { fn } of this.#byId.values()) this.#streams.end(fn, reason);
  }

  clear(): void {
    this.endStreams(new RuntimeClosedError());
    this.#byId.clear();
    this.#byFunction.clear();
  }

  /**
   * Runs host function `id` for the guest. A thenable comes back as a promise of this realm; what is thrown goes on to
   * the guest and is remembered, so that it is recognised if it comes back.
   */
  call(id: number, call: CurrentCall, args: unknown[]): unknown {
    const entry = this.#byId.get(id);
    if (!entry) throw new TypeError('The host function is no longer available');
    return answerGuest(entry, call, args);
  }
}

/** The same for a function that is in no table. */
export function answerGuest(entry: Pick<Entry, 'fn' | 'mode'>, call: CurrentCall, args: unknown[]): unknown {
  try {
    const result = runInCall(call, () => Reflect.apply(entry.fn, undefined, args));
    return settleLater(result, entry);
  } catch (error) {
    markHostError(error);
    throw error;
  }
}

function settleLater(result: unknown, entry: Pick<Entry, 'fn' | 'mode'>): unknown {
  if (!isThenable(result)) return result;
  const promise = result instanceof Promise ? result : Promise.resolve(result);
  // Also marks the promise as handled: when the guest is gone, nobody else listens to it.
  promise.then(undefined, markHostError);
  if (entry.mode === 'sync') {
    throw new TypeError(`Host function '${entry.fn.name}' is bound with mode 'sync' and returned a promise`);
  }
  return promise;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const then = given(value, 'then');
  // A guest's object with a guest's `then` is data: resolving it would run the guest on the event loop.
  return typeof then === 'function' && handleOf(then) === undefined;
}
