/** Request (https://fetch.spec.whatwg.org/#request-class). */
import { Kind, type RequestHead } from '../../../shared/web/parts.ts';
import { registerCrossing } from '../base/crossing.ts';
import { defineInterface, isObject, requireArguments, toUSVString } from '../base/webidl.ts';
import type { Blob } from '../file/blob.ts';
import { blobAt } from '../file/object-urls.ts';
import { originOf, passwordOf, pathnameOf, protocolOf, usernameOf } from '../url/record.ts';
import { baseUrl, parseUrl } from './base-url.ts';
import { type Body, type BodyInit, extractBody } from './body.ts';
import { toBodyPart } from './body-crossing.ts';
import { type BodyMembers, defineBody } from './body-mixin.ts';
import { HeaderList } from './header-list.ts';
import { isToken } from './header-rules.ts';
import { fill, type Guard, type Headers, makeHeaders } from './headers.ts';
import { type RequestInit, toRequestInit } from './request-init.ts';
import { dependentSignal } from './signals.ts';

export let isRequest: (value: unknown) => value is Request;
export let requestHead: (request: Request) => RequestHead;
export let requestHeaders: (request: Request) => HeaderList;
export let requestBody: (request: Request) => Body | null;
/** What its object URL was the name of when it was made. */
export let requestBlob: (request: Request) => Blob | undefined;
/** The signal that it was made with, if there is one; that of the host is made when somebody asks for it. */
type Source = AbortSignal | (() => AbortSignal) | undefined;
export let requestSource: (request: Request) => AbortSignal | undefined;
export let makeRequest: (
  head: RequestHead,
  headers: HeaderList,
  body: Body | null,
  source: Source,
  guard: Guard,
) => Request;

export const defaultHead: RequestHead = {
  method: 'GET',
  url: '',
  cache: 'default',
  credentials: 'same-origin',
  integrity: '',
  keepalive: false,
  mode: 'cors',
  redirect: 'follow',
  referrer: 'client',
  referrerPolicy: '',
};

const forbiddenMethods: readonly string[] = ['CONNECT', 'TRACE', 'TRACK'];
const normalizedMethods: readonly string[] = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'];
const simpleMethods: readonly string[] = ['GET', 'HEAD', 'POST'];

function checkMethod(method: string): string {
  const upper = method.toUpperCase();
  if (!isToken(method)) throw new TypeError(`'${method.slice(0, 100)}' is not a valid method of a request`);
  if (forbiddenMethods.includes(upper)) throw new TypeError(`The method ${upper} is forbidden`);
  return normalizedMethods.includes(upper) ? upper : method;
}

function checkUrl(input: string): string {
  const url = parseUrl(input);
  if (!url) {
    const hint = baseUrl() === undefined ? ' (there is no base URL: give an absolute one)' : '';
    throw new TypeError(`'${input.slice(0, 200)}' is not a valid URL of a request${hint}`);
  }
  if (usernameOf(url) !== '' || passwordOf(url) !== '')
    throw new TypeError('The URL of a request must not hold credentials');
  return url.href;
}

function checkReferrer(referrer: string): string {
  if (referrer === '') return 'no-referrer';
  const url = parseUrl(referrer);
  if (!url) throw new TypeError(`'${referrer.slice(0, 200)}' is not a valid referrer of a request`);
  if (protocolOf(url) === 'about:' && pathnameOf(url) === 'client') return 'client';
  const own = baseUrl();
  const base = own === undefined ? undefined : parseUrl(own);
  return base && originOf(base) !== originOf(url) ? 'client' : url.href;
}

/** The head of the new request: that of the input, changed by what `init` has. */
function mergeHead(before: RequestHead, init: RequestInit): RequestHead {
  if (init.window !== undefined && init.window !== null) throw new TypeError('The window of a request must be null');
  const { referrer, referrerPolicy } = init.isEmpty ? before : defaultHead;
  const mode = init.mode ?? (init.isEmpty || before.mode !== 'navigate' ? before.mode : 'same-origin');
  const head = {
    method: init.method === undefined ? before.method : checkMethod(init.method),
    url: before.url,
    cache: init.cache ?? before.cache,
    credentials: init.credentials ?? before.credentials,
    integrity: init.integrity ?? before.integrity,
    keepalive: init.keepalive ?? before.keepalive,
    mode,
    redirect: init.redirect ?? before.redirect,
    referrer: init.referrer === undefined ? referrer : checkReferrer(init.referrer),
    referrerPolicy: init.referrerPolicy ?? referrerPolicy,
  };
  if (init.mode === 'navigate') throw new TypeError("The mode of a request must not be 'navigate'");
  if (head.cache === 'only-if-cached' && head.mode !== 'same-origin') {
    throw new TypeError("The cache mode 'only-if-cached' needs the mode 'same-origin'");
  }
  if (head.mode === 'no-cors' && !simpleMethods.includes(head.method)) {
    throw new TypeError(`A request of mode 'no-cors' must not have the method ${head.method}`);
  }
  return head;
}

/** Its body's members are defined by `defineBody`. */
export interface Request extends BodyMembers {}

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the members of the mixin.
export class Request {
  #head: RequestHead;
  #list: HeaderList;
  #guard: Guard;
  /** Made when somebody asks for it, like the signal. */
  #headers: Headers | undefined;
  #body: Body | null;
  #source: Source;
  #signal: AbortSignal | undefined;
  #blob: Blob | undefined;

