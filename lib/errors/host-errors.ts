/** Errors that left a host function towards a guest; one that comes back is the same object (see JavaScriptError). */
const hostErrors = new WeakSet<object>();

/** A Proxy may throw when it is asked. */
function isError(value: unknown): value is Error {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}

/** Remembers what a host function threw or rejected with. */
export function markHostError(error: unknown): void {
  if (isError(error)) hostErrors.add(error);
}

/** Whether `value` is an error that a host function threw, as opposed to a copy of one the guest made. */
export function isHostError(value: unknown): value is Error {
  return typeof value === 'object' && value !== null && hostErrors.has(value);
}
