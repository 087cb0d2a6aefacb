/**
 * Between a handler's `fetch(request, env, ctx)` and what crosses: a Request made of the parts that the host sends, the
 * parts of the Response that it answers. With the classes of this program, whatever the guest has made of the globals.
 */
import type { BodyPart, RequestHead, ResponseHead } from '../../../shared/web/parts.ts';
import { DOMException } from '../base/dom-exception.ts';
import type { AbortSignal as Signal } from '../events/abort-signal.ts';
import { isBytes } from '../fetch/body.ts';
import { fromBodyPart, toBodyPart } from '../fetch/body-crossing.ts';
import { HeaderList } from '../fetch/header-list.ts';
import { defaultHead, makeRequest, type Request } from '../fetch/request.ts';
import { headOf, isResponse, responseBody, responseHeaders } from '../fetch/response.ts';
import { cancelStream } from '../streams/access.ts';

const signals = () => require('../events/abort-signal.ts') as typeof import('../events/abort-signal.ts');

/** The request of a handler, and what makes its signal abort. */
interface Received {
  readonly request: Request;
  readonly abort: (message: string, name: string) => void;
}

/** `head`: of a Request of the host all of it; of a server's request its method and URL. */
export function receive(
  given: RequestHead | Pick<RequestHead, 'method' | 'url'>,
  headers: string[],
  part: BodyPart,
): Received {
  const head = 'cache' in given ? given : { ...defaultHead, method: given.method, url: given.url };
  let signal: Signal | undefined;
  let reason: DOMException | undefined;
  // Made when somebody asks for it: most handlers never look.
  const signalOf = () => {
    signal ??= signals().createSignal();
    if (reason) signals().abort(signal, reason);
    return signal as unknown as AbortSignal;
  };
  const request = makeRequest(head, HeaderList.of(headers), fromBodyPart(part), signalOf, 'immutable');
  const abort = (message: string, name: string) => {
    reason ??= new DOMException(message, name);
    if (signal) signals().abort(signal, reason);
  };
  return { request, abort };
}

/** Without prototype: what the guest puts on Object.prototype must not be part of it. */
interface Answer extends Pick<ResponseHead, 'status' | 'statusText'> {
  readonly headers: string[];
  readonly body: BodyPart;
  /** The body is a stream. */
  readonly open: boolean;
}

/** Of a Response its parts; a text says why it can't be an answer. `bodiless`: nobody wants its body. */
export function answer(value: unknown, bodiless: boolean): Answer | string {
  if (!isResponse(value)) return `no Response but ${kindOf(value)}`;
  const { type, status, statusText } = headOf(value);
  if (type === 'error') return 'Response.error()';
  const body = responseBody(value);
  if (body?.unusable) return 'a Response whose body was read or is locked';
  if (body && bodiless && body.source === undefined) cancelStream(body.stream, undefined).catch(() => {});
  const part = bodiless ? null : toBodyPart(body, false);
  return {
    __proto__: null,
    status,
    statusText,
    headers: responseHeaders(value).flat(),
    body: part,
    open: typeof part === 'object' && part !== null && !isBytes(part),
  } as object as Answer;
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object') return `a ${typeof value}`;
  return Array.isArray(value) ? 'an array' : 'an object';
}
