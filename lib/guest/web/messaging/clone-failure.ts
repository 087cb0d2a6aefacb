/** DataCloneErrors. */
import { DOMException } from '../base/dom-exception.ts';
import { ops } from '../base/ops.ts';

/** 'a Blob', 'an Event'; a URL is spoken with a consonant. */
const named = (name: string) => `${/^[AEIO]/.test(name) ? 'An' : 'A'} ${name}`;
const failure = (message: string) => new DOMException(message, 'DataCloneError');

export function notCloned(value: unknown, what?: string): DOMException {
  if (what !== undefined) return failure(`${named(what)} can't be cloned`);
  if (typeof value === 'symbol') return failure("A symbol can't be cloned");
  if (typeof value === 'function') return failure("A function can't be cloned");
  return failure("An object of this kind can't be cloned");
}

export const outOfBounds = (): DOMException =>
  failure("A view that its buffer has become too short for can't be cloned");
export const notTransferred = (why: string): DOMException => failure(why);
export const neverTransferred = (what: string | undefined): DOMException =>
  failure(`${what === undefined ? 'An object of this kind' : named(what)} can't be transferred`);

/** A copy by V8's serializer, whose own errors of this name are no DOMExceptions. */
export function byEngine<T>(value: T, transfer?: readonly object[]): T {
  try {
    return ops.guest.structuredClone(value, transfer ? { transfer } : undefined);
  } catch (error) {
    const { name, message } = error as Error;
    throw name === 'DataCloneError' ? failure(message) : error;
  }
}
