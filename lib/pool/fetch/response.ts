import { ReadableStream } from 'node:stream/web';
import { HandlerError } from '../../errors/index.ts';

/** What the wrapper in the guest answers for a handler, as it arrived. */
export interface Arrived {
  readonly status: number;
  readonly statusText: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: string | Uint8Array | ReadableStream | null;
}

/** @throws {HandlerError} guest code had its hands in it */
export function readAnswer(value: unknown): Arrived {
  const { status, statusText, headers, body } = (value ?? {}) as Record<keyof Arrived, unknown>;
  if (typeof status !== 'number' || typeof statusText !== 'string' || !Array.isArray(headers)) throw odd();
  // Of anything else a text is what the guest's own function makes of it.
  for (let i = 0; i < headers.length; i++) if (typeof headers[i] !== 'string') throw odd();
  if (headers.length % 2 !== 0) throw odd();
  if (body !== null && typeof body !== 'string' && !(body instanceof Uint8Array) && !(body instanceof ReadableStream)) {
    throw odd();
  }
  return { status, statusText, headers, body };
}

/** A Response of Node's own class. @throws {HandlerError} it can't be one */
export function toResponse({ status, statusText, headers }: Arrived, body: Arrived['body']): Response {
  const pairs: [string, string][] = [];
  for (let i = 0; i < headers.length; i += 2) pairs.push([headers[i] as string, headers[i + 1] as string]);
  // Bytes bring no type.
  const content = typeof body === 'string' ? Buffer.from(body) : body;
  try {
    return new Response(content as ConstructorParameters<typeof Response>[0], { status, statusText, headers: pairs });
  } catch (error) {
    throw new HandlerError(
      `A handler answered a Response that can not be sent: ${(error as Error).message}`,
      'response',
    );
  }
}

export const odd = (): HandlerError =>
  new HandlerError('A handler answered a Response with parts that are none', 'response');
