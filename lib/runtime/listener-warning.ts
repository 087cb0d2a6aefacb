import { brief } from '../options/invalid.ts';

/**
 * A console handler or an event listener of the host threw while the guest was being served. The guest decides when
 * these run, so their errors become a process warning instead of an uncaught exception.
 */
export function warnAboutListener(what: string, error: unknown, of = 'an isolet runtime'): void {
  const detail = error instanceof Error ? (error.stack ?? String(error)) : brief(error);
  process.emitWarning(`A ${what} of ${of} threw: ${detail}`, { code: 'ISOLET_LISTENER_THREW' });
}
