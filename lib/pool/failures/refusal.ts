import {
  CapacityError,
  InvalidArgRangeError,
  InvalidArgTypeError,
  RuntimeClosedError,
  TimeoutError,
  ValidationError,
  type ValidationIssue,
} from '../../errors/index.ts';
import { phaseTexts } from '../../errors/limit-errors.ts';

export const invalidArgument = (message: string, option = 'spec', value?: unknown): Error =>
  new InvalidArgTypeError(message, option, value);

/** Of the right type, but not one that may be given. */
export const outOfRange = (message: string, option: string, value: unknown): Error =>
  new InvalidArgRangeError(message, option, value);

/** @param retryable - whether there may be room without anybody doing something about it */
export const capacity = (message: string, limit: number, actual: number, retryable = true): Error =>
  new CapacityError(message, { limit, actual, retryable });

/** @param forCell - all cells were at work */
export function queueTimeout(limit: number, forCell = false): Error {
  const what = forCell ? 'cell: all were at work,' : 'runtime';
  const advice = forCell
    ? "'isolation.maxCells' or 'queueTimeout'"
    : "'queueTimeout' or the limits that keep it waiting";
  return new TimeoutError(
    { kind: 'wall', limit, phase: 'queued' },
    `The invocation waited ${limit} ms for a ${what} and was not started. Raise ${advice}.`,
  );
}

/** Names the options of a function, which are not those of the runtime's call. */
export function loadTimedOut({ kind, phase }: TimeoutError, limit: number): TimeoutError {
  const option = kind === 'cpu' ? 'loadCpuTimeout' : 'loadTimeout';
  return timedOut('Loading', { kind, limit, phase }, `'${option}' if the code around the function needs longer.`);
}

/** Of what goes on after the answer, likewise. */
export function lateTimedOut(error: TimeoutError): TimeoutError {
  const option = error.kind === 'cpu' ? 'lateCpuTimeout' : 'lateTimeout';
  return timedOut('Work that was given to waitUntil', error, `'${option}' if it needs longer.`);
}

function timedOut(
  what: string,
  { kind, limit, phase }: Pick<TimeoutError, 'kind' | 'limit' | 'phase'>,
  advice: string,
): TimeoutError {
  const clock = kind === 'cpu' ? ' of CPU time' : '';
  return new TimeoutError(
    { kind, limit, phase },
    `${what} timed out after ${limit} ms${clock}: ${phaseTexts[phase]}. Raise ${advice}`,
  );
}

/** Of an answer whose body went on. */
export function answerTimedOut(limit: number, phase: TimeoutError['phase']): TimeoutError {
  return new TimeoutError(
    { kind: 'wall', limit, phase },
    `The answer took more than ${limit} ms with its body and was ended. Raise 'timeout', or let it cover the headers only with the option 'timeoutCovers'.`,
  );
}

/** Of what was handed out, likewise. */
export function handedOutTimedOut(
  kind: TimeoutError['kind'],
  limit: number,
  phase: TimeoutError['phase'],
): TimeoutError {
  const error = new TimeoutError({ kind, limit, phase });
  error.message =
    kind === 'cpu'
      ? `What the invocation handed out (streams, promises) took more than ${limit} ms of CPU time. Raise 'streamCpuTimeout' if it needs more.`
      : `The invocation went on for ${limit} ms with what it handed out (streams, promises) and was ended. Raise 'streamTimeout' if that needs longer.`;
  return error;
}

export const poolClosed = (): Error => new RuntimeClosedError('The pool is closed or closing.');

export const invalidFunction = (message: string, issues?: readonly ValidationIssue[], cause?: unknown): Error =>
  new ValidationError(message, issues, cause === undefined ? undefined : { cause });
