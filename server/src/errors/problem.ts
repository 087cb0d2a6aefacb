import {
  CapacityError,
  FunctionNotFoundError,
  HeapLimitError,
  IsoletError,
  invocationOf,
  JavaScriptError,
  RateLimitError,
  RuntimeClosedError,
  SupersededError,
  TimeoutError,
  ValidationError,
} from 'isolet';
import { ServerError } from './server-error.ts';

/** A problem document (RFC 9457) with what a tenant can act on, and nothing of the host. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly invocationId?: string;
  /** ms until the same request may succeed. */
  readonly retryAfter?: number;
  readonly [member: string]: unknown;
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** What a client is told about an error. What nobody expected says nothing of itself. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ServerError) return document(error.status, error.code, error.message, error.details);
  if (error instanceof IsoletError) {
    return document(statusOf(error), error.code, error.message, { ...limitOf(error), ...detailsOf(error) });
  }
  return document(500, 'ERR_ISOLET_SERVER_INTERNAL', 'The server failed. Its log says why.', {});
}

function document(status: number, code: string, detail: string, more: Readonly<Record<string, unknown>>): Problem {
  const title = titles[status] ?? 'Error';
  return { type: `urn:isolet:error:${code}`, title, status, detail, code, ...more };
}

function statusOf(error: IsoletError): number {
  if (error instanceof ValidationError) return 422;
  if (error instanceof FunctionNotFoundError) return 404;
  if (error instanceof RateLimitError) return 429;
  if (error instanceof TimeoutError) return error.phase === 'queued' ? 503 : 504;
  if (error instanceof CapacityError || error instanceof SupersededError || error instanceof RuntimeClosedError) {
    return 503;
  }
  return 502;
}

function limitOf(error: IsoletError): Record<string, unknown> {
  const report = invocationOf(error);
  if (!report) return {};
  const { limit } = report;
  const reached = limit && { limit: limit.name, value: limit.value, observed: limit.observed, phase: limit.phase };
  return { invocationId: report.invocationId, ...reached };
}

function detailsOf(error: IsoletError): Record<string, unknown> {
  if (error instanceof ValidationError) return { issues: error.issues };
  if (error instanceof RateLimitError) return { retryAfter: error.retryAfter };
  if (error instanceof JavaScriptError) return { error: { name: error.name, message: error.message } };
  if (error instanceof HeapLimitError) return { limit: 'memoryMb', value: error.limit };
  return {};
}
