import type { IncomingMessage, ServerResponse } from 'node:http';
import findMyWay from 'find-my-way';
import { notFound, ServerError } from '../errors/server-error.ts';
import { answerProblem } from './answers.ts';
import { isWritten } from './break-off.ts';

/** What a handler gets: node's own two, the path's parameters and the query. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Aborted when the client goes away before it has its answer. */
  readonly signal: AbortSignal;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One operation behind a path such as `/v1/tenants/:tenant`; `*` at the end takes the rest. */
export interface Route {
  readonly method: Method | readonly Method[] | 'ANY';
  readonly path: string;
  readonly handle: (exchange: Exchange) => void | Promise<void>;
}

const every: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Finds the route of a request; whatever goes wrong is answered as a problem. */
export class Router {
  /** The longest parameter is a key of 512 bytes, three characters for each. */
  readonly #routes = findMyWay({ ignoreTrailingSlash: true, maxParamLength: 1536 });
  readonly #onError: (error: unknown, request: IncomingMessage) => void;

  /** @param onError - is told of every failure before it is answered */
  constructor(routes: readonly Route[], onError: (error: unknown, request: IncomingMessage) => void) {
    this.#onError = onError;
    for (const { method, path, handle } of routes) {
      const methods = method === 'ANY' ? [...every, 'OPTIONS' as const] : [method].flat();
      const withHead = methods.includes('GET') ? [...methods, 'HEAD' as const] : methods;
      this.#routes.on(withHead as findMyWay.HTTPMethod[], path, () => {}, handle);
    }
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { url = '/', method = 'GET', headers } = request;
      if (headers.expect !== undefined && request.httpVersionMajor < 2) response.writeContinue();
      const found = this.#routes.find(method as findMyWay.HTTPMethod, url);
      if (!found) throw this.#missing(url);
      const query = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?')) : '');
      const params = found.params as Readonly<Record<string, string>>;
      const handle = found.store as Route['handle'];
      await handle({ request, response, params, query, signal: goneSignal(response) });
    } catch (error) {
      this.#onError(error, request);
      answerProblem(response, error);
    }
  }

  #missing(url: string): ServerError {
    const allowed = every.filter((method) => this.#routes.find(method, url));
    if (allowed.length === 0) return notFound('page here');
    return new ServerError('ERR_ISOLET_SERVER_METHOD', `Here one can ${allowed.join(', ')}.`, { allow: allowed });
  }
}

function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!isWritten(response)) gone.abort();
  });
  return gone.signal;
}
