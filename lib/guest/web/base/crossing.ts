/**
 * How objects of the platform leave the guest: each class says, when it is made, how to know its instances and what they
 * are made of. Without methods that a guest can replace: what is said here is for the engine.
 */
import type { Exported } from '../../../shared/web/parts.ts';

interface Leaving {
  readonly is: (value: unknown) => boolean;
  readonly parts: (object: never) => Exported;
  readonly before: Leaving | undefined;
}

let last: Leaving | undefined;

/** What is said later is asked first: a class that extends another is made after it. */
export function registerCrossing<T extends object>(
  is: (value: unknown) => value is T,
  parts: (object: T) => Exported,
): void {
  last = { __proto__: null, is, parts, before: last } as unknown as Leaving;
}

/** How an object leaves; undefined: it is none of the platform's. */
export function exportObject(object: object): Exported {
  for (let at = last; at; at = at.before) if (at.is(object)) return at.parts(object as never);
  return undefined;
}
