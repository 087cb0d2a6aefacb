/** EventTarget (https://dom.spec.whatwg.org/#interface-eventtarget), and the guest's global as one. */
import { DOMException } from '../base/dom-exception.ts';
import {
  defineInterface,
  isObject,
  requireArguments,
  toBoolean,
  toDictionary,
  toDOMString,
  toInterface,
  typeOf,
} from '../base/webidl.ts';
import { access, type Event } from './event.ts';
import { type Listener, type ListenerCallback, Listeners } from './listeners.ts';

/** What this module needs of signals, whose class inherits from the one here. */
interface Signals {
  is(value: unknown): value is object;
  isAborted(signal: object): boolean;
  /** Calls `algorithm` when the signal is aborted; what comes back takes it back. */
  add(signal: object, algorithm: () => void): () => void;
}

let signals: Signals | undefined;

export function useSignals(given: Signals): void {
  signals = given;
}

const toSignal = (value: unknown, what: string) =>
  toInterface(value, (it): it is object => signals?.is(it) ?? false, 'AbortSignal', what);

const listenerOptions = { capture: { to: toBoolean, default: false } } as const;
const addOptions = {
  ...listenerOptions,
  once: { to: toBoolean, default: false },
  passive: { to: toBoolean, default: false },
  signal: { to: toSignal },
} as const;

interface AddOptions {
  capture: boolean;
  once: boolean;
  passive: boolean;
  signal: object | undefined;
}

const plain: AddOptions = { capture: false, once: false, passive: false, signal: undefined };
const capturing: AddOptions = { ...plain, capture: true };

function readAddOptions(options: unknown): AddOptions {
  if (options === undefined || options === null) return plain;
  if (!isObject(options)) return options ? capturing : plain;
  return toDictionary(options, addOptions, 'The options of addEventListener');
}

function readCapture(options: unknown): boolean {
  if (!isObject(options)) return !!options;
  return toDictionary(options, listenerOptions, 'The options of removeEventListener').capture;
}

function toCallback(value: unknown, what: string): ListenerCallback | null {
  if (value === null || value === undefined) return null;
  if (!isObject(value)) throw new TypeError(`${what} must be a function or an object, got ${typeOf(value)}`);
  return value as ListenerCallback;
}

const globalListeners = new Listeners();
let listenersOf: (target: object) => Listeners;

export class EventTarget {
  #listeners: Listeners | undefined = undefined;

  addEventListener(type: unknown, callback: unknown, options: unknown = undefined): void {
    const listeners = listenersOf(this);
    requireArguments(arguments.length, 2, 'EventTarget.addEventListener');
    const name = toDOMString(type, 'The type of an event');
    const called = toCallback(callback, 'The listener of addEventListener');
    const { capture, once, passive, signal } = readAddOptions(options);
    if (signal && signals?.isAborted(signal)) return;
    if (called === null || listeners.find(name, called, capture)) return;
    const listener: Listener = { callback: called, capture, once, passive, removed: false, leaveSignal: undefined };
    listeners.add(name, listener);
    if (signal) listener.leaveSignal = signals?.add(signal, () => listeners.remove(name, listener));
  }

  removeEventListener(type: unknown, callback: unknown, options: unknown = undefined): void {
    const listeners = listenersOf(this);
    requireArguments(arguments.length, 2, 'EventTarget.removeEventListener');
    const name = toDOMString(type, 'The type of an event');
    const called = toCallback(callback, 'The listener of removeEventListener');
    const found = listeners.find(name, called, readCapture(options));
    if (found) listeners.remove(name, found);
  }

  dispatchEvent(event: Event): boolean {
    const listeners = listenersOf(this);
    requireArguments(arguments.length, 1, 'EventTarget.dispatchEvent');
    const given = toInterface(event, access.is, 'Event', 'The argument of dispatchEvent');
    if (access.isDispatching(given)) {
      throw new DOMException('The event is being dispatched already', 'InvalidStateError');
    }
    access.distrust(given);
    return dispatchTo(this ?? globalThis, listeners, given);
  }

  static {
    listenersOf = (target) => {
      // A function of the global is called without a target.
      if (target === undefined || target === null || target === globalThis) return globalListeners;
      if (!(#listeners in target)) throw new TypeError('This is not an EventTarget');
      const found = (target as EventTarget).#listeners;
      if (found) return found;
      const made = new Listeners();
      (target as EventTarget).#listeners = made;
      return made;
    };
  }
}

function dispatchTo(target: object, listeners: Listeners, event: Event): boolean {
  access.begin(event, target);
  listeners.call(target, event);
  return access.end(event);
}

/** Dispatches an event of the platform. False: it was canceled. */
export function dispatch(target: object, event: Event): boolean {
  return dispatchTo(target, listenersOf(target), event);
}

export function hasListeners(target: object, type: string): boolean {
  return listenersOf(target).has(type);
}

export { listenersOf };

defineInterface(EventTarget, {
  name: 'EventTarget',
  members: ['addEventListener', 'removeEventListener', 'dispatchEvent'],
  lengths: { addEventListener: 2, removeEventListener: 2, dispatchEvent: 1 },
});
