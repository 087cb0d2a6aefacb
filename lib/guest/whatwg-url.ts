/**
 * URLs by whatwg-url, for guests of a Node whose own parser can't be used: evaluated in the guest when it parses its first
 * URL. Speaks the language of native/web/url_ops.h.
 */

import {
  basicURLParse,
  cannotHaveAUsernamePasswordPort,
  hasAnOpaquePath,
  serializeHost,
  serializePath,
  serializeURL,
  setThePassword,
  setTheUsername,
  type UrlRecord,
} from 'whatwg-url/lib/url-state-machine.js';
import { toUSVString } from './web/base/strings.ts';

export { setUtf8 } from './whatwg-url-text.ts';

const absent = -1;

/** Characters; a longer text is no URL, as for the other parser. */
const longest = 1024 * 1024;

function describe(url: UrlRecord, offsets: Int32Array): string {
  const href = serializeURL(url);
  let at = url.scheme.length + 1;
  offsets[0] = at;
  offsets[1] = at;
  offsets[2] = at;
  if (url.host !== null) {
    at += 2 + url.username.length;
    offsets[1] = at;
    if (url.password !== '') at += 1 + url.password.length;
    offsets[2] = at;
    if (url.username !== '' || url.password !== '') at += 1;
    at += serializeHost(url.host).length;
  }
  offsets[3] = at;
  offsets[4] = url.port ?? absent;
  if (url.port !== null) at += 1 + `${url.port}`.length;
  if (url.host === null && !hasAnOpaquePath(url) && url.path.length > 1 && url.path[0] === '') at += 2;
  offsets[5] = at;
  at += serializePath(url).length;
  offsets[6] = url.query === null ? absent : at;
  if (url.query !== null) at += 1 + url.query.length;
  offsets[7] = url.fragment === null ? absent : at;
  return href;
}

export function parse(input: string, base: string | undefined, offsets: Int32Array): string | undefined {
  if (input.length > longest || (base !== undefined && base.length > longest)) return undefined;
  const baseURL = base === undefined ? null : basicURLParse(toUSVString(base));
  if (base !== undefined && baseURL === null) return undefined;
  const url = basicURLParse(toUSVString(input), { baseURL });
  return url === null ? undefined : describe(url, offsets);
}

type Setter = (url: UrlRecord, value: string) => boolean;

const override = (url: UrlRecord, value: string, stateOverride: string) =>
  basicURLParse(value, { url, stateOverride }) !== null;

/** In the order of UrlPart in native/web/ada.h. False: it stays as it was. */
const setters: readonly Setter[] = [
  (url, value) => override(url, `${value}:`, 'scheme start'),
  (url, value) => {
    if (cannotHaveAUsernamePasswordPort(url)) return false;
    setTheUsername(url, value);
    return true;
  },
  (url, value) => {
    if (cannotHaveAUsernamePasswordPort(url)) return false;
    setThePassword(url, value);
    return true;
  },
  (url, value) => !hasAnOpaquePath(url) && override(url, value, 'host'),
  (url, value) => !hasAnOpaquePath(url) && override(url, value, 'hostname'),
  (url, value) => {
    if (cannotHaveAUsernamePasswordPort(url)) return false;
    if (value !== '') return override(url, value, 'port');
    url.port = null;
    return true;
  },
  (url, value) => {
    if (hasAnOpaquePath(url)) return false;
    url.path = [];
    return override(url, value, 'path start');
  },
  (url, value) => {
    url.query = value === '' ? null : '';
    return value === '' || override(url, value[0] === '?' ? value.slice(1) : value, 'query');
  },
  (url, value) => {
    url.fragment = value === '' ? null : '';
    return value === '' || override(url, value[0] === '#' ? value.slice(1) : value, 'fragment');
  },
];

export function set(href: string, which: number, value: string, offsets: Int32Array): string | undefined {
  const url = basicURLParse(href);
  if (url === null || value.length > longest) return undefined;
  return setters[which]?.(url, toUSVString(value)) ? describe(url, offsets) : undefined;
}
