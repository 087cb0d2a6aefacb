import type { EventEmitter } from 'node:events';
import { types } from 'node:util';
import { brief, cut } from '../errors/brief.ts';

const LONGEST = 10_000;

/**
 * A console handler or an event listener of the host threw while the guest was being served. The guest decides when
 * these run, so their errors become a process warning instead of an uncaught exception.
 */
export function warnAboutListener(what: string, error: unknown, of = 'an isolet runtime', did = 'threw'): void {
  // What is thrown may be a guest's copy, with anything for a stack.
  const stack: unknown = error instanceof Error ? error.stack : undefined;
  const detail = typeof stack === 'string' ? cut(stack, LONGEST) : brief(error);
  process.emitWarning(`A ${what} of ${of} ${did}: ${detail}`, { code: 'ISOLET_LISTENER_THREW' });
}

/** Calls what the host gave us. That it throws, or answers a promise that is rejected, is a warning. */
export function callListener(what: string, call: () => unknown, of?: string): void {
  try {
    const result = call();
    if (types.isPromise(result)) result.then(undefined, (error) => warnAboutListener(what, error, of, 'rejected'));
  } catch (error) {
    warnAboutListener(what, error, of);
  }
}

/** Like `emitter.emit`, but whatever one listener does, the others are called. */
export function callListeners(emitter: EventEmitter, name: string, args: readonly unknown[], of?: string): void {
  if (emitter.listenerCount(name) === 0) return;
  for (const listener of emitter.rawListeners(name)) {
    callListener(`'${name}' listener`, () => Reflect.apply(listener, emitter, args), of);
  }
}
