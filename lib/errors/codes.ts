/**
 * The catalogue: every `code` an isolet error can carry, with one sentence about when it appears. Documentation, types
 * and classes are held to this list by a test.
 */
export const errorCodes = {
  ERR_ISOLET_JAVASCRIPT: 'The guest threw, or a promise it returned was rejected.',
  ERR_ISOLET_TIMEOUT: 'A call ran past its wall-clock or CPU time limit and was stopped; the runtime stays usable.',
  ERR_ISOLET_TERMINATED:
    'The runtime was terminated, by the host or by the engine; or only this call was dropped, see `reason`.',
  ERR_ISOLET_HEAP_LIMIT: 'The guest needed more memory than the runtime allows; the runtime is terminated.',
  ERR_ISOLET_CLOSED: 'The runtime, pool or builder was closed before or while the call ran.',
  ERR_ISOLET_DEADLOCK: 'A host function asked to wait for the end of the very call it belongs to.',
  ERR_ISOLET_TRANSFER: 'A value could not cross between host and guest: unsupported, too deep, too large or foreign.',
  ERR_ISOLET_MODULE: 'A module could not be resolved, loaded, linked or evaluated.',
  ERR_ISOLET_MODULE_NOT_FOUND: 'No module is registered under the specifier and no loader provided one.',
  ERR_ISOLET_SNAPSHOT: 'A snapshot could not be built, or its bytes are damaged or made for another engine.',
  ERR_ISOLET_CAPACITY:
    "An admission limit was reached: live isolates, queued calls or their bytes, nesting, pool size or a tenant's quota.",
  ERR_ISOLET_VALIDATION: 'A function specification or an event did not pass validation; see `issues`.',
  ERR_ISOLET_FUNCTION_NOT_FOUND: 'No function of that name is deployed for that tenant.',
  ERR_ISOLET_VERSION_NOT_FOUND: 'The function is deployed, but has no such version or alias.',
  ERR_ISOLET_SUPERSEDED: 'A later call took away what this one was for; nothing was started. See `reason`.',
  ERR_ISOLET_RATE_LIMIT: 'The tenant made more calls than its rate limit allows; see `retryAfter`.',
  ERR_ISOLET_PLATFORM:
    "A function of the platform's own that isolet asks (`tenantTier`, `rateLimiter`) failed; see `option` and `cause`.",
  ERR_ISOLET_CELL: 'A process of its own for guests (a cell) could not be built here, or is gone; see `reason`.',
  ERR_ISOLET_EGRESS: 'A request of a guest was refused by a rule of `egress`, or failed on the network; see `reason`.',
  ERR_ISOLET_DEPENDENCY: 'A package that only a part of isolet needs is not installed; see `packages`.',
  ERR_ISOLET_HANDLER:
    'The function has no handler for what was asked, or what its `fetch` answered is no Response; see `reason`.',
  ERR_ISOLET_INVALID_ARG: 'An argument or option has the wrong type (TypeError) or is out of range (RangeError).',
} as const;

/** Those after which the same call, made again later, may succeed; some errors know better, see their classes. */
export const retryableCodes: ReadonlySet<string> = new Set<ErrorCode>([
  'ERR_ISOLET_CAPACITY',
  'ERR_ISOLET_RATE_LIMIT',
  'ERR_ISOLET_PLATFORM',
]);

/** Any `code` of an isolet error. */
export type ErrorCode = keyof typeof errorCodes;
