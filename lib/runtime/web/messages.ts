import { ReadableStream } from 'node:stream/web';
import type { BodyPart, RequestHead, RequestParts, ResponseHead, ResponseParts } from '../../shared/web/parts.ts';
import { sharedBytes } from './blobs.ts';
import { count, odd, pairs, record, text } from './check-parts.ts';

/** Requests and responses between Node's classes and the parts that cross. */

type Headers = Iterable<[string, string]>;

export const flatOf = (headers: Headers): string[] => [...headers].flat();

/** Anything in the form of a Response: another copy of undici makes its own class. */
export interface ResponseLike {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly url: string;
  readonly redirected: boolean;
  readonly type: string;
  readonly body: ReadableStream | null;
  readonly bodyUsed: boolean;
}

/** The stream of a body; a text says why there is none to be had. */
function bodyOf(owner: { body: unknown; bodyUsed: boolean }, name: string): ReadableStream | null | string {
  if (owner.bodyUsed) return `${name} whose body was read already`;
  const body = owner.body as ReadableStream | null;
  return body?.locked ? `${name} whose body is locked` : body;
}

export function responseParts(response: ResponseLike): ResponseParts | string {
  const body = bodyOf(response, 'Response');
  if (typeof body === 'string') return body;
  const { type, url, redirected, status, statusText } = response;
  return [{ type, url, redirected, status, statusText }, flatOf(response.headers), body];
}

/** `signal`: what stands for the request's signal. */
export function requestParts(request: Request, signal: unknown): RequestParts | string {
  const body = bodyOf(request, 'Request');
  if (typeof body === 'string') return body;
  const { method, url, cache, credentials, integrity, keepalive, mode, redirect, referrer, referrerPolicy } = request;
  const head: RequestHead = {
    method,
    url,
    cache,
    credentials,
    integrity,
    keepalive,
    mode,
    redirect,
    referrer: referrer === '' ? 'no-referrer' : referrer === 'about:client' ? 'client' : referrer,
    referrerPolicy,
  };
  return [head, flatOf(request.headers as unknown as Headers), body, signal];
}

/** Buffers that are the body of something already. */
const bodies = new WeakSet<ArrayBufferLike>();

function toBody(value: unknown): string | Uint8Array | Blob | ReadableStream | null {
  if (value === null || typeof value === 'string') return value;
  if (value instanceof Uint8Array) {
    // One that many have is not to be copied for each.
    if (bodies.has(value.buffer)) return sharedBytes(value) as Blob;
    bodies.add(value.buffer);
    return value;
  }
  if (value instanceof ReadableStream) return value;
  throw odd('body');
}

/** A text without a type stays without one: bytes bring none. */
function untyped<T>(body: T | string, headers: readonly [string, string][]): T | string | Uint8Array {
  if (typeof body !== 'string' || headers.some(([name]) => name === 'content-type')) return body;
  return new TextEncoder().encode(body);
}

export function toRequest(head: unknown, headers: unknown, body: BodyPart, signal: AbortSignal | undefined): Request {
  const given = record<RequestHead>(head);
  const list = pairs(headers);
  const content = untyped(toBody(body), list);
  const isStream = content instanceof ReadableStream;
  const referrer = text(given.referrer);
  return new Request(text(given.url), {
    method: text(given.method),
    headers: list,
    body: content,
    ...(isStream && { duplex: 'half' }),
    ...(signal && { signal }),
    cache: text(given.cache),
    credentials: text(given.credentials),
    integrity: text(given.integrity),
    // Node has no streams with it.
    keepalive: given.keepalive === true && !isStream,
    mode: text(given.mode) === 'navigate' ? 'same-origin' : text(given.mode),
    redirect: text(given.redirect),
    ...(referrer !== 'client' && { referrer: referrer === 'no-referrer' ? '' : referrer }),
    referrerPolicy: text(given.referrerPolicy),
  } as RequestInit);
}

export function toResponse(head: unknown, headers: unknown, body: BodyPart): Response {
  const given = record<ResponseHead>(head);
  if (given.type === 'error') return Response.error();
  const list = pairs(headers);
  const content = untyped(toBody(body), list);
  const response = new Response(content as ConstructorParameters<typeof Response>[0], {
    status: count(given.status),
    statusText: text(given.statusText),
    headers: list,
  });
  // What only a fetch gives a response.
  const told = { url: text(given.url), redirected: given.redirected === true, type: text(given.type) };
  if (told.url === '') return response;
  for (const [name, value] of Object.entries(told))
    Object.defineProperty(response, name, { value, configurable: true });
  return response;
}
