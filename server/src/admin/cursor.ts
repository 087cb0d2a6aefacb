import { ServerError } from '../errors/server-error.ts';

/** Where a page ended, as clients carry it to the next one: nothing that they should read. */
export const toCursor = (...place: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url');

type Place<K extends readonly ('string' | 'number')[]> = { [I in keyof K]: K[I] extends 'string' ? string : number };

/** @param kinds - what it is made of. @throws {ServerError} if it is none that this list gave */
export function fromCursor<const K extends readonly ('string' | 'number')[]>(
  cursor: string | undefined,
  ...kinds: K
): Place<K> | undefined {
  if (cursor === undefined) return undefined;
  const place = parse(cursor);
  const isOurs =
    Array.isArray(place) && place.length === kinds.length && kinds.every((kind, i) => typeof place[i] === kind);
  if (isOurs) return place as unknown as Place<K>;
  const issues = [{ path: ['cursor'], message: 'cursor must be the `next` of a page of this list' }];
  throw new ServerError('ERR_ISOLET_SERVER_INVALID', issues[0]?.message ?? '', { issues });
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}

/** One page of what is at hand as a whole, in an order that stays: by `keyOf`. */
export function pageOfAll<T>(
  all: readonly T[],
  keyOf: (item: T) => string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): { items: T[]; next: string | null } {
  const [after] = fromCursor(cursor, 'string') ?? [];
  const rest = after === undefined ? all : all.filter((item) => keyOf(item) > after);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return { items, next: last !== undefined && rest.length > limit ? toCursor(keyOf(last)) : null };
}
