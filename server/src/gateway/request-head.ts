import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { hopByHop, namedInConnection } from '../http/hop-by-hop.ts';
import type { Target } from './target.ts';

/** What a client said about itself that only a proxy in front of this server may say. */
const forwarded: ReadonlySet<string> = new Set([
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-proto',
  'x-real-ip',
  'forwarded',
]);

/** Names that only the gateway gives. */
const own = 'x-isolet-';

type Protocol = 'http' | 'https';

export interface HeadOptions {
  /** Name and port that the client asked for. */
  readonly authority: string;
  readonly protocol: Protocol;
  /** There is a proxy in front that says who the client is. */
  readonly trustProxy: boolean;
  /** The gateway itself has asked for it, and the function is not to see it. */
  readonly hidesAuthorization: boolean;
}

/** `https` if the client's connection is encrypted. @param trustProxy - as of {@link HeadOptions} */
export function protocolOf(request: IncomingMessage, trustProxy: boolean): Protocol {
  const said = trustProxy ? request.headers['x-forwarded-proto'] : undefined;
  if (typeof said === 'string') return said.trim().toLowerCase().startsWith('https') ? 'https' : 'http';
  return (request.socket as Partial<TLSSocket>).encrypted ? 'https' : 'http';
}

/**
 * The headers that a function gets, as names in lower case and values in turn: without those about the connection, and with
 * who the client is.
 */
export function headersFor(
  request: IncomingMessage,
  { prefix }: Target,
  { authority, protocol, trustProxy, hidesAuthorization }: HeadOptions,
): string[] {
  const { rawHeaders } = request;
  const named = namedInConnection(request.headers.connection);
  const list: string[] = ['host', authority];
  let hops = '';
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    if (name === 'host' || hopByHop.has(name) || named?.has(name) || name.charCodeAt(0) === 58) continue;
    if (hidesAuthorization && name === 'authorization') continue;
    if (name.charCodeAt(0) === 120 && name.startsWith(own)) continue;
    if (forwarded.has(name)) {
      if (name === 'x-forwarded-for' && trustProxy) hops += `${rawHeaders[i + 1]}, `;
      continue;
    }
    list.push(name, rawHeaders[i + 1] as string);
  }
  list.push('x-forwarded-for', hops + (request.socket.remoteAddress ?? ''));
  list.push('x-forwarded-proto', protocol);
  if (prefix !== '') list.push('x-forwarded-prefix', prefix);
  return list;
}
