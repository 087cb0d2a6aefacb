import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ServerError } from '../errors/server-error.ts';

/** Names a state of something: the same for the same content. */
export function etagOf(state: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(state)).digest('base64url').slice(0, 22)}"`;
}

/** Is called with what there is, right before it is changed. Throws if the client meant something else. */
export type Expectation = (state: unknown) => void;

/**
 * What `if-match` and `if-none-match` of a change say. With neither, every state will do.
 *
 * @returns throws {ServerError} (412) when it is called with another state; `undefined` stands for nothing there.
 */
export function expectationOf({ headers }: IncomingMessage): Expectation {
  const wanted = tagsOf(headers['if-match']);
  const unwanted = tagsOf(headers['if-none-match']);
  return (state) => {
    const is = state === undefined ? undefined : etagOf(state);
    const fits = (tags: readonly string[]) => is !== undefined && (tags.includes('*') || tags.includes(is));
    if ((!wanted || fits(wanted)) && !(unwanted && fits(unwanted))) return;
    const found = is === undefined ? 'there is nothing' : `it is ${is}`;
    throw new ServerError('ERR_ISOLET_SERVER_CHANGED', `The state is another than expected: ${found}. Read it again.`, {
      ...(is === undefined ? {} : { etag: is }),
    });
  };
}

const tagsOf = (header: string | undefined): string[] | undefined =>
  header?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
