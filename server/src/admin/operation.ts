import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { Actor, TokenRecord } from '../storage/records.ts';

/**
 * Who may use an operation. `'platform'`: a token of the platform. `'tenant'`: also one of the tenant in the path.
 * `'anyone'`: any token. `'open'`: needs none.
 */
export type Access = 'platform' | 'tenant' | 'anyone' | 'open';

/** One answer that an operation may give. */
export interface AnswerType {
  readonly description: string;
  /** Of a JSON body. */
  readonly schema?: z.ZodType | undefined;
  /** Content types of other bodies. */
  readonly types?: readonly string[] | undefined;
  readonly headers?: readonly ('ETag' | 'Location')[] | undefined;
}

/** What a handler gets: all of it is checked. */
export interface Call<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** Whose token it is. */
  readonly caller: TokenRecord;
  /** Who does it, for the audit. */
  readonly by: Actor;
  readonly request: IncomingMessage;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
}

/** What a handler answers. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is; `headers` has its content type. */
  readonly text?: string | undefined;
  /** Writes the answer itself. Resolves when it is written. */
  readonly write?: ((response: ServerResponse) => Promise<void>) | undefined;
}

/** One operation of the administration: its checks, who may use it, and its part of the OpenAPI document. */
export interface Operation<P = unknown, Q = unknown, B = unknown> {
  /** Its `operationId`. */
  readonly id: string;
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Parameters in braces. */
  readonly path: `/v1/${string}`;
  /** Heading under which it is described. */
  readonly tag: string;
  readonly summary: string;
  readonly description?: string | undefined;
  readonly access: Access;
  /** Whether a token that only reads may use it. Default: if it is a GET. */
  readonly reads?: boolean | undefined;
  readonly params?: z.ZodObject | undefined;
  readonly query?: z.ZodObject | undefined;
  readonly body?: z.ZodType | undefined;
  /** Whether the body may be left out; it is `undefined` then. */
  readonly bodyOptional?: boolean | undefined;
  /** Largest body in bytes. Default 64 KiB. */
  readonly maxBody?: number | undefined;
  /** Members of the body whose values no message shows. */
  readonly hidden?: readonly string[] | undefined;
  /** Whether `if-match` is looked at. */
  readonly conditional?: boolean | undefined;
  readonly answers: Readonly<Record<number, AnswerType>>;
  /** What it refuses for reasons of its own, by status. */
  readonly problems?: Readonly<Record<number, string>> | undefined;
  handle(call: Call<P, Q, B>): Answer | Promise<Answer>;
}

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

/** Ties the types of what `handle` gets to the schemas. */
export function operation<
  P extends z.ZodObject | undefined = undefined,
  Q extends z.ZodObject | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  O extends boolean = false,
>(
  given: Omit<Operation, 'params' | 'query' | 'body' | 'bodyOptional' | 'handle'> & {
    readonly params?: P;
    readonly query?: Q;
    readonly body?: B;
    readonly bodyOptional?: O;
    handle(
      call: Call<Parsed<P>, Parsed<Q>, O extends true ? Parsed<B> | undefined : Parsed<B>>,
    ): Answer | Promise<Answer>;
  },
): Operation {
  return given as Operation;
}

/** Whether a token that only reads may use it. */
export const isReading = ({ method, reads }: Pick<Operation, 'method' | 'reads'>): boolean => reads ?? method === 'GET';

/** What an operation may refuse, by status: for reasons of its own, and those that follow from what it takes. */
export function refusalsOf({ access, params, query, body, conditional, problems }: Operation): Record<string, string> {
  return {
    ...(body ? { 400: 'The body is not JSON.' } : {}),
    ...(access === 'open'
      ? {}
      : {
          401: 'There is no token, or one that is not known, has expired or was revoked.',
          403: 'The token may not do this.',
          429: 'Too many wrong tokens came from this address; see `retry-after`.',
        }),
    ...(conditional ? { 412: 'It is in another state than `if-match` says.' } : {}),
    ...(body ? { 413: 'The body is too large.' } : {}),
    ...(params || query || body
      ? { 422: 'A part of the request is not right; `issues` says which and what would be.' }
      : {}),
    ...problems,
  };
}
