/**
 * What hears of exceptions that nobody catches, once there is anything: the events of the global. As long as no event target
 * was ever touched there are no listeners, and nothing has to be loaded to know that.
 */
import { ops } from './ops.ts';

interface Reporter {
  reportException(error: unknown): true;
  unhandledRejection(promise: Promise<unknown>, reason: unknown): boolean;
  rejectionHandled(promise: Promise<unknown>, reason: unknown): void;
}

let reporter: Reporter | undefined;

export function setReporter(given: Reporter): void {
  reporter = given;
}

/** What the engine calls. */
export const reportHooks: Reporter = {
  reportException(error) {
    if (reporter) return reporter.reportException(error);
    ops.events.uncaught(error);
    return true;
  },
  unhandledRejection: (promise, reason) => reporter?.unhandledRejection(promise, reason) ?? false,
  rejectionHandled: (promise, reason) => reporter?.rejectionHandled(promise, reason),
};
