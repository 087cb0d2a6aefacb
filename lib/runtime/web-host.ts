import { RuntimeClosedError } from '../errors/limit-errors.ts';
import type { CheckedWeb } from '../options/web.ts';
import type { CurrentCall } from './call-context.ts';
import type { WebObjects } from './web/objects.ts';

/** The id of what the guest's web APIs ask, where host functions have theirs. */
export const webHostFunction = 1;

/** The one that asks: a guest, in one of its calls. */
export interface WebCaller {
  /** The options of the guest's web APIs. */
  readonly web: CheckedWeb;
  readonly call: CurrentCall;
  /** What of the web has crossed between the guest and the host. */
  readonly objects: WebObjects;
  /** Aborted when the call was stopped, or the guest ended, before the answer. */
  readonly signal: AbortSignal;
  /**
   * What a room of the web's APIs keeps for one guest: made when it is first asked for. If it can be disposed of
   * (`Symbol.dispose`), it is when the guest ends.
   */
  state<T extends object>(key: symbol, make: () => T): T;
  /** Whether the guest still has a function of the host that it got. */
  holds(fn: (...args: never) => unknown): boolean;
}

/**
 * Answers what the guest's web APIs ask by a name, with values that crossed: like a function that the host bound, but no
 * code of the guest can call it. May answer a promise if the guest asked for one. What it throws the guest gets. The guest
 * may have sent anything.
 */
export type WebHandler = (caller: WebCaller, ...values: unknown[]) => unknown;

const loaders = new Map<string, () => WebHandler>();

/** Says what answers `name`; `load` is called when a guest first asks. */
export function provideWebHandler(name: string, load: () => WebHandler): void {
  let loaded: WebHandler | undefined;
  loaders.set(name, () => {
    loaded ??= load();
    return loaded;
  });
}

/** The host's side of the web APIs of one guest. */
export class WebHost {
  readonly #web: CheckedWeb;
  readonly #holds: WebCaller['holds'];
  readonly #objects: WebObjects;
  readonly #states = new Map<symbol, object>();
  /** By the id of the call that asked. */
  readonly #open = new Map<number, Set<AbortController>>();
  #ended = false;

  constructor(web: CheckedWeb, holds: WebCaller['holds'], objects: WebObjects) {
    this.#objects = objects;
    this.#web = web;
    this.#holds = holds;
  }

  answer(call: CurrentCall, [name, ...values]: unknown[]): unknown {
    const load = typeof name === 'string' ? loaders.get(name) : undefined;
    if (!load) throw new TypeError('The host has no answer to this');
    const controller = new AbortController();
    const caller: WebCaller = {
      web: this.#web,
      call,
      objects: this.#objects,
      signal: controller.signal,
      state: (key, make) => this.#state(key, make),
      holds: this.#holds,
    };
    const answer = load()(caller, ...values);
    if (!(answer instanceof Promise)) return answer;
    this.#hold(call.callId, controller);
    return answer.finally(() => this.#release(call.callId, controller));
  }

  /** A call was stopped: what it had asked for is wanted no more. */
  callStopped(callId: number, reason: unknown): void {
    const open = this.#open.get(callId);
    this.#open.delete(callId);
    for (const controller of open ?? []) controller.abort(reason);
  }

  /** The guest has ended. */
  end(reason: unknown = new RuntimeClosedError()): void {
    this.#ended = true;
    for (const callId of [...this.#open.keys()]) this.callStopped(callId, reason);
    const states = [...this.#states.values()];
    this.#states.clear();
    for (const state of states) (state as Partial<Disposable>)[Symbol.dispose]?.();
  }

  #state<T extends object>(key: symbol, make: () => T): T {
    if (this.#ended) throw new RuntimeClosedError();
    let state = this.#states.get(key);
    if (state === undefined) {
      state = make();
      this.#states.set(key, state);
    }
    return state as T;
  }

  #hold(callId: number, controller: AbortController): void {
    if (this.#ended) {
      controller.abort(new RuntimeClosedError());
      return;
    }
    const open = this.#open.get(callId);
    if (open) open.add(controller);
    else this.#open.set(callId, new Set([controller]));
  }

  #release(callId: number, controller: AbortController): void {
    const open = this.#open.get(callId);
    if (open?.delete(controller) && open.size === 0) this.#open.delete(callId);
  }
}
