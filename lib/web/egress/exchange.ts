import { ReadableStream } from 'node:stream/web';
import { EgressError } from '../../errors/egress-error.ts';
import { maxMilliseconds } from '../../options/check.ts';
import type { EgressRecord } from '../../options/egress.ts';
import type { FetchCaller } from '../../options/web.ts';
import { callListener } from '../../runtime/listener-warning.ts';
import { sentBytes } from '../fetch/sent-bytes.ts';
import { bookOf, type EgressBook } from './book.ts';
import { counted } from './counted.ts';
import { failureOf } from './failure.ts';
import { type Hop, headersToSend, isRedirect, nextHop } from './hop.ts';
import type { Network } from './network.ts';
import type { ResolvedEgress } from './options.ts';
import { type Policy, refusal } from './policy.ts';

/** What all requests through one `egress` share. */
export interface Outlet {
  readonly options: ResolvedEgress;
  readonly policy: Policy;
  readonly network: Network;
}

type Answer = Awaited<ReturnType<Network['undici']['fetch']>>;

/** One request of a guest, its redirects, and the answer to the end of its body. */
export class Exchange {
  readonly #outlet: Outlet;
  readonly #request: Request;
  readonly #caller: FetchCaller;
  readonly #book: EgressBook;
  readonly #stop = new AbortController();
  readonly #startedAt = performance.now();
  readonly #record: EgressRecord;
  readonly #timer: NodeJS.Timeout | undefined;
  #url: URL;
  #over = false;

  constructor(outlet: Outlet, request: Request, caller: FetchCaller) {
    this.#outlet = outlet;
    this.#request = request;
    this.#caller = caller;
    this.#book = bookOf(caller);
    const { method, url } = request;
    this.#url = new URL(url);
    this.#record = { method, url, redirects: 0, bytesSent: 0, bytesReceived: 0, durationMs: 0 };
    const { timeout } = outlet.options;
    if (timeout <= maxMilliseconds) this.#timer = setTimeout(() => this.#timeOut(timeout), timeout).unref();
  }

  async run(): Promise<Response> {
    const { signal } = this.#request;
    const giveUp = () => this.#stop.abort(signal.reason);
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true, signal: this.#stop.signal });
    try {
      return await this.#follow();
    } catch (thrown) {
      throw this.#end(this.#stop.signal.aborted ? this.#stop.signal.reason : failureOf(thrown, this.#url));
    }
  }

