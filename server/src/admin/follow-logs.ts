import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { ServerError } from '../errors/server-error.ts';
import type { LogFilter } from '../platform/log-pages.ts';
import type { Logs } from '../platform/logs.ts';
import type { KeptLogLine } from '../storage/records.ts';

/** Lines that are read at once, and how far behind a reader may be before lines are left out. */
const atOnce = 100;
const mostBehind = 20_000;
/** ms without a line after which a comment says that the connection lives. */
const heartbeat = 15_000;
/** ms that a reader may take to read what it was sent. */
const patience = 60_000;

/** What is followed, and how it is shown. */
export interface Following {
  readonly logs: Logs;
  readonly tenant: string;
  readonly filter: LogFilter;
  /** The number of the line after which it begins. */
  readonly after: number;
  /** Whether the reader still may. Is asked before lines are sent. */
  readonly mayRead: () => Promise<boolean>;
  /** A line as its event has it. */
  readonly show: (line: KeptLogLine) => unknown;
}

/**
 * Sends lines as server-sent events until the reader goes or the server stops. What waits for a slow reader waits on the
 * disk and not in memory; who falls too far behind is told how many lines were left out. An event's id is the line's
 * number: a reader that comes back with it goes on from there.
 */
export async function followLogs(response: ServerResponse, following: Following): Promise<void> {
  const { logs, tenant, filter, after, mayRead, show } = following;
  const reader = new Reader(response, logs.stopped);
  const news = new News(logs, tenant, filter);
  let place = after;
  try {
    await reader.send(`retry: 1000\n: lines after ${after}\n\n`);
    while (!reader.gone.aborted) {
      news.forget();
      const end = await logs.last();
      const skipped = await logs.skip(tenant, filter.function, place, mostBehind, atOnce);
      if (skipped) {
        place = skipped.place;
        await reader.send(`id: ${place}\nevent: skipped\ndata: ${JSON.stringify({ lines: skipped.lines })}\n\n`);
      }
      const { lines, next } = await logs.page(tenant, filter, { after: place }, atOnce);
      if (!(await mayRead())) break;
      const events = lines.map((line) => `id: ${line.seq}\nevent: log\ndata: ${JSON.stringify(show(line))}\n\n`);
      if (events.length > 0) await reader.send(events.join(''));
      // Lines of others count for nobody.
      place = next ?? Math.max(end, lines.at(-1)?.seq ?? 0);
      if (next === undefined && !(await news.wait(heartbeat, reader.gone))) await reader.send(': still here\n\n');
    }
  } catch (error) {
    // The tenant may have gone.
    if (!(error instanceof ServerError)) throw error;
  } finally {
    news.close();
    reader.end();
  }
}

/** Whoever reads an answer that does not end. */
class Reader {
  readonly #response: ServerResponse;
  /** Aborts when it has gone, or has to go. */
  readonly gone: AbortSignal;

  constructor(response: ServerResponse, stopped: AbortSignal) {
    this.#response = response;
    const closed = new AbortController();
    response.once('close', () => closed.abort());
    this.gone = AbortSignal.any([closed.signal, stopped]);
    const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
    response.writeHead(200, headers);
  }

  /** Resolves when there is room for more. Who takes none for too long is let go. */
  async send(text: string): Promise<void> {
    if (this.gone.aborted || this.#response.write(text)) return;
    const slow = AbortSignal.timeout(patience);
    try {
      await once(this.#response, 'drain', { signal: AbortSignal.any([slow, this.gone]) });
    } catch {
      // It comes back with the id of the last line that it has read.
      this.#response.destroy();
    }
  }

  end(): void {
    if (!this.#response.destroyed) this.#response.end();
  }
}

/** Whether there were new lines since it was asked last. */
class News {
  readonly #off: () => void;
  #isNew = false;
  #wake: (() => void) | undefined;

  constructor(logs: Logs, tenant: string, filter: LogFilter) {
    this.#off = logs.follow(tenant, filter, () => {
      this.#isNew = true;
      this.#wake?.();
    });
  }

  forget(): void {
    this.#isNew = false;
  }

  /** @returns whether there is news; `false` when the time is over or the reader has gone. */
  async wait(ms: number, gone: AbortSignal): Promise<boolean> {
    if (this.#isNew || gone.aborted) return this.#isNew;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      gone.addEventListener('abort', this.#wake, { once: true });
    });
    this.#wake = undefined;
    return this.#isNew;
  }

  close(): void {
    this.#off();
  }
}
