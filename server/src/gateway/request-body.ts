import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ReadableByteStreamController, ReadableStream } from 'node:stream/web';
import { ServerError } from '../errors/server-error.ts';

/** Bytes of a body that are awaited before the function is asked: a slow client then keeps none of its places busy. */
const maxAtHand = 65_536;

export interface BodyLimits {
  /** Bytes of the whole body. */
  readonly maxBody: number;
  /** ms that a client may send nothing of a body. */
  readonly stallTimeout: number;
}

/** What the stream of a body failed with, which functions hear of as their own error. */
const failures = new WeakMap<IncomingMessage, ServerError>();

/** Why the body of a request could not be handed on as a whole. */
export const bodyFailure = (request: IncomingMessage): ServerError | undefined => failures.get(request);

/** What of a request is to be handed on: nothing, all of it, or a stream of it. @throws {ServerError} it is too large */
export function bodyOf(
  request: IncomingMessage,
  response: ServerResponse,
  limits: BodyLimits,
): null | Promise<Uint8Array> | ReadableStream<Uint8Array> {
  const { method, headers } = request;
  const said = headers['content-length'];
  const length = said === undefined ? undefined : Number(said);
  if (length !== undefined && length > limits.maxBody) throw tooLarge(limits.maxBody);
  // What a client sends with these means nothing (RFC 9110, 9.3).
  if (length === 0 || method === 'GET' || method === 'HEAD') return null;
  if (length === undefined && headers['transfer-encoding'] === undefined && request.httpVersionMajor < 2) return null;
  if (headers.expect !== undefined && request.httpVersionMajor < 2) response.writeContinue();
  if (length !== undefined && length <= maxAtHand) return wholeOf(request);
  return streamOf(request, limits);
}

const tooLarge = (limit: number): ServerError =>
  new ServerError('ERR_ISOLET_SERVER_TOO_LARGE', `The body is larger than ${limit} bytes.`, {
    limit: 'maxBody',
    value: limit,
  });

const tooSlow = (timeout: number): ServerError =>
  new ServerError('ERR_ISOLET_SERVER_SLOW', `Nothing more of the body came within ${timeout} ms.`, {
    limit: 'stallTimeout',
    value: timeout,
  });

const cutOff = (): ServerError =>
  new ServerError('ERR_ISOLET_SERVER_BAD_REQUEST', 'The connection ended in the middle of the body.');

/** Node counts bytes and time: more than `content-length` says are another request, and the whole has `requestTimeout`. */
function wholeOf(request: IncomingMessage): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    let first: Buffer | undefined;
    let more: Buffer[] | undefined;
    request.on('data', (chunk: Buffer) => {
      if (!first) first = chunk;
      else if (more) more.push(chunk);
      else more = [first, chunk];
    });
    request.on('end', () => resolve(more ? Buffer.concat(more) : (first ?? new Uint8Array(0))));
    request.on('error', () => reject(cutOff()));
  });
}

/** Made of what the client sends when somebody reads. */
function streamOf(request: IncomingMessage, { maxBody, stallTimeout }: BodyLimits): ReadableStream<Uint8Array> {
  let size = 0;
  let failure: ServerError | undefined;
  let wake: (() => void) | undefined;
  const woken = (): void => wake?.();
  request.on('readable', woken).on('end', woken);
  request.on('close', () => {
    if (!request.complete) failure ??= cutOff();
    woken();
  });
  request.on('error', () => {
    failure ??= cutOff();
    woken();
  });
  const changed = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        failure ??= tooSlow(stallTimeout);
        woken();
      }, stallTimeout);
      wake = () => {
        wake = undefined;
        clearTimeout(timer);
        resolve();
      };
    });
  return new ReadableStream(
    {
      type: 'bytes',
      async pull(controller: ReadableByteStreamController) {
        for (;;) {
          const chunk = failure ? null : (request.read() as Buffer | null);
          if (chunk) {
            size += chunk.length;
            if (size > maxBody) failure = tooLarge(maxBody);
            // The stream takes the memory away from whoever had it, and others have their part of this chunk's.
            else return controller.enqueue(Uint8Array.prototype.slice.call(chunk) as Uint8Array<ArrayBuffer>);
          }
          if (failure) {
            failures.set(request, failure);
            throw failure;
          }
          if (request.readableEnded || (request.complete && request.readableLength === 0)) {
            controller.close();
            controller.byobRequest?.respond(0);
            return;
          }
          await changed();
        }
      },
      cancel() {
        request.removeAllListeners('readable');
        request.resume();
      },
    },
    { highWaterMark: 0 },
  );
}
