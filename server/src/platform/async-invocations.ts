import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { problemOf } from '../errors/problem.ts';
import { notFound, ServerError } from '../errors/server-error.ts';
import type { InvocationRecord, InvocationStatus } from '../storage/records.ts';
import type { Storage } from '../storage/storage.ts';
import type { Invocations } from './invocations.ts';
import type { LoadedFunctions, VersionChoice } from './loaded-functions.ts';

/** How many may run at once, how many wait in memory, and how often one is begun. */
export interface AsyncOptions {
  readonly concurrency: number;
  readonly maxAttempts: number;
  /** How many of one tenant may be accepted and not finished. */
  readonly maxWaiting: number;
  /** Bytes of JSON that are kept of an answer. */
  readonly maxResult: number;
}

/** Which version, and which of its handlers; default: the function itself. */
export interface LaterChoice extends VersionChoice {
  readonly method?: string | undefined;
}

/** An invocation that was accepted, as its owner sees it. */
export interface InvocationView extends Omit<InvocationRecord, 'event' | 'result' | 'error'> {
  readonly event?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** ms before the second attempt, if the error does not say when; then twice as long each time. */
const firstWait = 1000;

/**
 * Invocations that nobody waits for: kept first, then run, also after a restart. Each is begun at least once; whoever was
 * running when the process was killed is begun again, with the same invocation id.
 */
export class AsyncInvocations {
  readonly #storage: Storage;
  readonly #loaded: LoadedFunctions;
  readonly #invocations: Invocations;
  readonly #options: AsyncOptions;
  readonly #onError: (error: unknown) => void;
  /** Those that this process has in hand, so that none is begun twice. */
  readonly #known = new Set<string>();
  readonly #line: InvocationRecord[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  /** Whether more may be kept than is in hand. */
  #isMore = false;

  /** @param onError - is told what kept an invocation from being run or written down */
  constructor(
    storage: Storage,
    loaded: LoadedFunctions,
    invocations: Invocations,
    options: AsyncOptions,
    onError: (error: unknown) => void,
  ) {
    this.#storage = storage;
    this.#loaded = loaded;
    this.#invocations = invocations;
    this.#options = options;
    this.#onError = onError;
  }

  /** How many are in hand. */
  get size(): number {
    return this.#line.length + this.#running.size;
  }

  /** Takes up what was accepted before. */
  async resume(): Promise<void> {
    // Few at a time: the file may hold more than memory should.
    const limit = this.#mostInLine + this.#known.size;
    this.#isMore = false;
    try {
      const found = await this.#storage.invocations.unfinished(limit);
      if (found.length >= limit) this.#isMore = true;
      for (const record of found) this.#enqueue(record);
    } catch (error) {
      this.#isMore = true;
      throw error;
    }
  }

