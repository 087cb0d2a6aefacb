import { ServerError } from '../errors/server-error.ts';

/** The function that a request is for, and what the function sees of the path. */
export interface Target {
  readonly tenant: string;
  readonly name: string;
  readonly alias?: string | undefined;
  /** What goes before the path in the client's eyes: `/fn/<tenant>/<name>`, or nothing if the host says it all. */
  readonly prefix: string;
  /** Path and query for the function; begins with a slash. */
  readonly path: string;
}

/** Names of tenants and functions. Nothing is decoded before they are looked at: a name has no other spelling. */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;
/** What a parser of URLs would change: dot segments in any spelling, backslashes, what is no ASCII. */
const unsettled = /\/\.|\/%2e|[\\#]|[^\x21-\x7e]/i;

export const isName = (text: string): boolean => namePattern.test(text);

/** Path and query as the URL standard has them. @throws {ServerError} they are none */
export function settledPath(path: string): string {
  if (!unsettled.test(path)) return path;
  if (path.includes('#')) throw new ServerError('ERR_ISOLET_SERVER_BAD_REQUEST', "The path must not hold a '#'.");
  // node:http hands bytes on as Latin-1.
  const text = Buffer.from(path, 'latin1').toString('utf8');
  try {
    const { pathname, search } = new URL(`http://x${text}`);
    return pathname + search;
  } catch {
    throw new ServerError('ERR_ISOLET_SERVER_BAD_REQUEST', 'The path is none that a URL can have.');
  }
}

/** `/fn/<tenant>/<name>` and what comes after it. @throws {ServerError} the names are none */
export function targetOfPath(url: string): Target {
  const tenantEnd = url.indexOf('/', 4);
  const tenant = tenantEnd < 0 ? '' : url.slice(4, tenantEnd);
  const nameEnd = endOfSegment(url, tenantEnd + 1);
  const name = url.slice(tenantEnd + 1, nameEnd);
  if (!isName(tenant) || !isName(name)) throw noFunction();
  return { tenant, name, prefix: url.slice(0, nameEnd), path: restOf(url, nameEnd) };
}

/** `/<name>` and what comes after it, where the host says the tenant. @throws {ServerError} the name is none */
export function targetOfTenant(tenant: string, url: string): Target {
  const end = endOfSegment(url, 1);
  const name = url.slice(1, end);
  if (!isName(name)) throw noFunction();
  return { tenant, name, prefix: url.slice(0, end), path: restOf(url, end) };
}

export const noFunction = (): ServerError =>
  new ServerError('ERR_ISOLET_SERVER_NOT_FOUND', 'There is no function at this address.');

function endOfSegment(url: string, from: number): number {
  for (let at = from; at < url.length; at++) {
    const code = url.charCodeAt(at);
    if (code === 47 || code === 63) return at;
  }
  return url.length;
}

function restOf(url: string, from: number): string {
  const rest = url.slice(from);
  return settledPath(rest.startsWith('/') ? rest : `/${rest}`);
}
