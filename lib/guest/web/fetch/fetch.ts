/** `fetch` (https://fetch.spec.whatwg.org/#fetch-method). What leaves the guest goes through the host. */
import type { BodyPart, RequestHead, ResponseHead } from '../../../shared/web/parts.ts';
import { ops } from '../base/ops.ts';
import { requireArguments } from '../base/webidl.ts';
import type { Blob } from '../file/blob.ts';
import { cancelStream, type ReadableStream } from '../streams/access.ts';
import { portOf, protocolOf } from '../url/record.ts';
import { parseUrl } from './base-url.ts';
import { Body, extractBody, isBytes } from './body.ts';
import { byteStreamOf, fromBodyPart, toBodyPart, type Watcher } from './body-crossing.ts';
import { readDataUrl } from './data-url.ts';
import { HeaderList } from './header-list.ts';
import { parseMimeType } from './mime-type.ts';
import { isBadPort } from './ports.ts';
import { Request, requestBlob, requestBody, requestHead, requestHeaders, requestSource } from './request.ts';
import { makeResponse, type Response, type ResponseType } from './response.ts';
import { onAbort } from './signals.ts';

let lastFetch = 0;

export function fetch(input: unknown, init: unknown = undefined): Promise<Response> {
  try {
    requireArguments(arguments.length, 1, 'fetch');
    const request = new Request(input, init);
    const signal = requestSource(request);
    return signal?.aborted ? giveUp(request, signal.reason) : start(request, signal);
  } catch (error) {
    return Promise.reject(error);
  }
}
Object.defineProperty(fetch, 'length', { value: 1, configurable: true });

function giveUp(request: Request, reason: unknown): Promise<never> {
  const body = requestBody(request);
  if (body && !body.unusable) cancelStream(body.stream, reason).catch(() => {});
  return Promise.reject(reason);
}

async function start(request: Request, signal: AbortSignal | undefined): Promise<Response> {
  const head = requestHead(request);
  const url = parseUrl(head.url);
  const protocol = url && protocolOf(url);
  if (!url || protocol === 'data:') return fromData(head);
  if (protocol === 'blob:') return fromBlob(head, requestBlob(request));
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new TypeError(`fetch does not know the scheme '${protocol}'`);
  }
  if (isBadPort(portOf(url))) throw new TypeError(`fetch refuses port ${portOf(url)}`);
  if (!ops.guest.settings().fetch) {
    throw new TypeError("This guest has no access to the network: its host gave no function 'web.fetch'");
  }
  const id = ++lastFetch;
  const exchange = new Exchange(id, signal);
  try {
    const sent = askHost(id, head, requestHeaders(request).flat(), toBodyPart(requestBody(request)));
    return exchange.answer(...(await exchange.race(sent)));
  } catch (error) {
    exchange.end();
    throw error;
  }
}

function fromData({ method, url }: RequestHead): Response {
  const data = readDataUrl(url);
  if (!data) throw new TypeError('fetch got a data: URL that is not valid');
  const headers = HeaderList.of(['content-type', data.type]);
  const head = { type: 'basic' as const, url, redirected: false, status: 200, statusText: 'OK' };
  return makeResponse(head, headers, method === 'HEAD' ? null : Body.ofSource(data.bytes), 'immutable');
}

function fromBlob({ method, url }: RequestHead, blob: Blob | undefined): Response {
  if (method !== 'GET') throw new TypeError(`fetch gets Blobs with the method GET only, not ${method}`);
  if (!blob) throw new TypeError('fetch got an object URL that names nothing');
  const type = parseMimeType(blob.type) ? blob.type : '';
  const headers = HeaderList.of(['content-length', `${blob.size}`, 'content-type', type]);
  const head = { type: 'basic' as const, url, redirected: false, status: 200, statusText: 'OK' };
  return makeResponse(head, headers, extractBody(blob).body, 'immutable');
}

/** One request and its answer, until the body of that is read. */
class Exchange implements Watcher {
  readonly #id: number;
  readonly #signal: AbortSignal | undefined;
  #stopListening: (() => void) | undefined;
  #onAbort: ((reason: unknown) => void) | undefined;

  constructor(id: number, signal: AbortSignal | undefined) {
    this.#id = id;
    this.#signal = signal;
    if (!signal) return;
    this.#stopListening = onAbort(signal, () => {
      this.#stopListening = undefined;
      // The host hears of it even if it can't hear the reason.
      giveUpInHost(this.#id, signal.reason);
      this.#onAbort?.(signal.reason);
    });
  }

  /** `sent`, or the reason as soon as the signal aborts. */
  race<T>(sent: Promise<T>): Promise<T> {
    const signal = this.#signal;
    if (!signal) return sent;
    return new Promise((resolve, reject) => {
      this.#onAbort = reject;
      sent.then(resolve, reject);
      if (signal.aborted) reject(signal.reason);
    });
  }

  answer(message: ResponseHead, headers: string[], part: BodyPart): Response {
    const { type, url, redirected, status, statusText } = message;
    const head = { type: type as ResponseType, url, redirected, status, statusText };
    const whole = part === null || isBytes(part);
    if (whole) this.end();
    const body = whole ? fromBodyPart(part) : Body.ofStream(byteStreamOf(part as ReadableStream, this));
    return makeResponse(head, HeaderList.of(headers), body, 'immutable');
  }

  /** Of the stream of the answer: it fails with the reason of the signal. */
  onOpen(fail: (reason: unknown) => void): void {
    this.#onAbort = fail;
  }

  end(): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
    this.#onAbort = undefined;
  }
}

type Answer = [head: ResponseHead, headers: string[], body: BodyPart];

async function askHost(id: number, head: RequestHead, headers: string[], body: BodyPart): Promise<Answer> {
  const ask = (again: boolean) => ops.host.call('fetch', id, head, headers, body, again) as Promise<Answer | null>;
  const answer = await ask(false);
  if (answer) return answer;
  // Answers that the guest has forgotten are open in the host until they are collected.
  ops.work.collect();
  return (await ask(true)) as Answer;
}

/** The host hears of it even if it can't hear the reason. */
function giveUpInHost(id: number, reason: unknown): void {
  try {
    ops.host.call('abortFetch', id, reason).catch(() => {});
  } catch {
    ops.host.call('abortFetch', id, undefined).catch(() => {});
  }
}
