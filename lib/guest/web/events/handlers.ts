/**
 * Event handler attributes: `onabort` & co. (https://html.spec.whatwg.org/#event-handler-idl-attributes). A value that is no
 * object is null; an object that can't be called does nothing.
 */
import { isObject } from '../base/webidl.ts';
import { access, type Event } from './event.ts';
import { listenersOf } from './event-target.ts';
import type { Handler, Listener } from './listeners.ts';

const { apply } = Reflect;

/** Calls what the attribute holds. What it answers may cancel the event. */
export type CallHandler = (callback: (...args: unknown[]) => unknown, target: object, event: Event) => void;

const callHandler: CallHandler = (callback, target, event) => {
  if (apply(callback, target, [event]) === false) access.cancel(event);
};

interface HandlerOptions {
  call?: CallHandler;
  /** Told of each assignment. */
  changed?: (target: object) => void;
}

/** Defines `on<type>` on the prototype of an EventTarget. */
export function defineHandler(on: object, type: string, options: HandlerOptions = {}): void {
  const { call = callHandler, changed } = options;
  const name = `on${type}`;
  const accessors = {
    get [name](): object | null {
      return getHandler(this, type);
    },
    set [name](value: unknown) {
      setHandler(this, type, value, call);
      changed?.(this);
    },
  };
  const found = Object.getOwnPropertyDescriptor(accessors, name) as PropertyDescriptor;
  Object.defineProperty(on, name, found);
}

export function getHandler(target: object, type: string): object | null {
  return listenersOf(target).handlers?.get(type)?.value ?? null;
}

export function setHandler(target: object, type: string, given: unknown, call: CallHandler = callHandler): void {
  const value = isObject(given) ? given : null;
  const listeners = listenersOf(target);
  listeners.handlers ??= new Map();
  let handler = listeners.handlers.get(type);
  if (!handler) {
    if (value === null) return;
    handler = { value: null, listener: undefined };
    listeners.handlers.set(type, handler);
  }
  handler.value = value;
  if (value === null) {
    if (handler.listener) listeners.remove(type, handler.listener);
    handler.listener = undefined;
  } else if (!handler.listener) {
    handler.listener = handlerListener(target, handler, call);
    listeners.add(type, handler.listener);
  }
}

function handlerListener(target: object, handler: Handler, call: CallHandler): Listener {
  return {
    callback(event) {
      if (typeof handler.value === 'function') call(handler.value as () => unknown, target, event);
    },
    capture: false,
    once: false,
    passive: false,
    removed: false,
    leaveSignal: undefined,
  };
}
