import { invocationOf } from 'isolet';
import { guestStackOf } from './guest-stack.ts';
import { libraryAnswer, libraryDetails } from './library-codes.ts';
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
  408: 'Request Timeout',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** What a client is told about an error. What nobody expected says nothing of itself. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ServerError) return document(error.status, error.code, error.message, error.details);
  const answer = libraryAnswer(error);
  if (!answer) return document(500, 'ERR_ISOLET_SERVER_INTERNAL', failed, {});
  const { code, message, retryable } = error as { code: string; message: string; retryable?: boolean };
  const stack = guestStackOf(error as Error);
  const details = {
    ...libraryDetails(error),
    ...reportOf(error),
    ...(retryable && { retryable }),
    ...(stack && { stack }),
  };
  if (retryable && !('retryAfter' in details)) Object.assign(details, { retryAfter: 1000 });
  return document(answer.status, code, answer.told ? message : failed, details);
}

const failed = 'The server failed. Its log says why.';

function document(status: number, code: string, detail: string, more: Readonly<Record<string, unknown>>): Problem {
  const title = titles[status] ?? 'Error';
  return { type: `urn:isolet:error:${code}`, title, status, detail, code, ...more };
}

function reportOf(error: unknown): Record<string, unknown> {
  const report = invocationOf(error);
  if (!report) return {};
  const { limit } = report;
  const reached = limit && { limit: limit.name, value: limit.value, observed: limit.observed, phase: limit.phase };
  return { invocationId: report.invocationId, ...reached };
}
