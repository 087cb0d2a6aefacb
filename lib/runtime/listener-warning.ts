import { brief, cut } from '../options/brief.ts';

const LONGEST = 10_000;

/**
 * A console handler or an event listener of the host threw while the guest was being served. The guest decides when
 * these run, so their errors become a process warning instead of an uncaught exception.
 */
export function warnAboutListener(what: string, error: unknown, of = 'an isolet runtime'): void {
  // What is thrown may be a guest's copy, with anything for a stack.
  const stack: unknown = error instanceof Error ? error.stack : undefined;
  const detail = typeof stack === 'string' ? cut(stack, LONGEST) : brief(error);
  process.emitWarning(`A ${what} of ${of} threw: ${detail}`, { code: 'ISOLET_LISTENER_THREW' });
}