  async #follow(): Promise<Response> {
    const body = this.#body();
    const headers = headersToSend(this.#request.headers as unknown as Iterable<[string, string]>, body);
    let hop: Hop = { url: this.#url, method: this.#request.method, headers, body };
    for (;;) {
      const answer = await this.#send(hop);
      const location = isRedirect(answer.status) ? answer.headers.get('location') : null;
      if (location === null || this.#request.redirect === 'manual') return this.#answer(answer, hop);
      answer.body?.cancel().catch(() => {});
      if (this.#request.redirect === 'error') throw failed('redirected, and the request takes no redirects', hop.url);
      const { redirects } = this.#outlet.options;
      if (this.#record.redirects >= redirects) throw refusal('redirects', `more than ${redirects} redirects`, hop.url);
      hop = nextHop(hop, answer.status, location);
      this.#record.redirects++;
      this.#url = hop.url;
      this.#record.url = hop.url.href;
    }
  }

  async #send({ url, method, headers, body }: Hop): Promise<Answer> {
    const { options, policy, network } = this.#outlet;
    this.#book.add('requests');
    if (this.#book.requests > options.maxRequests) {
      throw refusal('maxRequests', `more than ${options.maxRequests} requests`, url);
    }
    const admission = await this.#unlessStopped(policy.admit(url, this.#caller));
    if (body instanceof Uint8Array) this.#sent(body.byteLength, 0);
    this.#stop.signal.throwIfAborted();
    return network.undici.fetch(url, {
      method,
      headers: headers as [string, string][],
      redirect: 'manual',
      signal: this.#stop.signal,
      dispatcher: network.agent(admission),
      ...(body && { body: body as Uint8Array<ArrayBuffer> }),
      ...(body instanceof ReadableStream && { duplex: 'half' as const }),
    });
  }

  /** Rules may take their time. */
  #unlessStopped<T>(promise: Promise<T>): Promise<T> {
    const { signal } = this.#stop;
    return new Promise((resolve, reject) => {
      promise.then(resolve, reject);
      if (signal.aborted) reject(signal.reason);
      else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  }

  #body(): Hop['body'] {
    const bytes = sentBytes(this.#request);
    if (bytes) return bytes;
    const { body } = this.#request;
    if (!body) return null;
    let sent = 0;
    return counted(body as ReadableStream<Uint8Array>, {
      onChunk: (length) => {
        sent += length;
        this.#sent(length, sent - length);
      },
    });
  }

  /** @param before - bytes of the same body */
  #sent(length: number, before: number): void {
    const { maxRequestBytes } = this.#outlet.options;
    if (before + length > maxRequestBytes) {
      throw this.#refuse(refusal('maxRequestBytes', `a body of more than ${maxRequestBytes} bytes`, this.#url));
    }
    this.#record.bytesSent += length;
    this.#book.add('bytesSent', length);
  }

  #answer(answer: Answer, { url, method }: Hop): Response {
    const { status, headers } = answer;
    this.#record.status = status;
    const length = Number(headers.get('content-length') ?? 0);
    const { maxResponseBytes } = this.#outlet.options;
    const tooLong = () => refusal('maxResponseBytes', `an answer of more than ${maxResponseBytes} bytes`, url);
    if (method !== 'HEAD' && length > maxResponseBytes && !headers.has('content-encoding')) {
      throw this.#refuse(tooLong());
    }
    const given = answer.body as ReadableStream<Uint8Array> | null;
    const body = given && this.#received(given, tooLong, maxResponseBytes);
    if (!body) this.#end();
    return made(answer, body, url, this.#record.redirects > 0);
  }

  #received(body: ReadableStream<Uint8Array>, tooLong: () => EgressError, most: number): ReadableStream<Uint8Array> {
    return counted(body, {
      onChunk: (length) => {
        if (this.#record.bytesReceived + length > most) throw this.#refuse(tooLong());
        this.#record.bytesReceived += length;
        this.#book.add('bytesReceived', length);
      },
      onEnd: (error) => {
        if (error !== undefined)
          throw this.#end(this.#stop.signal.aborted ? this.#stop.signal.reason : failureOf(error, this.#url));
        this.#end();
      },
      onCancel: () => this.#end(),
    });
  }

  #timeOut(timeout: number): void {
    this.#stop.abort(
      new EgressError('timeout', `fetch failed (timeout): no whole answer within ${timeout} ms`, this.#url.href),
    );
  }

  /** Stops it for `error`: undici has its own words for what fails inside it. */
  #refuse(error: EgressError): EgressError {
    this.#stop.abort(error);
    return error;
  }

  /** Answers `error`. */
  #end(error?: unknown): unknown {
    if (this.#over) return error;
    this.#over = true;
    clearTimeout(this.#timer);
    // Whatever still goes on of it.
    this.#stop.abort(error);
    if (error instanceof EgressError && error.reason !== 'network' && error.reason !== 'timeout')
      this.#book.add('refused');
    const { onFetch } = this.#outlet.options;
    if (!onFetch) return error;
    this.#record.durationMs = performance.now() - this.#startedAt;
    if (error !== undefined) this.#record.error = error;
    callListener('onFetch', () => onFetch(this.#record, this.#caller), 'an isolet egress');
    return error;
  }
}

const failed = (why: string, url: URL) => new EgressError('network', `fetch failed: ${why}`, url.href);

function made(answer: Answer, body: ReadableStream | null, url: URL, redirected: boolean): Response {
  const { status, statusText, headers } = answer;
  const response = new Response(body as ConstructorParameters<typeof Response>[0], {
    status,
    // Servers write there what they like.
    statusText: /^[\t\x20-\x7e\x80-\xff]*$/.test(statusText) ? statusText : '',
    headers: [...(headers as unknown as Iterable<[string, string]>)],
  });
  const told = { url: withoutHash(url), redirected, type: 'basic' };
  for (const [name, value] of Object.entries(told))
    Object.defineProperty(response, name, { value, configurable: true });
  return response;
}

function withoutHash(url: URL): string {
  const copy = new URL(url);
  copy.hash = '';
  return copy.href;
}
