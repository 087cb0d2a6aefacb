/** Response (https://fetch.spec.whatwg.org/#response-class). */
import { Kind } from '../../../shared/web/parts.ts';
import { registerCrossing } from '../base/crossing.ts';
import { defineInterface, isObject, requireArguments, toUnsignedShort, toUSVString, typeOf } from '../base/webidl.ts';
import { parseUrl } from './base-url.ts';
import { Body, type BodyInit, type Extracted, extractBody, toBodyInit } from './body.ts';
import { toBodyPart } from './body-crossing.ts';
import { type BodyMembers, defineBody } from './body-mixin.ts';
import { HeaderList } from './header-list.ts';
import { toHeaderText } from './header-rules.ts';
import { fill, type Guard, type Headers, type HeadersInit, makeHeaders, toHeadersInit } from './headers.ts';

export type ResponseType = 'basic' | 'cors' | 'default' | 'error' | 'opaque' | 'opaqueredirect';

/** What a response is apart from its headers and its body. */
export interface ResponseHead {
  readonly type: ResponseType;
  readonly url: string;
  readonly redirected: boolean;
  readonly status: number;
  readonly statusText: string;
}

export let isResponse: (value: unknown) => value is Response;
export let headOf: (response: Response) => ResponseHead;
export let responseHeaders: (response: Response) => HeaderList;
export let responseBody: (response: Response) => Body | null;
export let makeResponse: (head: ResponseHead, headers: HeaderList, body: Body | null, guard: Guard) => Response;

const nullBodyStatuses: readonly number[] = [101, 103, 204, 205, 304];
const redirectStatuses: readonly number[] = [301, 302, 303, 307, 308];
const reasonPhrase = /^[\t\x20-\x7e\x80-\xff]*$/;
const defaultHead: ResponseHead = { type: 'default', url: '', redirected: false, status: 200, statusText: '' };
const errorHead: ResponseHead = { type: 'error', url: '', redirected: false, status: 0, statusText: '' };

interface ResponseInit {
  readonly status: number;
  readonly statusText: string;
  readonly headers: HeadersInit | undefined;
}

const noInit: ResponseInit = { status: 200, statusText: '', headers: undefined };

/** The dictionary ResponseInit; its members in alphabetical order. */
function toResponseInit(value: unknown, what: string): ResponseInit {
  if (value === undefined || value === null) return noInit;
  if (!isObject(value)) throw new TypeError(`${what} must be an object, got ${typeOf(value)}`);
  const init = value as Record<'headers' | 'status' | 'statusText', unknown>;
  const { headers } = init;
  const pairs = headers === undefined ? undefined : toHeadersInit(headers, `${what}.headers`);
  const { status } = init;
  const code = status === undefined ? 200 : toUnsignedShort(status, `${what}.status`);
  const { statusText } = init;
  const text = statusText === undefined ? '' : toHeaderText(statusText, `${what}.statusText`);
  return { status: code, statusText: text, headers: pairs };
}

/** Its body's members are defined by `defineBody`. */
export interface Response extends BodyMembers {}

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the members of the mixin.
export class Response {
  #head: ResponseHead = defaultHead;
  #list: HeaderList;
  #guard: Guard = 'response';
  /** Made when somebody asks for it. */
  #headers: Headers | undefined;
  #body: Body | null = null;

  constructor(body: unknown = null, init: unknown = undefined) {
    this.#list = new HeaderList();
    if (body === null && init === undefined) return;
    const given = toBodyInit(body, 'The body of new Response');
    const converted = toResponseInit(init, 'The options of new Response');
    this.#initialize(converted, given === null ? null : () => extractBody(given as BodyInit));
  }

  static error(): Response {
    return makeResponse(errorHead, new HeaderList(), null, 'immutable');
  }

