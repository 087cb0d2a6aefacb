import type { ServerResponse } from 'node:http';
import { Http2ServerResponse } from 'node:http2';
import { ReadableStream } from 'node:stream/web';
import type { HttpAnswer } from 'isolet';
import { ServerError } from '../errors/server-error.ts';
import { breakOff } from '../http/break-off.ts';
import { type AnswerPlace, answerHeaders } from './answer-head.ts';

export interface SendOptions extends AnswerPlace {
  /** `HEAD`: the head of the answer is all of it. */
  readonly method: string;
  /** Further headers, names and values in turn. */
  readonly more: readonly string[];
  /** ms that a client may take nothing. */
  readonly stallTimeout: number;
}

/** Statuses whose answers have no body. */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);
const digits = /^\d{1,15}$/;

/**
 * Writes a function's answer. Rejects only before it has begun; what fails later breaks the connection off, which is all
 * that HTTP can say then.
 *
 * @throws {ServerError} it has headers that can't be sent
 */
export async function send(response: ServerResponse, answer: HttpAnswer, options: SendOptions): Promise<void> {
  const { body, status } = answer;
  const { headers, length } = answerHeaders(answer.headers, options);
  for (const text of options.more) headers.push(text);
  if (options.method === 'HEAD' || bodiless.has(status)) {
    if (length !== undefined && digits.test(length) && options.method === 'HEAD')
      headers.push('content-length', length);
    begin(response, answer, headers);
    response.end();
    if (body instanceof ReadableStream) await body.cancel().catch(() => {});
    return;
  }
  if (body instanceof ReadableStream) return stream(response, answer, body, headers, length, options.stallTimeout);
  const size = typeof body === 'string' ? Buffer.byteLength(body) : (body?.byteLength ?? 0);
  headers.push('content-length', String(size));
  begin(response, answer, headers);
  if (body === null) response.end();
  else response.end(body);
  if (response.writableLength > 0) cutOffIfStalled(response, options.stallTimeout);
}

function begin(response: ServerResponse, { status, statusText }: HttpAnswer, headers: readonly string[]): void {
  try {
    if (response instanceof Http2ServerResponse) beginHttp2(response, status, headers);
    else if (statusText === '') response.writeHead(status, headers as string[]);
    else response.writeHead(status, statusText, headers as string[]);
  } catch (error) {
    throw new ServerError(
      'ERR_ISOLET_SERVER_BAD_ANSWER',
      `The function's answer can't be sent: ${(error as Error).message}.`,
    );
  }
}

function beginHttp2(response: Http2ServerResponse, status: number, headers: readonly string[]): void {
  const grouped: Record<string, string | string[]> = Object.create(null);
  for (let i = 0; i < headers.length; i += 2) {
    const [name, value] = [headers[i] as string, headers[i + 1] as string];
    const before = grouped[name];
    if (before === undefined) grouped[name] = value;
    else if (name === 'set-cookie') grouped[name] = [before, value].flat();
    else grouped[name] = `${before}, ${value}`;
  }
  for (const [name, value] of Object.entries(grouped)) response.setHeader(name, value);
  response.writeHead(status);
}

async function stream(
  response: ServerResponse,
  answer: HttpAnswer,
  body: ReadableStream<Uint8Array>,
  headers: string[],
  length: string | undefined,
  stallTimeout: number,
): Promise<void> {
  // A length that does not hold would make a second answer of the rest.
  let left = length !== undefined && digits.test(length) ? Number(length) : undefined;
  if (left !== undefined) headers.push('content-length', String(left));
  const reader = body.getReader();
  try {
    begin(response, answer, headers);
  } catch (error) {
    reader.cancel(error).catch(() => {});
    throw error;
  }
  response.flushHeaders();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (left !== undefined) left -= value.byteLength;
      if (left !== undefined && left < 0) throw new Error('it is longer than it said');
      if (!response.write(value) && !(await drained(response, stallTimeout)))
        throw new Error('the client takes nothing');
    }
    if (left !== undefined && left > 0) throw new Error('it is shorter than it said');
    response.end();
    if (response.writableLength > 0) cutOffIfStalled(response, stallTimeout);
  } catch (error) {
    reader.cancel(error).catch(() => {});
    breakOff(response);
  }
}

/** Whether the client has taken what was written, in time. */
function drained(response: ServerResponse, timeout: number): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (took: boolean) => () => {
      clearTimeout(timer);
      response.off('drain', onDrain).off('close', onClose);
      resolve(took);
    };
    const onDrain = end(true);
    const onClose = end(false);
    const timer = setTimeout(onClose, timeout);
    response.on('drain', onDrain).on('close', onClose);
    if (response.destroyed) onClose();
  });
}

/** An answer that waits for its client is kept as long as that takes something of it. */
function cutOffIfStalled(response: ServerResponse, timeout: number): void {
  let before = response.writableLength;
  const timer = setInterval(() => {
    const now = response.writableLength;
    if (now >= before) breakOff(response);
    before = now;
  }, timeout);
  timer.unref();
  response.on('close', () => clearInterval(timer));
}
