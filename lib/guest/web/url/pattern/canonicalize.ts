/** Brings texts of one component into the form that URLs have them in (https://urlpattern.spec.whatwg.org/#canon-encoding-callbacks). */
import {
  hashOf,
  hostnameOf,
  type Part,
  parseRecord,
  part,
  passwordOf,
  pathnameOf,
  portOf,
  protocolOf,
  searchOf,
  setPart,
  type UrlRecord,
  usernameOf,
} from '../record.ts';

const specialPorts: Readonly<Record<string, string>> = {
  http: '80',
  https: '443',
  ws: '80',
  wss: '443',
  ftp: '21',
  file: '',
};

export const specialSchemes: readonly string[] = Object.keys(specialPorts);

export const isSpecial = (scheme: string) => Object.hasOwn(specialPorts, scheme);

export const isDefaultPort = (scheme: string, port: string) => isSpecial(scheme) && specialPorts[scheme] === port;

/** A URL that has the value; undefined: none can have it. */
function set(href: string, which: Part, value: string): UrlRecord | undefined {
  return setPart(parseRecord(href, undefined) as UrlRecord, which, value);
}

function required(url: UrlRecord | null | undefined, what: string, text: string): UrlRecord {
  if (!url) throw new TypeError(`'${text.length > 100 ? `${text.slice(0, 100)}…` : text}' is no valid ${what}`);
  return url;
}

const dummy = 'https://dummy.invalid/';
const plainDummy = 'dummy://dummy.invalid/';

export function protocol(text: string): string {
  if (text === '') return '';
  return protocolOf(required(parseRecord(`${text}://dummy.invalid/`, undefined), 'protocol', text)).slice(0, -1);
}

export function username(text: string): string {
  if (text === '') return '';
  return usernameOf(required(set(dummy, part.username, text), 'user name', text));
}

export function password(text: string): string {
  if (text === '') return '';
  return passwordOf(required(set(dummy, part.password, text), 'password', text));
}

/** Of a URL with a special scheme. */
export function domain(text: string): string {
  if (text === '') return '';
  return hostnameOf(required(set(dummy, part.hostname, text), 'hostname', text));
}

/** Of any other. */
export function hostname(text: string): string {
  if (text === '') return '';
  return hostnameOf(required(set(plainDummy, part.hostname, text), 'hostname', text));
}

export function ipv6Hostname(text: string): string {
  if (!/^[0-9a-fA-F[\]:]*$/.test(text)) throw new TypeError(`'${text.slice(0, 100)}' is no part of an IPv6 address`);
  return text.toLowerCase();
}

export function port(text: string, scheme = ''): string {
  if (text === '') return '';
  const href = scheme === '' ? plainDummy : `${scheme}://dummy.invalid/`;
  // Some versions of the parser take a text without digits for no port at all.
  const begins = /^[\t\n\r]*[0-9]/.test(text);
  return portOf(
    required(begins && parseRecord(href, undefined) ? set(href, part.port, text) : undefined, 'port', text),
  );
}

export function pathname(text: string): string {
  if (text === '') return '';
  // A path that does not begin with a slash must not get one, and its first segment may not be a dot.
  const absolute = text[0] === '/';
  const path = pathnameOf(required(set(dummy, part.pathname, absolute ? text : `/-${text}`), 'pathname', text));
  return absolute ? path : path.slice(2);
}

export function opaquePathname(text: string): string {
  // A slash at its beginning would make it a path of segments, and spaces at its end are no part of a URL.
  const path = text.slice(0, text.search(/[?#]|$/));
  return pathnameOf(required(parseRecord(`data:-${path}-`, undefined), 'pathname', text)).slice(1, -1);
}

export function search(text: string): string {
  if (text === '') return '';
  return searchOf(required(set(dummy, part.search, `?${text}`), 'search', text)).slice(1);
}

export function hash(text: string): string {
  if (text === '') return '';
  return hashOf(required(set(dummy, part.hash, `#${text}`), 'hash', text)).slice(1);
}