  static json(data: unknown, init: unknown = undefined): Response {
    requireArguments(arguments.length, 1, 'Response.json');
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError('The data of Response.json cannot be written as JSON');
    const converted = toResponseInit(init, 'The options of Response.json');
    const response = new Response();
    response.#initialize(converted, () => ({ body: Body.ofSource(toUSVString(text)), type: 'application/json' }));
    return response;
  }

  static redirect(url: unknown, status: unknown = 302): Response {
    requireArguments(arguments.length, 1, 'Response.redirect');
    const text = toUSVString(url, 'The URL of Response.redirect');
    const code = toUnsignedShort(status, 'The status of Response.redirect');
    const parsed = parseUrl(text);
    if (!parsed) throw new TypeError(`Response.redirect needs a valid URL, got '${text}'`);
    if (!redirectStatuses.includes(code)) {
      throw new RangeError(`The status of Response.redirect must be 301, 302, 303, 307 or 308, got ${code}`);
    }
    const headers = new HeaderList();
    headers.append('location', parsed.href);
    return makeResponse({ ...defaultHead, status: code }, headers, null, 'immutable');
  }

  get type(): ResponseType {
    return this.#head.type;
  }

  get url(): string {
    const { url } = this.#head;
    const hash = url.indexOf('#');
    return hash < 0 ? url : url.slice(0, hash);
  }

  get redirected(): boolean {
    return this.#head.redirected;
  }

  get status(): number {
    return this.#head.status;
  }

  get ok(): boolean {
    const { status } = this.#head;
    return status >= 200 && status <= 299;
  }

  get statusText(): string {
    return this.#head.statusText;
  }

  get headers(): Headers {
    this.#headers ??= makeHeaders(this.#list, this.#guard);
    return this.#headers;
  }

  clone(): Response {
    if (this.#body?.unusable) throw new TypeError('A response whose body is locked or was read cannot be cloned');
    return makeResponse(this.#head, this.#list.copy(), this.#body?.clone() ?? null, this.#guard);
  }

  /** https://fetch.spec.whatwg.org/#initialize-a-response */
  #initialize({ status, statusText, headers }: ResponseInit, extract: (() => Extracted) | null): void {
    if (status < 200 || status > 599)
      throw new RangeError(`The status of a response must be 200 to 599, got ${status}`);
    if (!reasonPhrase.test(statusText))
      throw new TypeError('The statusText of a response must not hold control characters');
    // A stream that can't be used is refused before the headers are.
    const extracted = extract?.();
    if (status !== 200 || statusText !== '') this.#head = { ...defaultHead, status, statusText };
    if (headers !== undefined) fill(this.headers, headers);
    if (!extracted) return;
    if (nullBodyStatuses.includes(status)) throw new TypeError(`A response with status ${status} cannot have a body`);
    this.#body = extracted.body;
    if (extracted.type !== null && !this.#list.has('content-type')) this.#list.append('content-type', extracted.type);
  }

  static {
    isResponse = (value): value is Response => isObject(value) && #head in value;
    headOf = (response) => response.#head;
    responseHeaders = (response) => response.#list;
    responseBody = (response) => response.#body;
    makeResponse = (head, headers, body, guard) => {
      const response = new Response();
      response.#head = head;
      response.#list = headers;
      response.#guard = guard;
      response.#body = body;
      return response;
    };
  }
}

defineBody(Response, {
  body: (response) => responseBody(response),
  contentType: (response) => responseHeaders(response).get('content-type'),
});
defineInterface(Response, {
  name: 'Response',
  members: ['type', 'url', 'redirected', 'status', 'ok', 'statusText', 'headers', 'clone'],
  statics: ['error', 'json', 'redirect'],
  lengths: { constructor: 0, redirect: 1, json: 1 },
});

registerCrossing(isResponse, (response) => {
  const body = responseBody(response);
  if (body?.unusable) return 'Response whose body is locked or was read';
  return [Kind.response, headOf(response), responseHeaders(response).flat(), toBodyPart(body)];
});
