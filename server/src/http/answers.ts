import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { type Problem, problemOf } from '../errors/problem.ts';
import { breakOff } from './break-off.ts';

/** Answers a value as JSON; `undefined` as null. */
export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  const text = JSON.stringify(value) ?? 'null';
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

/** Answers an error as a problem document (RFC 9457), or breaks an answer off that has begun. */
export function answerProblem(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    breakOff(response);
    return;
  }
  const problem = saidOf(error);
  const text = JSON.stringify(problem);
  const headers: OutgoingHttpHeaders = {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(text),
  };
  if (problem.retryAfter !== undefined) headers['retry-after'] = String(Math.ceil(problem.retryAfter / 1000));
  if (Array.isArray(problem['allow'])) headers.allow = problem['allow'].join(', ');
  if (problem.status === 401) headers['www-authenticate'] = 'Bearer';
  response.writeHead(problem.status, headers);
  response.end(text);
}

/** Whatever an error is made of, there is an answer. */
function saidOf(error: unknown): Problem {
  try {
    return problemOf(error);
  } catch {
    return problemOf(undefined);
  }
}
