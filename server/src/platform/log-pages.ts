import { setImmediate as turn } from 'node:timers/promises';
import type { KeptLogLine, LogQuery } from '../storage/records.ts';
import type { Storage } from '../storage/storage.ts';

/** Which lines are meant, whatever their place. */
export type LogFilter = Omit<LogQuery, 'after' | 'before' | 'order' | 'limit'>;
/** Lines after a `seq`, oldest first, or before it, newest first. */
export type LogPlace = { readonly after: number } | { readonly before: number };

export interface LogPage {
  readonly lines: KeptLogLine[];
  /** Where the next page begins; `undefined`: there are no more lines. A page may be shorter than asked for, also empty. */
  readonly next: number | undefined;
}

/** Lines that one step of a search looks at: the event loop has a turn before the next one. */
const window = 5000;
/** Longest time in ms that the search for one page may take. */
const patience = 500;

/** One page of lines. What a search looks through may be much more than it finds. */
export async function readPage(
  { logs }: Storage,
  tenant: string,
  filter: LogFilter,
  place: LogPlace,
  limit: number,
): Promise<LogPage> {
  const began = performance.now();
  const lines: KeptLogLine[] = [];
  let at = place;
  for (;;) {
    const edge = await logs.edge(tenant, filter.function, at, window);
    if (!edge) return { lines, next: undefined };
    const isUp = 'after' in at;
    const within =
      'after' in at ? { after: at.after, before: edge.seq + 1 } : { after: edge.seq - 1, before: at.before };
    const left = limit - lines.length;
    const found = await logs.read(tenant, { ...filter, ...within, order: isUp ? 'oldest' : 'newest', limit: left });
    lines.push(...(isUp ? found : found.reverse()));
    const isFull = lines.length >= limit;
    const next = isFull ? (lines.at(-1) as KeptLogLine).seq : edge.seq;
    if (isFull || performance.now() - began > patience) return { lines, next };
    at = isUp ? { after: next } : { before: next };
    await turn();
  }
}

/**
 * Where a reader goes on that is more than `most` lines behind: `left` lines before the end.
 *
 * @returns that place, and how many lines are left out; `undefined`: it is not that far behind
 */
export async function skipBehind(
  { logs }: Storage,
  tenant: string,
  name: string | undefined,
  place: number,
  most: number,
  left: number,
): Promise<{ place: number; lines: number } | undefined> {
  // Most readers are not even that far behind all lines of everybody.
  const last = await logs.last();
  if (last - place <= most) return undefined;
  const behind = await logs.edge(tenant, name, { before: last + 1 }, most);
  if (!behind || behind.count < most || behind.seq <= place) return undefined;
  const rest = await logs.edge(tenant, name, { before: last + 1 }, left);
  if (!rest) return undefined;
  const skipped = await logs.edge(tenant, name, { after: place }, Number.MAX_SAFE_INTEGER);
  return { place: rest.seq - 1, lines: (skipped?.count ?? 0) - rest.count };
}
