import { types } from 'node:util';
import { brief } from '../../errors/brief.ts';
import { dataProperty } from '../../shared/own.ts';

/**
 * An error for one invocation, made from what ended it and maybe others too: the reason of a signal. Same class, name
 * and message, with the original as its `cause`; for what is no error an `AbortError`.
 */
export function ownError(reason: unknown): Error {
  if (reason instanceof DOMException) return new DOMException(reason.message, { name: reason.name, cause: reason });
  if (types.isNativeError(reason)) return sameError(reason);
  return new DOMException(`The invocation was aborted: ${brief(reason)}`, { name: 'AbortError', cause: reason });
}

export const isReasonOf = (signal: AbortSignal | undefined, error: unknown): boolean =>
  signal?.aborted === true && error === signal.reason;

/** `error`, or if it is the reason of `signal` one like it. */
export function ownIfAborted(error: unknown, signal: AbortSignal | undefined): unknown {
  return isReasonOf(signal, error) ? ownError(error) : error;
}

function sameError(reason: Error): Error {
  const own: Error = Object.setPrototypeOf(new Error(reason.message), Object.getPrototypeOf(reason));
  for (const key of Reflect.ownKeys(reason)) {
    const property = Object.getOwnPropertyDescriptor(reason, key);
    if (property && 'value' in property && key !== 'stack')
      Object.defineProperty(own, key, dataProperty(property.value, property));
  }
  return Object.defineProperty(own, 'cause', dataProperty(reason, { writable: true, configurable: true }));
}
