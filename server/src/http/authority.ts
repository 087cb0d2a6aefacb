import type { IncomingMessage } from 'node:http';
import { ServerError } from '../errors/server-error.ts';

const authority = /^(?:[a-z0-9](?:[a-z0-9_.-]{0,252}[a-z0-9_])?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/;

/**
 * Name and port that a client asked for, in lower case and without the dot that ends a full name.
 *
 * @throws {ServerError} if there is none, more than one, or it is none
 */
export function authorityOf(request: IncomingMessage): string {
  const { headers } = request;
  const given = headers.host ?? (headers[':authority'] as string | undefined);
  if (given === undefined) throw bad('There is no host in the request.');
  const text = withoutDot(given.toLowerCase());
  if (!authority.test(text)) throw bad('The host of the request is no name.');
  return text;
}

/** A name of a host as it is looked up. */
export function hostOf(authority: string): string {
  const port = authority.lastIndexOf(':');
  return port > authority.lastIndexOf(']') ? authority.slice(0, port) : authority;
}

/** Node keeps the first of several `host` headers, and others may have looked at the last. */
export function hasManyHosts({ rawHeaders }: IncomingMessage): boolean {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') count++;
  }
  return count > 1;
}

function withoutDot(text: string): string {
  const port = text.indexOf(':');
  const end = port < 0 ? text.length : port;
  return text[end - 1] === '.' ? text.slice(0, end - 1) + text.slice(end) : text;
}

const bad = (message: string): ServerError => new ServerError('ERR_ISOLET_SERVER_BAD_REQUEST', message);
