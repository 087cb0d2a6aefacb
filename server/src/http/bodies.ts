import type { IncomingMessage } from 'node:http';
import { ServerError } from '../errors/server-error.ts';

/** The whole body of a request. @param limit - bytes. @throws {ServerError} for a larger one */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const tooLarge = () =>
    new ServerError('ERR_ISOLET_SERVER_TOO_LARGE', `The body is larger than ${limit} bytes.`, {
      limit: 'body',
      value: limit,
    });
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** The body as JSON; `undefined` if there is none. @throws {ServerError} if it is something else */
export async function readJson(request: IncomingMessage, limit: number): Promise<unknown> {
  const body = await readBody(request, limit);
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    const { message } = error as SyntaxError;
    throw new ServerError('ERR_ISOLET_SERVER_BAD_REQUEST', `The body is no JSON: ${message}.`);
  }
}
