/**
 * Exceptions that no caller waits for, and rejections that nobody handles: first the guest may hear of them, by events at
 * its global; what it does not cancel goes to the host, as the event 'unhandledRejection' of the runtime
 * (https://html.spec.whatwg.org/#report-the-exception, #unhandled-promise-rejections).
 */
import { ops } from '../base/ops.ts';
import { setReporter } from '../base/reporter.ts';
import { ErrorEvent, PromiseRejectionEvent } from './error-event.ts';
import { access } from './event.ts';
import { dispatch, hasListeners } from './event-target.ts';

/** The run of guest code in which an exception is being reported: a stop leaves this behind. */
let reportingIn: number | undefined;
/** Rejected promises whose rejection the guest was told of; a handler that comes late is told too. */
const outstanding = new WeakSet<object>();
const { has, add, delete: remove } = WeakSet.prototype;
const { apply } = Reflect;

/** What listeners or `onerror` do not cancel is the host's. True: somebody has been told. */
export function reportException(error: unknown): true {
  // A listener of the event that throws itself must not go round in circles.
  if (hasListeners(globalThis, 'error') && reportingIn !== ops.guest.frame()) {
    reportingIn = ops.guest.frame();
    try {
      if (!dispatch(globalThis, errorEvent(error))) return true;
    } finally {
      reportingIn = undefined;
    }
  }
  ops.events.uncaught(error);
  return true;
}

function errorEvent(error: unknown): ErrorEvent {
  const [message, filename, lineno, colno] = ops.events.describe(error);
  const init = { __proto__: null, cancelable: true, message, filename, lineno, colno, error };
  return access.trust(new ErrorEvent('error', init));
}

/** True: the guest has taken care of it. */
export function unhandledRejection(promise: Promise<unknown>, reason: unknown): boolean {
  const told = hasListeners(globalThis, 'unhandledrejection');
  if (!told && !hasListeners(globalThis, 'rejectionhandled')) return false;
  apply(add, outstanding, [promise]);
  ops.events.watchHandled();
  return told && !dispatch(globalThis, rejectionEvent('unhandledrejection', promise, reason, true));
}

/** A promise that was rejected without a handler has got one. */
export function rejectionHandled(promise: Promise<unknown>, reason: unknown): void {
  if (!apply(has, outstanding, [promise])) return;
  apply(remove, outstanding, [promise]);
  if (hasListeners(globalThis, 'rejectionhandled')) {
    dispatch(globalThis, rejectionEvent('rejectionhandled', promise, reason, false));
  }
}

function rejectionEvent(type: string, promise: Promise<unknown>, reason: unknown, cancelable: boolean) {
  return access.trust(new PromiseRejectionEvent(type, { __proto__: null, cancelable, promise, reason }));
}

setReporter({ reportException, unhandledRejection, rejectionHandled });
