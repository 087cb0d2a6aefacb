import type { ReadableStream } from 'node:stream/web';
import type { PoolFunction } from '../function/pool-function.ts';
import type { Invocations } from '../invocations.ts';
import { checkFetchOptions, type FetchOptions } from '../options/fetch-options.ts';
import type { InvocationReport, LateReport } from '../report/events.ts';
import type { PoolEntry } from '../run/entry.ts';
import { Exchange } from './exchange.ts';
import { HttpAsk } from './http-ask.ts';
import { type HttpRequest, readHttpRequest } from './http-request.ts';
import { odd } from './response.ts';

/** What a function has answered to a request. */
export interface HttpAnswer {
  /** 200 to 599. */
  readonly status: number;
  readonly statusText: string;
  /** Names, in lower case, and values in turn. */
  readonly headers: readonly string[];
  /** A text is UTF-8 on the wire. Of a stream a chunk is made when somebody reads; cancel it if nobody does. */
  readonly body: string | Uint8Array | ReadableStream<Uint8Array> | null;
  /** The account of the invocation, up to the headers if the body is a stream. */
  readonly report: InvocationReport;
  /** Set if the function called `waitUntil`: resolves when that work is over, never rejects. */
  readonly late?: Promise<LateReport> | undefined;
}

/** Options of `respond`. */
export type RespondOptions = Omit<FetchOptions, 'detailed'>;

export interface RespondParts {
  readonly invocations: Invocations;
  /** A limit has stopped code that no invocation waits for. */
  onStopped(entry: PoolEntry): void;
  /** Bytes that the body of an event may have. */
  readonly maxEventBody: number;
}

const typeOfJson = Object.freeze(['content-type', 'application/json']);

/** Has a function answer a request: its `fetch` if it has one, or else what `invoke` calls, on an event. */
export async function respond(
  { invocations, onStopped, maxEventBody }: RespondParts,
  spec: PoolFunction,
  request: HttpRequest,
  given: RespondOptions,
): Promise<HttpAnswer> {
  const options = checkFetchOptions(given);
  const sent = readHttpRequest(request);
  const exchange = new Exchange(sent, undefined, options, onStopped);
  let ask: HttpAsk | undefined;
  try {
    const ran = await invocations.run(
      spec,
      (_waited, fn) => {
        ask = new HttpAsk(exchange.ask(fn), sent, maxEventBody);
        return ask;
      },
      options,
    );
    const { report } = ran.result;
    if (ask?.how === 'fetch') {
      return exchange.answer(ran, ({ status, statusText, headers }, body) => ({
        status,
        statusText,
        headers,
        body: body as HttpAnswer['body'],
        report,
        late: ran.late,
      }));
    }
    exchange.failed();
    return answerOfValue(ran.result.value, report, ran.late);
  } catch (error) {
    exchange.failed();
    throw error;
  }
}

function answerOfValue(value: unknown, report: InvocationReport, late: Promise<LateReport> | undefined): HttpAnswer {
  if (value === undefined) return { status: 204, statusText: '', headers: [], body: null, report, late };
  if (typeof value !== 'string') throw odd();
  return { status: 200, statusText: '', headers: typeOfJson, body: value, report, late };
}
