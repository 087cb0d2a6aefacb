import { isUtf8 } from 'node:buffer';
import { ReadableStream } from 'node:stream/web';
import { HandlerError } from '../../errors/index.ts';
import { invalidType } from '../../options/invalid.ts';
import { RequestBody, type SentRequest } from './request-parts.ts';

/** A request as a server has it. */
export interface HttpRequest {
  /** In capitals, as methods are. */
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  /** Names and values in turn, like `rawHeaders` of `node:http`. */
  readonly headers: readonly string[];
  /** A text (UTF-8 on the wire) or bytes if all of it is there, or a stream of bytes. Default none. */
  readonly body?: string | Uint8Array | ReadableStream | null | undefined;
}

/** @throws {TypeError} it is none. @throws {HandlerError} it asks for what no answer can be. */
export function readHttpRequest(request: HttpRequest): SentRequest {
  if (typeof request !== 'object' || request === null) throw invalidType('request', request, 'an object');
  const { method, url, headers: given, body = null } = request;
  if (typeof method !== 'string') throw invalidType('request.method', method, 'a string');
  if (typeof url !== 'string') throw invalidType('request.url', url, 'a string');
  if (!Array.isArray(given) || given.length % 2 !== 0) {
    throw invalidType('request.headers', given, 'a list of names and values in turn');
  }
  const headers: string[] = new Array(given.length);
  for (let i = 0; i < given.length; i += 2) {
    const [name, value]: unknown[] = [given[i], given[i + 1]];
    if (typeof name !== 'string' || typeof value !== 'string') {
      throw invalidType('request.headers', given, 'a list of strings');
    }
    headers[i] = name.toLowerCase();
    headers[i + 1] = value;
    if (headers[i] === 'upgrade' && value.toLowerCase() === 'websocket') {
      throw new HandlerError(
        'A function can not answer a request for a WebSocket: answer it with status 501.',
        'upgrade',
      );
    }
  }
  const isWhole = body === null || typeof body === 'string' || body instanceof Uint8Array;
  if (!isWhole && !(body instanceof ReadableStream)) {
    throw invalidType('request.body', body, 'a string, a Uint8Array, a ReadableStream or null');
  }
  return { head: { method, url }, headers, body: isWhole ? asText(body, headers) : new RequestBody(body) };
}

/** Types whose content is a text, and no type at all. */
const textual =
  /^(?:$|text\/|application\/(?:json|xml|x-www-form-urlencoded)\s*(?:;|$)|[^;]*\+(?:json|xml)\s*(?:;|$))/i;

/**
 * What is a text, by its type and its bytes, as a text: it crosses at less cost, and functions that take events want it so.
 * Bytes with a byte order mark stay bytes, for it would be lost.
 */
export function asText(body: string | Uint8Array | null, headers: readonly string[]): string | Uint8Array | null {
  if (!(body instanceof Uint8Array) || body[0] === 0xef || !isUtf8(body)) return body;
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] === 'content-type' && !textual.test(headers[i + 1] as string)) return body;
    if (headers[i] === 'content-encoding') return body;
  }
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
}