  /**
   * Accepts an invocation. It is kept when this resolves.
   *
   * @throws {ServerError} if there is no such function or version, or too many of the tenant wait
   */
  async accept(tenant: string, name: string, event: unknown, choice: LaterChoice = {}): Promise<InvocationView> {
    if (this.#closed) throw new ServerError('ERR_ISOLET_SERVER_DRAINING', 'The server is being stopped.');
    await this.#loaded.check(tenant, name, choice);
    await this.#checkRoom(tenant);
    const nothing = { result: undefined, error: undefined, startedAt: undefined, finishedAt: undefined };
    const { version, alias, method } = choice;
    const record: InvocationRecord = {
      ...{ id: randomUUID(), tenant, function: name, version, alias, method, status: 'queued', attempts: 0 },
      ...{ event: JSON.stringify(event) ?? 'null', createdAt: Date.now(), ...nothing },
    };
    this.#known.add(record.id);
    try {
      await this.#storage.invocations.add(record);
    } finally {
      this.#known.delete(record.id);
    }
    if (this.#line.length < this.#mostInLine) this.#enqueue(record);
    else this.#isMore = true;
    return viewOf(record);
  }

  /** @throws {ServerError} if the tenant has no such invocation, or no more */
  async get(tenant: string, name: string, id: string): Promise<InvocationView> {
    const record = await this.#storage.invocations.get(tenant, id);
    if (record?.function !== name) throw notFound(`invocation '${id}'`);
    return viewOf(record);
  }

  /** The newest first, without events and results. */
  async list(
    tenant: string,
    name: string,
    query: { status?: InvocationStatus | undefined; before?: string | undefined; limit: number },
  ): Promise<InvocationView[]> {
    await this.#loaded.record(tenant, name);
    return (await this.#storage.invocations.list(tenant, name, query)).map(viewOf);
  }

  /** Begins no more, and waits for those that run; the others are taken up by the next start. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#running);
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted;
  }

  get #mostInLine(): number {
    return this.#options.concurrency * 4;
  }

  async #checkRoom(tenant: string): Promise<void> {
    const { maxWaiting } = this.#options;
    if ((await this.#storage.invocations.waiting(tenant)) < maxWaiting) return;
    const details = { limit: 'maxWaiting', value: maxWaiting, retryAfter: 5000 };
    throw new ServerError(
      'ERR_ISOLET_SERVER_TOO_MANY',
      `${maxWaiting} invocations of the tenant wait already.`,
      details,
    );
  }

  #enqueue(record: InvocationRecord): void {
    if (this.#known.has(record.id)) return;
    this.#known.add(record.id);
    this.#line.push(record);
    this.#next();
  }

  #next(): void {
    while (!this.#closed && this.#running.size < this.#options.concurrency) {
      const record = this.#line.shift();
      if (!record) return;
      const run = this.#run(record)
        .catch((error) => {
          // It is kept as it was, and taken up again.
          this.#isMore = true;
          this.#onError(error);
        })
        .finally(() => {
          this.#running.delete(run);
          this.#known.delete(record.id);
          this.#next();
          if (this.#isMore && this.#line.length === 0 && !this.#closed) this.resume().catch(this.#onError);
        });
      this.#running.add(run);
    }
  }

  async #run(record: InvocationRecord): Promise<void> {
    const { id, tenant, version, alias, method } = record;
    for (let attempt = record.attempts + 1; ; attempt++) {
      if (attempt > this.#options.maxAttempts) {
        const error = new ServerError(
          'ERR_ISOLET_SERVER_GAVE_UP',
          `It was begun ${attempt - 1} times and never ended.`,
        );
        return this.#storage.invocations.finish(id, failed(error));
      }
      if (!(await this.#storage.invocations.begin(id, Date.now()))) return;
      try {
        const options = { version, alias, invocationId: id, ...(method !== undefined && { method }) };
        const { value } = await this.#invocations.invoke(tenant, record.function, JSON.parse(record.event), options);
        return await this.#storage.invocations.finish(id, { at: Date.now(), result: this.#textOf(value) });
      } catch (error) {
        // What the end of the server has stopped is begun again by the next start.
        if (this.#closed && !isOwnFailure(error)) return;
        const { retryable, retryAfter } = error as { retryable?: unknown; retryAfter?: unknown };
        if (retryable !== true || attempt >= this.#options.maxAttempts) {
          return this.#storage.invocations.finish(id, failed(error));
        }
        const wait = typeof retryAfter === 'number' ? retryAfter : firstWait * 2 ** (attempt - 1);
        await sleep(wait, undefined, { signal: this.#closing.signal }).catch(() => {});
        if (this.#closed) return;
      }
    }
  }

  #textOf(value: unknown): string {
    const text = JSON.stringify(value) ?? 'null';
    const size = Buffer.byteLength(text);
    const { maxResult } = this.#options;
    if (size <= maxResult) return text;
    const details = { limit: 'maxResult', value: maxResult, observed: size };
    throw new ServerError(
      'ERR_ISOLET_SERVER_TOO_LARGE',
      `The answer has ${size} bytes, ${maxResult} are kept.`,
      details,
    );
  }
}

/** Whether the function itself has failed, or reached a limit. */
const isOwnFailure = (error: unknown): boolean =>
  /^ERR_ISOLET_(?:JAVASCRIPT|TIMEOUT|HEAP_LIMIT|TRANSFER|SERVER_)/.test(String((error as { code?: unknown }).code));

const failed = (error: unknown) => ({ at: Date.now(), error: JSON.stringify(problemOf(error)) });

function viewOf(record: Omit<InvocationRecord, 'event' | 'result'> & Partial<InvocationRecord>): InvocationView {
  const { event, result, error, ...about } = record;
  const parsed = Object.entries({ event, result, error }).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, JSON.parse(text)]],
  );
  return { ...about, ...Object.fromEntries(parsed) };
}
