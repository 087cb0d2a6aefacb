/** The listeners of one event target, and what happens when an event reaches it. */

import { reportHooks } from '../base/reporter.ts';
import { typeOf } from '../base/webidl.ts';
import { access, type Event } from './event.ts';

const { apply } = Reflect;

export type ListenerCallback = ((event: Event) => unknown) | { handleEvent?: (event: Event) => unknown };

export interface Listener {
  readonly callback: ListenerCallback;
  readonly capture: boolean;
  readonly once: boolean;
  readonly passive: boolean;
  removed: boolean;
  /** Takes back what waits for the listener's signal. */
  leaveSignal: (() => void) | undefined;
}

/** What a target's attribute `on…` holds; its place among the listeners is that of its first value. */
export interface Handler {
  value: object | null;
  listener: Listener | undefined;
}

export class Listeners {
  readonly #byType = new Map<string, Listener[]>();
  /** Told when the first listener of a type comes and when the last goes. */
  watch: ((type: string, some: boolean) => void) | undefined;
  handlers: Map<string, Handler> | undefined;

  has(type: string): boolean {
    return this.#byType.has(type);
  }

  find(type: string, callback: unknown, capture: boolean): Listener | undefined {
    const list = this.#byType.get(type);
    if (!list) return undefined;
    for (let i = 0; i < list.length; i++) {
      const listener = list[i] as Listener;
      if (listener.callback === callback && listener.capture === capture) return listener;
    }
    return undefined;
  }

  add(type: string, listener: Listener): void {
    const list = this.#byType.get(type);
    if (list) {
      list.push(listener);
      return;
    }
    this.#byType.set(type, [listener]);
    this.watch?.(type, true);
  }

  remove(type: string, listener: Listener): void {
    if (listener.removed) return;
    listener.removed = true;
    listener.leaveSignal?.();
    listener.leaveSignal = undefined;
    const list = this.#byType.get(type);
    const place = list ? list.indexOf(listener) : -1;
    if (!list || place === -1) return;
    list.splice(place, 1);
    if (list.length > 0) return;
    this.#byType.delete(type);
    this.watch?.(type, false);
  }

  /** Calls those of the event's type: first those that capture, as at any target. */
  call(target: object, event: Event): void {
    const list = this.#byType.get(event.type);
    if (!list || access.isStopped(event)) return;
    const only = list.length === 1 ? list[0] : undefined;
    if (only) {
      this.#callOne(target, event, only);
      return;
    }
    // Listeners that come now are not called, those that go are not either.
    const present = list.slice();
    for (const capture of [true, false]) {
      if (access.isStopped(event)) return;
      for (let i = 0; i < present.length; i++) {
        const listener = present[i] as Listener;
        if (listener.capture !== capture || listener.removed) continue;
        this.#callOne(target, event, listener);
        if (access.isStoppedAtOnce(event)) return;
      }
    }
  }

  #callOne(target: object, event: Event, listener: Listener): void {
    if (listener.once) this.remove(event.type, listener);
    access.enter(event, listener.passive);
    try {
      const { callback } = listener;
      if (typeof callback === 'function') {
        apply(callback, target, [event]);
      } else {
        const { handleEvent } = callback;
        if (typeof handleEvent !== 'function') {
          throw new TypeError(`handleEvent of a listener must be a function, got ${typeOf(handleEvent)}`);
        }
        apply(handleEvent, callback, [event]);
      }
    } catch (error) {
      reportHooks.reportException(error);
    }
    access.enter(event, false);
  }
}
