import { EgressError } from '../../errors/egress-error.ts';
import { refusal } from './policy.ts';

/** One request of a chain of redirects. */
export interface Hop {
  readonly url: URL;
  readonly method: string;
  readonly headers: readonly [string, string][];
  /** A stream goes out once. */
  readonly body: Uint8Array | ReadableStream<Uint8Array> | null;
}

/** Of one connection, which is not the guest's; and the host, which is that of the address. */
const ofConnection: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const ofBody: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-type',
]);

/** For whom they were sent to, and nobody else. */
const ofOrigin: ReadonlySet<string> = new Set(['authorization', 'cookie']);

export function headersToSend(headers: Iterable<[string, string]>, body: Hop['body']): [string, string][] {
  return [...headers].filter(([name, value]) => {
    // Of bytes it is known, and what is sent of a stream is held to it.
    if (name === 'content-length') return body instanceof ReadableStream && /^\d{1,15}$/.test(value);
    return !ofConnection.has(name);
  });
}

const statuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
export const isRedirect = (status: number): boolean => statuses.has(status);

/** What a redirect asks for (https://fetch.spec.whatwg.org/#http-redirect-fetch). */
export function nextHop({ url, method, headers, body }: Hop, status: number, location: string): Hop {
  if (!URL.canParse(location, url.href))
    throw new EgressError('network', 'fetch failed: redirected to an invalid URL', url.href);
  const next = new URL(location, url);
  if (next.hash === '') next.hash = url.hash;
  if (url.protocol === 'https:' && next.protocol === 'http:') {
    throw refusal('downgrade', 'a redirect from https: to http:', next);
  }
  const asGet = status === 303 ? method !== 'GET' && method !== 'HEAD' : status < 303 && method === 'POST';
  if (!asGet && body instanceof ReadableStream) {
    throw refusal('redirects', 'a body that is a stream can not be sent again', next);
  }
  const left = headers.filter(
    ([name]) => !(asGet && ofBody.has(name)) && !(url.origin !== next.origin && ofOrigin.has(name)),
  );
  return { url: next, method: asGet ? 'GET' : method, headers: left, body: asGet ? null : body };
}