  constructor(input: unknown, init: unknown = undefined) {
    requireArguments(arguments.length, 1, 'new Request');
    const from = isRequest(input) ? input : undefined;
    const text = from ? '' : toUSVString(input, 'The first argument of new Request');
    const given = toRequestInit(init, 'The options of new Request');
    const before = from ? from.#head : { ...defaultHead, url: checkUrl(text) };
    this.#head = given.isEmpty ? before : mergeHead(before, given);
    this.#blob = from ? from.#blob : before.url.startsWith('blob:') ? blobAt(before.url) : undefined;
    // The signal of a request aborts only when the one behind it does.
    this.#source = given.signal === undefined ? sourceOf(from) : (given.signal ?? undefined);
    this.#guard = this.#head.mode === 'no-cors' ? 'request-no-cors' : 'request';
    const inherited = from ? from.#list : new HeaderList();
    this.#list = new HeaderList();
    if (given.headers !== undefined) fill(this.headers, given.headers);
    else if (given.isEmpty) this.#list = inherited.copy();
    else fill(this.headers, inherited);
    this.#body = this.#takeBody(from, given);
  }

  get method(): string {
    return this.#head.method;
  }

  get url(): string {
    return this.#head.url;
  }

  get headers(): Headers {
    this.#headers ??= makeHeaders(this.#list, this.#guard);
    return this.#headers;
  }

  get destination(): string {
    this.#head;
    return '';
  }

  get referrer(): string {
    const { referrer } = this.#head;
    if (referrer === 'no-referrer') return '';
    return referrer === 'client' ? 'about:client' : referrer;
  }

  get referrerPolicy(): string {
    return this.#head.referrerPolicy;
  }

  get mode(): string {
    return this.#head.mode;
  }

  get credentials(): string {
    return this.#head.credentials;
  }

  get cache(): string {
    return this.#head.cache;
  }

  get redirect(): string {
    return this.#head.redirect;
  }

  get integrity(): string {
    return this.#head.integrity;
  }

  get keepalive(): boolean {
    return this.#head.keepalive;
  }

  get isReloadNavigation(): boolean {
    this.#head;
    return false;
  }

  get isHistoryNavigation(): boolean {
    this.#head;
    return false;
  }

  get signal(): AbortSignal {
    if (!this.#signal) {
      const source = requestSource(this);
      this.#signal = dependentSignal(source ? [source] : []);
    }
    return this.#signal;
  }

  get duplex(): string {
    this.#head;
    return 'half';
  }

  clone(): Request {
    if (this.#body?.unusable) throw new TypeError('A request whose body is locked or was read cannot be cloned');
    const body = this.#body?.clone() ?? null;
    const copy = makeRequest(this.#head, this.#list.copy(), body, requestSource(this), this.#guard);
    copy.#blob = this.#blob;
    return copy;
  }

  #takeBody(from: Request | undefined, init: RequestInit): Body | null {
    const { method, mode, keepalive } = this.#head;
    const inherited = from ? from.#body : null;
    const given = init.body === undefined || init.body === null ? null : (init.body as BodyInit);
    if ((given !== null || inherited) && (method === 'GET' || method === 'HEAD')) {
      throw new TypeError(`A request with the method ${method} cannot have a body`);
    }
    if (given === null) {
      if (!inherited) return null;
      if (inherited.unusable) throw new TypeError('The body of the request is locked or was read already');
      checkStreamed(inherited, mode);
      return inherited.move();
    }
    const { body, type } = extractBody(given, keepalive);
    if (type !== null && !this.#list.has('content-type')) this.headers.append('content-type', type);
    if (body.source === undefined && init.duplex === undefined) {
      throw new TypeError("A request whose body is a stream needs the option duplex: 'half'");
    }
    checkStreamed(body, mode);
    return body;
  }

  static {
    isRequest = (value): value is Request => isObject(value) && #head in value;
    requestHead = (request) => request.#head;
    requestHeaders = (request) => request.#list;
    requestBody = (request) => request.#body;
    requestBlob = (request) => request.#blob;
    requestSource = (request) => {
      if (typeof request.#source === 'function') request.#source = request.#source();
      return request.#source;
    };
    makeRequest = (head, headers, body, source, guard) => {
      const request = new Request(head.url === '' ? 'about:blank' : head.url);
      request.#head = head;
      request.#list = headers;
      request.#guard = guard;
      request.#body = body;
      request.#source = source;
      return request;
    };
  }
}

const sourceOf = (request: Request | undefined) => request && requestSource(request);

function checkStreamed(body: Body, mode: string): void {
  if (body.source === undefined && mode !== 'same-origin' && mode !== 'cors') {
    throw new TypeError("A request whose body is a stream must be of mode 'same-origin' or 'cors'");
  }
}

defineBody(Request, {
  body: (request) => requestBody(request),
  contentType: (request) => requestHeaders(request).get('content-type'),
});
defineInterface(Request, {
  name: 'Request',
  members: [
    'method',
    'url',
    'headers',
    'destination',
    'referrer',
    'referrerPolicy',
    'mode',
    'credentials',
    'cache',
    'redirect',
    'integrity',
    'keepalive',
    'isReloadNavigation',
    'isHistoryNavigation',
    'signal',
    'duplex',
    'clone',
  ],
  lengths: { constructor: 1 },
});

registerCrossing(isRequest, (request) => {
  const body = requestBody(request);
  if (body?.unusable) return 'Request whose body is locked or was read';
  return [Kind.request, requestHead(request), requestHeaders(request).flat(), toBodyPart(body), requestSource(request)];
});
