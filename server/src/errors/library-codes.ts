import {
  CapacityError,
  CellError,
  type ErrorCode,
  HandlerError,
  HeapLimitError,
  IsoletError,
  JavaScriptError,
  RateLimitError,
  SupersededError,
  TimeoutError,
  TransferError,
  ValidationError,
} from 'isolet';

/** How an error of the library is answered. */
export interface LibraryAnswer {
  readonly status: number;
  /** Whether its message is for the client: others are about the platform, whose business that is alone. */
  readonly told: boolean;
}

const told = (status: number): LibraryAnswer => ({ status, told: true });
const untold = (status: number): LibraryAnswer => ({ status, told: false });

/** Of every code of the library. docs/server/gateway.md has the same as a table. */
export const libraryAnswers: Readonly<Record<ErrorCode, LibraryAnswer>> = {
  ERR_ISOLET_JAVASCRIPT: told(502),
  ERR_ISOLET_TIMEOUT: told(504),
  ERR_ISOLET_TERMINATED: told(502),
  ERR_ISOLET_HEAP_LIMIT: told(502),
  ERR_ISOLET_CLOSED: told(503),
  ERR_ISOLET_DEADLOCK: untold(500),
  ERR_ISOLET_TRANSFER: told(502),
  ERR_ISOLET_MODULE: told(502),
  ERR_ISOLET_MODULE_NOT_FOUND: told(502),
  ERR_ISOLET_SNAPSHOT: untold(500),
  ERR_ISOLET_CAPACITY: told(503),
  ERR_ISOLET_VALIDATION: told(422),
  ERR_ISOLET_FUNCTION_NOT_FOUND: told(404),
  ERR_ISOLET_VERSION_NOT_FOUND: told(404),
  ERR_ISOLET_SUPERSEDED: told(503),
  ERR_ISOLET_RATE_LIMIT: told(429),
  ERR_ISOLET_PLATFORM: untold(503),
  ERR_ISOLET_CELL: untold(503),
  ERR_ISOLET_EGRESS: told(502),
  ERR_ISOLET_DEPENDENCY: untold(500),
  ERR_ISOLET_HANDLER: told(502),
  ERR_ISOLET_INVALID_ARG: untold(500),
};

const handlerStatus = { missing: 404, web: 502, response: 502, upgrade: 501, body: 400 } as const;

/** Undefined: it is none of the library's. */
export function libraryAnswer(error: unknown): LibraryAnswer | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string' || !Object.hasOwn(libraryAnswers, code)) return undefined;
  const answer = libraryAnswers[code as ErrorCode];
  const status = statusOf(error);
  return status === undefined ? answer : { ...answer, status };
}

/** Where the code alone does not say it. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HandlerError) return handlerStatus[error.reason];
  if (error instanceof TimeoutError && error.phase === 'queued') return 503;
  // The function was not called: what it was to get is the client's.
  if (error instanceof TransferError && error.path.startsWith('event')) return 413;
  if (error instanceof SupersededError && error.reason === 'undeployed') return 404;
  if (error instanceof CellError && !error.retryable) return 500;
  if (error instanceof IsoletError && error.code === 'ERR_ISOLET_TERMINATED' && error.retryable) return 503;
  return undefined;
}

/** What of it a client can act on, beside its message. Limits are named as in the function's settings. */
export function libraryDetails(error: unknown): Record<string, unknown> {
  if (error instanceof ValidationError) return { issues: error.issues };
  if (error instanceof JavaScriptError) return { error: { name: error.name, message: error.message } };
  if (error instanceof HeapLimitError) return { limit: 'memoryMb', value: error.limit, observed: error.used };
  if (error instanceof TimeoutError) {
    const limit = error.phase === 'queued' ? 'queueTimeout' : error.kind === 'cpu' ? 'cpuTimeout' : 'timeout';
    return { limit, value: error.limit, phase: error.phase };
  }
  if (error instanceof CapacityError) return { limit: 'capacity', value: error.limit, observed: error.actual };
  if (error instanceof TransferError && error.limit !== undefined) {
    return { limit: 'transfer', value: error.limit, observed: error.actual };
  }
  if (error instanceof RateLimitError) {
    return { limit: 'rate', value: error.limit, per: error.per, retryAfter: error.retryAfter };
  }
  return {};
}
