import type { PoolFunction } from '../function/pool-function.ts';
import type { Invocations } from '../invocations.ts';
import { checkFetchOptions, type FetchOptions } from '../options/fetch-options.ts';
import type { DetailedResult } from '../report/events.ts';
import type { PoolEntry } from '../run/entry.ts';
import { Exchange } from './exchange.ts';
import { readRequest } from './request-parts.ts';
import { toResponse } from './response.ts';

/** With the option `detailed` the response as `value` of a report. */
export type FetchAnswer = Response | DetailedResult<Response>;

/** What `fetch` goes through. */
export interface FetchParts {
  readonly invocations: Invocations;
  /** A limit has stopped code that no invocation waits for. */
  onStopped(entry: PoolEntry): void;
}

/** Has a function's `fetch` answer a request. Reports and counts what `invoke` does. */
export async function fetchAnswer(
  { invocations, onStopped }: FetchParts,
  spec: PoolFunction,
  request: Request,
  given: FetchOptions,
): Promise<FetchAnswer> {
  const { timeoutCovers, ...options } = checkFetchOptions(given);
  const sent = readRequest(request);
  const exchange = new Exchange(sent, request.signal, { ...options, timeoutCovers }, onStopped);
  const asked = { ...options, signal: exchange.signal };
  try {
    const ran = await invocations.run(spec, (_waited, fn) => exchange.ask(fn), asked);
    const value = exchange.answer(ran, toResponse);
    return options.detailed ? { value, ...ran.result.report, ...(ran.late && { late: ran.late }) } : value;
  } catch (error) {
    exchange.failed();
    throw error;
  }
}
