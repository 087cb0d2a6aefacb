/**
 * The guest's global as an event target, with the handlers that the standard gives to every global
 * (https://html.spec.whatwg.org/#windoworworkerglobalscope-mixin).
 */
import { requireArguments } from '../base/webidl.ts';
import { ErrorEvent } from './error-event.ts';
import { access } from './event.ts';
import { EventTarget } from './event-target.ts';
import { type CallHandler, getHandler, setHandler } from './handlers.ts';
import { reportException } from './report.ts';

const { apply } = Reflect;
const { getPrototypeOf, setPrototypeOf } = Object;

/** `onerror` gets the parts of the event, and cancels it by answering true. */
const callOnError: CallHandler = (callback, target, event) => {
  if (event instanceof ErrorEvent) {
    const { message, filename, lineno, colno, error } = event;
    if (apply(callback, target, [message, filename, lineno, colno, error]) === true) access.cancel(event);
  } else if (apply(callback, target, [event]) === false) {
    access.cancel(event);
  }
};

export const getGlobalHandler = (type: string): object | null => getHandler(globalThis, type);

export function setGlobalHandler(type: string, value: unknown): void {
  if (type === 'error') setHandler(globalThis, type, value, callOnError);
  else setHandler(globalThis, type, value);
}

/** From now on `globalThis instanceof EventTarget`. */
export function adoptGlobal(): typeof EventTarget {
  // The object between the global and Object.prototype, unless the guest has put another there.
  const prototype = getPrototypeOf(globalThis) as object | null;
  if (prototype && getPrototypeOf(prototype) === Object.prototype) setPrototypeOf(prototype, EventTarget.prototype);
  return EventTarget;
}

const functions = {
  /** As if nobody had caught the exception. */
  reportError(error: unknown): void {
    requireArguments(arguments.length, 1, 'reportError');
    reportException(error);
  },
};

/** A method of an object literal: not a constructor, as Web IDL asks of operations. */
export const reportError = functions.reportError;

export const { addEventListener, removeEventListener, dispatchEvent } = EventTarget.prototype;
