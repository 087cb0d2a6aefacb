/**
 * A parsed URL as the parsers give it: the href and where its parts are. Other parts of the bundle (fetch, URLPattern) use
 * records where they need no URL object.
 */
import { ops } from '../base/ops.ts';
import { scriptParser } from './script-parser.ts';

const absent = -1;

/** The parts that can be set, by their numbers in native/web/ada.h. */
export const part = {
  protocol: 0,
  username: 1,
  password: 2,
  host: 3,
  hostname: 4,
  port: 5,
  pathname: 6,
  search: 7,
  hash: 8,
} as const;

export type Part = (typeof part)[keyof typeof part];

/** What a parser leaves here beside the href: see UrlRecord. */
const offsets = new Int32Array(8);

export class UrlRecord {
  readonly href: string;
  readonly protocolEnd: number;
  readonly usernameEnd: number;
  readonly hostStart: number;
  readonly hostEnd: number;
  readonly portNumber: number;
  readonly pathnameStart: number;
  readonly searchStart: number;
  readonly hashStart: number;

  // Assignments: fields with initialisers are defined one by one, which takes longer than to parse.
  constructor(href: string) {
    this.href = href;
    this.protocolEnd = offsets[0] as number;
    this.usernameEnd = offsets[1] as number;
    this.hostStart = offsets[2] as number;
    this.hostEnd = offsets[3] as number;
    this.portNumber = offsets[4] as number;
    this.pathnameStart = offsets[5] as number;
    this.searchStart = offsets[6] as number;
    this.hashStart = offsets[7] as number;
  }
}

/** Null: that is no URL. Lone surrogates in either are taken as U+FFFD. */
export function parseRecord(input: string, base: string | undefined): UrlRecord | null {
  let href = ops.url.parse(input, base, offsets);
  if (href === null) href = scriptParser().parse(input, base, offsets);
  return href === undefined ? null : new UrlRecord(href);
}

export function canParse(input: string, base: string | undefined): boolean {
  return ops.url.canParse(input, base) ?? scriptParser().parse(input, base, offsets) !== undefined;
}

/** The record with another value of one part; undefined: it can't have that. */
export function setPart(record: UrlRecord, which: Part, value: string): UrlRecord | undefined {
  let href = ops.url.set(record.href, which, value, offsets);
  if (href === null) href = scriptParser().set(record.href, which, value, offsets);
  return href === undefined ? undefined : new UrlRecord(href);
}

export const protocolOf = (url: UrlRecord) => url.href.slice(0, url.protocolEnd);

export const usernameOf = (url: UrlRecord) =>
  url.protocolEnd + 2 < url.usernameEnd ? url.href.slice(url.protocolEnd + 2, url.usernameEnd) : '';

export const passwordOf = (url: UrlRecord) =>
  url.hostStart > url.usernameEnd ? url.href.slice(url.usernameEnd + 1, url.hostStart) : '';

/** Behind the credentials. */
const hostnameStart = (url: UrlRecord) => (url.href[url.hostStart] === '@' ? url.hostStart + 1 : url.hostStart);

export function hostOf(url: UrlRecord): string {
  const start = hostnameStart(url);
  // Between an empty host and the pathname there may stand '/.', which belongs to neither.
  return start >= url.hostEnd ? '' : url.href.slice(start, url.pathnameStart);
}

export const hostnameOf = (url: UrlRecord) => url.href.slice(hostnameStart(url), url.hostEnd);

export const portOf = (url: UrlRecord) => (url.portNumber === absent ? '' : `${url.portNumber}`);

export function pathnameOf(url: UrlRecord): string {
  const end = url.searchStart !== absent ? url.searchStart : url.hashStart;
  return url.href.slice(url.pathnameStart, end === absent ? undefined : end);
}

/** With its question mark; empty if there is nothing behind it. */
export function searchOf(url: UrlRecord): string {
  if (url.searchStart === absent) return '';
  const end = url.hashStart === absent ? url.href.length : url.hashStart;
  return end - url.searchStart <= 1 ? '' : url.href.slice(url.searchStart, end);
}

/** Likewise. */
export function hashOf(url: UrlRecord): string {
  return url.hashStart === absent || url.href.length - url.hashStart <= 1 ? '' : url.href.slice(url.hashStart);
}

/** A host, though perhaps an empty one. */
export const hasHost = (url: UrlRecord) => url.hostStart > url.protocolEnd;

export function originOf(url: UrlRecord): string {
  const protocol = protocolOf(url);
  switch (protocol) {
    case 'http:':
    case 'https:':
    case 'ws:':
    case 'wss:':
    case 'ftp:':
      return `${protocol}//${hostOf(url)}`;
    case 'blob:': {
      const inner = parseRecord(pathnameOf(url), undefined);
      if (!inner) return 'null';
      const scheme = protocolOf(inner);
      return scheme === 'http:' || scheme === 'https:' ? originOf(inner) : 'null';
    }
    default:
      return 'null';
  }
}
