import { ReadableStream } from 'node:stream/web';
import { HandlerError } from '../../errors/index.ts';

/** What the wrapper in the guest answers for a handler, as it arrived. */
export interface Arrived {
  readonly status: number;
  readonly statusText: string;
  readonly headers: [string, string][];
  /** A text is UTF-8 already, and has no type that it could bring. */
  readonly body: Uint8Array | ReadableStream | null;
}

/** @throws {HandlerError} guest code had its hands in it */
export function readAnswer(value: unknown): Arrived {
  const { status, statusText, headers, body } = (value ?? {}) as Record<keyof Arrived, unknown>;
  if (typeof status !== 'number' || typeof statusText !== 'string' || !Array.isArray(headers)) throw odd();
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const [name, text]: unknown[] = [headers[i], headers[i + 1]];
    // Of anything else a text is what the guest's own function makes of it.
    if (typeof name !== 'string' || typeof text !== 'string') throw odd();
    pairs.push([name, text]);
  }
  if (typeof body === 'string') return { status, statusText, headers: pairs, body: Buffer.from(body) };
  if (body !== null && !(body instanceof Uint8Array) && !(body instanceof ReadableStream)) throw odd();
  return { status, statusText, headers: pairs, body };
}

/** A Response of Node's own class. @throws {HandlerError} it can't be one */
export function toResponse(
  { status, statusText, headers }: Arrived,
  body: Uint8Array | ReadableStream | null,
): Response {
  try {
    return new Response(body as ConstructorParameters<typeof Response>[0], { status, statusText, headers });
  } catch (error) {
    throw new HandlerError(
      `A handler answered a Response that can not be sent: ${(error as Error).message}`,
      'response',
    );
  }
}

const odd = (): HandlerError => new HandlerError('A handler answered a Response with parts that are none', 'response');
