import type { Invocation } from '../report/invocation.ts';
import type { PoolEntry } from './entry.ts';

/** What is asked of a function. Each has all members of its own: one that is left out would be read off Object.prototype. */
export interface Ask {
  /** What the guest gets first. */
  readonly event: unknown;
  /** Not the function itself, but this of what its code made: see guest-methods.ts. */
  readonly how: 'method' | 'fetch' | 'event' | undefined;
  readonly method: string | undefined;
  /** How long, in ms from its start, the answer may take with all that is in it. */
  readonly answerTimeout: number | undefined;
  /** Why it can't be asked, if so: what the invocation fails with. */
  readonly refusal: unknown;
  /** It has this runtime: makes `event` ready for it. Never rejects. */
  readonly prepare: ((entry: PoolEntry) => Promise<void>) | undefined;
  /** It has a runtime, and the guest is called in a moment. */
  readonly onBegin: ((entry: PoolEntry) => void) | undefined;
  /** Its caller has left, and it goes on in the guest. */
  readonly onLeft: ((entry: PoolEntry, invocation: Invocation) => void) | undefined;
}

/** A function is asked for its answer to an event, or a method of what its code made. */
export const askFor = (event: unknown, method?: string | undefined): Ask => ({
  event,
  how: method === undefined ? undefined : 'method',
  method,
  answerTimeout: undefined,
  refusal: undefined,
  prepare: undefined,
  onBegin: undefined,
  onLeft: undefined,
});
