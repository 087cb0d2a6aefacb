/** A URL or a pattern of one, component by component (https://urlpattern.spec.whatwg.org/#dictdef-urlpatterninit). */
import {
  hashOf,
  hostnameOf,
  parseRecord,
  passwordOf,
  pathnameOf,
  portOf,
  protocolOf,
  searchOf,
  type UrlRecord,
  usernameOf,
} from '../record.ts';
import * as canonicalize from './canonicalize.ts';
import { type Component, escapePattern } from './component.ts';
import type { PartOptions } from './parts.ts';

export const componentNames = [
  'protocol',
  'username',
  'password',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
] as const;

export type ComponentName = (typeof componentNames)[number];
export type PatternInit = { [K in ComponentName | 'baseURL']?: string };
export type Values = { [K in ComponentName]: string };

export const plainOptions: PartOptions = { delimiter: '', prefix: '', ignoreCase: false };

export const matchesSpecial = (protocol: Component) =>
  canonicalize.specialSchemes.some((scheme) => protocol.regexp.test(scheme));

export const valuesOf = (url: UrlRecord): Values => ({
  protocol: protocolOf(url).slice(0, -1),
  username: usernameOf(url),
  password: passwordOf(url),
  hostname: hostnameOf(url),
  port: portOf(url),
  pathname: pathnameOf(url),
  search: searchOf(url).slice(1),
  hash: hashOf(url).slice(1),
});

const has = (init: PatternInit, ...names: ComponentName[]) => names.some((name) => init[name] !== undefined);

/** What comes from the base: everything before the first component that is given, and nothing behind it. */
function inherit(init: PatternInit, base: Values, result: PatternInit, isPattern: boolean): void {
  const take = (name: ComponentName) => {
    result[name] = isPattern ? escapePattern(base[name]) : base[name];
  };
  if (!has(init, 'protocol')) take('protocol');
  if (!isPattern && !has(init, 'protocol', 'hostname', 'port', 'username')) take('username');
  if (!isPattern && !has(init, 'protocol', 'hostname', 'port', 'username', 'password')) take('password');
  if (!has(init, 'protocol', 'hostname')) take('hostname');
  if (!has(init, 'protocol', 'hostname', 'port')) take('port');
  if (!has(init, 'protocol', 'hostname', 'port', 'pathname')) take('pathname');
  if (!has(init, 'protocol', 'hostname', 'port', 'pathname', 'search')) take('search');
  if (!has(init, 'protocol', 'hostname', 'port', 'pathname', 'search', 'hash')) take('hash');
}

const isAbsolute = (path: string, isPattern: boolean) => path[0] === '/' || (isPattern && /^[\\{]\//.test(path));

const hasOpaquePath = (url: UrlRecord) => url.href[url.pathnameStart] !== '/' && !canonicalize.isSpecial(schemeOf(url));
const schemeOf = (url: UrlRecord) => protocolOf(url).slice(0, -1);

function withBasePath(path: string, base: UrlRecord, isPattern: boolean): string {
  if (hasOpaquePath(base) || isAbsolute(path, isPattern)) return path;
  const basePath = pathnameOf(base);
  const folder = basePath.slice(0, basePath.lastIndexOf('/') + 1);
  return (isPattern ? escapePattern(folder) : folder) + path;
}

/** Of a pattern as they are, of a URL in the form that URLs have. Throws a TypeError if there can be none. */
export function processInit(init: PatternInit, isPattern: boolean): PatternInit {
  const result: PatternInit = {};
  if (!isPattern) for (const name of componentNames) result[name] = '';
  let base: UrlRecord | null = null;
  if (init.baseURL !== undefined) {
    base = parseRecord(init.baseURL, undefined);
    if (!base) throw new TypeError('The base URL is invalid');
    inherit(init, valuesOf(base), result, isPattern);
  }
  if (init.protocol !== undefined) {
    const protocol = init.protocol.endsWith(':') ? init.protocol.slice(0, -1) : init.protocol;
    result.protocol = isPattern ? protocol : canonicalize.protocol(protocol);
  }
  const scheme = result.protocol ?? '';
  const special = scheme === '' || canonicalize.isSpecial(scheme);
  const take = (name: ComponentName, value: string | undefined, convert: (value: string) => string) => {
    if (value !== undefined) result[name] = isPattern ? value : convert(value);
  };
  take('username', init.username, canonicalize.username);
  take('password', init.password, canonicalize.password);
  take('hostname', init.hostname, special ? canonicalize.domain : canonicalize.hostname);
  take('port', init.port, (value) => canonicalize.port(value, scheme));
  if (init.pathname !== undefined) {
    const path = base ? withBasePath(init.pathname, base, isPattern) : init.pathname;
    take('pathname', path, special ? canonicalize.pathname : canonicalize.opaquePathname);
  }
  take('search', init.search?.[0] === '?' ? init.search.slice(1) : init.search, canonicalize.search);
  take('hash', init.hash?.[0] === '#' ? init.hash.slice(1) : init.hash, canonicalize.hash);
  return result;
}
