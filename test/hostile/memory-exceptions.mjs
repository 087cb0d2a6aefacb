/**
 * Programs that may grow the process by more than 3 × the limit + 50 MB, each with the measured reason. They are listed
 * in docs/security.md as well.
 *
 * @type {ReadonlyMap<string, string>}
 */
export const memoryExceptions = new Map([]);
