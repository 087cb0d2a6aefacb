/** URL, after https://url.spec.whatwg.org/#url-class. */
import { Kind } from '../../../shared/web/parts.ts';
import { registerCrossing } from '../base/crossing.ts';
import { defineInterface, requireArguments, toDOMString, toInterface } from '../base/webidl.ts';
import { addObjectUrl, removeObjectUrl } from '../file/object-urls.ts';
import {
  canParse,
  hashOf,
  hostnameOf,
  hostOf,
  originOf,
  type Part,
  parseRecord,
  part,
  passwordOf,
  pathnameOf,
  portOf,
  protocolOf,
  searchOf,
  setPart,
  UrlRecord,
  usernameOf,
} from './record.ts';
import { bindSearchParams, replaceSearchParams, type URLSearchParams } from './search-params.ts';

// Most who have URLs have no Blobs.
const blobs = () => require('../file/blob.ts') as typeof import('../file/blob.ts');

function invalidUrl(input: string, base: string | undefined): TypeError {
  const error = new TypeError('Invalid URL');
  // As Node has it: programs ask for the code.
  const details: Record<string, unknown> = { __proto__: null, code: 'ERR_INVALID_URL', input };
  if (base !== undefined) details['base'] = base;
  for (const key in details) {
    const value = details[key];
    Object.defineProperty(error, key, { value, writable: true, enumerable: true, configurable: true });
  }
  return error;
}

const baseOf = (base: unknown, what: string) => (base === undefined ? undefined : toDOMString(base, what));

/** The record of a value that is a URL of this class; undefined of any other. */
export let recordOf: (value: unknown) => UrlRecord | undefined;

class URLClass {
  #record: UrlRecord;
  #params: URLSearchParams | undefined;

  static {
    recordOf = (value) =>
      typeof value === 'object' && value !== null && #record in value ? (value as URLClass).#record : undefined;
  }

  constructor(url: unknown, base: unknown = undefined) {
    // Guest code has none.
    if (typeof url === 'object' && url instanceof UrlRecord) {
      this.#record = url;
      return;
    }
    if (arguments.length === 0) requireArguments(0, 1, 'The constructor of URL');
    const input = toDOMString(url, 'The URL');
    const against = baseOf(base, 'The base URL');
    const record = parseRecord(input, against);
    if (!record) throw invalidUrl(input, against);
    this.#record = record;
  }

  static parse(url: unknown, base: unknown = undefined): URLClass | null {
    requireArguments(arguments.length, 1, 'URL.parse');
    const input = toDOMString(url, 'The URL');
    const against = baseOf(base, 'The base URL');
    const record = parseRecord(input, against);
    return record && new URLClass(record);
  }

  static canParse(url: unknown, base: unknown = undefined): boolean {
    requireArguments(arguments.length, 1, 'URL.canParse');
    return canParse(toDOMString(url, 'The URL'), baseOf(base, 'The base URL'));
  }

  static createObjectURL(object: unknown): string {
    requireArguments(arguments.length, 1, 'URL.createObjectURL');
    return addObjectUrl(toInterface(object, blobs().isBlob, 'Blob', 'The argument of URL.createObjectURL'));
  }

  static revokeObjectURL(url: unknown): void {
    requireArguments(arguments.length, 1, 'URL.revokeObjectURL');
    removeObjectUrl(toDOMString(url, 'The URL'));
  }

  #set(which: Part, value: unknown, name: string): void {
    const record = this.#record;
    this.#record = setPart(record, which, toDOMString(value, `URL.${name}`)) ?? record;
  }

  get href(): string {
    return this.#record.href;
  }

  set href(value: unknown) {
    void this.#record;
    const input = toDOMString(value, 'URL.href');
    const record = parseRecord(input, undefined);
    if (!record) throw invalidUrl(input, undefined);
    this.#record = record;
    if (this.#params) replaceSearchParams(this.#params, searchOf(record));
  }

  get origin(): string {
    return originOf(this.#record);
  }

  get protocol(): string {
    return protocolOf(this.#record);
  }

  set protocol(value: unknown) {
    this.#set(part.protocol, value, 'protocol');
  }

  get username(): string {
    return usernameOf(this.#record);
  }

  set username(value: unknown) {
    this.#set(part.username, value, 'username');
  }

  get password(): string {
    return passwordOf(this.#record);
  }

  set password(value: unknown) {
    this.#set(part.password, value, 'password');
  }

  get host(): string {
    return hostOf(this.#record);
  }

  set host(value: unknown) {
    this.#set(part.host, value, 'host');
  }

  get hostname(): string {
    return hostnameOf(this.#record);
  }

  set hostname(value: unknown) {
    this.#set(part.hostname, value, 'hostname');
  }

  get port(): string {
    return portOf(this.#record);
  }

  set port(value: unknown) {
    this.#set(part.port, value, 'port');
  }

  get pathname(): string {
    return pathnameOf(this.#record);
  }

  set pathname(value: unknown) {
    this.#set(part.pathname, value, 'pathname');
  }

  get search(): string {
    return searchOf(this.#record);
  }

  set search(value: unknown) {
    this.#set(part.search, value, 'search');
    if (this.#params) replaceSearchParams(this.#params, searchOf(this.#record));
  }

  get searchParams(): URLSearchParams {
    this.#params ??= bindSearchParams(searchOf(this.#record), (query) => {
      this.#record = setPart(this.#record, part.search, query) ?? this.#record;
    });
    return this.#params;
  }

  get hash(): string {
    return hashOf(this.#record);
  }

  set hash(value: unknown) {
    this.#set(part.hash, value, 'hash');
  }

  toString(): string {
    return this.#record.href;
  }

  toJSON(): string {
    return this.#record.href;
  }
}

defineInterface(URLClass, {
  name: 'URL',
  members: [
    'href',
    'origin',
    'protocol',
    'username',
    'password',
    'host',
    'hostname',
    'port',
    'pathname',
    'search',
    'searchParams',
    'hash',
    'toString',
    'toJSON',
  ],
  statics: ['parse', 'canParse', 'createObjectURL', 'revokeObjectURL'],
  lengths: { constructor: 1, parse: 1, canParse: 1 },
});

registerCrossing(
  (value): value is URLClass => recordOf(value) !== undefined,
  (url) => [Kind.url, recordOf(url)?.href],
);

export { URLClass as URL };
