import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Config } from '../config/schema.ts';
import { ServerError } from '../errors/server-error.ts';
import { answerProblem } from '../http/answers.ts';
import { authorityOf, hasManyHosts, hostOf } from '../http/authority.ts';
import type { Platform } from '../platform/platform.ts';
import { Access } from './access/access.ts';
import { Departure } from './departure.ts';
import { Hosts } from './hosts.ts';
import { type BodyLimits, bodyFailure, bodyOf } from './request-body.ts';
import { headersFor, protocolOf } from './request-head.ts';
import { send } from './send.ts';
import { serverTiming } from './server-timing.ts';
import type { Target } from './target.ts';

const noMore: readonly string[] = [];

/** Functions behind HTTP. */
export class Gateway {
  readonly #platform: Platform;
  readonly #config: Config['gateway'];
  readonly #limits: BodyLimits;
  readonly #hosts: Hosts;
  readonly #access: Access;
  readonly #onError: (error: unknown, request: IncomingMessage) => void;

  /** @param onError - is told of every failure before it is answered */
  constructor(platform: Platform, onError: (error: unknown, request: IncomingMessage) => void) {
    const { gateway, http } = platform.config;
    this.#platform = platform;
    this.#config = gateway;
    this.#limits = { maxBody: gateway.maxBody, stallTimeout: http.stallTimeout };
    this.#hosts = new Hosts(gateway, (host) => platform.domains.find(host));
    this.#access = new Access(platform.accessRules, gateway.issuers);
    this.#onError = onError;
  }

  /** Answers a request if it is for a function. @returns whether it is */
  takes(request: IncomingMessage, response: ServerResponse): boolean {
    try {
      const { url = '' } = request;
      if (url.charCodeAt(0) !== 47) throw noPath();
      if (hasManyHosts(request)) throw new ServerError('ERR_ISOLET_SERVER_BAD_REQUEST', 'There are several hosts.');
      const authority = authorityOf(request);
      const target = this.#hosts.targetOf(hostOf(authority), url);
      if (!target) return false;
      void this.#answer(request, response, target, authority);
    } catch (error) {
      this.#fail(request, response, error);
    }
    return true;
  }

  async #answer(request: IncomingMessage, response: ServerResponse, target: Target, authority: string): Promise<void> {
    const departure = Departure.of(response);
    try {
      refuseWhatIsNoRequest(request);
      const { tenant, name, alias, prefix, path } = target;
      const { method = 'GET' } = request;
      const admitting = this.#access.admit(request, target);
      const admitted = admitting instanceof Promise ? await admitting : admitting;
      const given = bodyOf(request, response, this.#limits);
      const body = given instanceof Promise ? await given : given;
      const { trustProxy } = this.#config;
      const protocol = protocolOf(request, trustProxy);
      const url = `${protocol}://${authority}${path}`;
      const hidesAuthorization = admitted?.hidesAuthorization === true;
      const headers = headersFor(request, target, { authority, protocol, trustProxy, hidesAuthorization });
      if (admitted) headers.push(...admitted.headers);
      const asked = { method, url, headers, body };
      const answer = await this.#platform.invocations.respond(tenant, name, asked, { alias }, departure.signal);
      await send(response, answer, {
        method,
        cookiePath: prefix === '' ? undefined : prefix,
        shared: prefix !== '',
        more: this.#config.serverTiming ? ['server-timing', serverTiming(answer.report)] : noMore,
        stallTimeout: this.#limits.stallTimeout,
      });
    } catch (error) {
      if (!departure.aborted) this.#fail(request, response, bodyFailure(request) ?? error);
    }
  }

  #fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    this.#onError(error, request);
    answerProblem(response, error);
  }
}

const noPath = (): ServerError =>
  new ServerError('ERR_ISOLET_SERVER_BAD_REQUEST', 'A request is for a path, which begins with a slash.');

/** @throws {ServerError} */
function refuseWhatIsNoRequest({ method, headers }: IncomingMessage): void {
  if (method === 'TRACE' || method === 'TRACK' || method === 'CONNECT') {
    throw new ServerError('ERR_ISOLET_SERVER_METHOD', `Functions do not answer ${method}.`);
  }
  if (headers.upgrade?.toLowerCase() === 'websocket') {
    throw new ServerError(
      'ERR_ISOLET_SERVER_UNSUPPORTED',
      'Functions do not speak WebSocket. Use server-sent events: answer a stream of the type text/event-stream.',
    );
  }
}
