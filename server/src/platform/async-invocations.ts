import { randomUUID } from 'node:crypto';
import { problemOf } from '../errors/problem.ts';
import { notFound, ServerError } from '../errors/server-error.ts';
import type { Keys } from '../secrets/keys.ts';
import type { InvocationRecord, InvocationStatus, WaitingInvocation } from '../storage/records.ts';
import type { Storage } from '../storage/storage.ts';
import { FairLine } from './fair-line.ts';
import type { Invocations } from './invocations.ts';
import type { LoadedFunctions, VersionChoice } from './loaded-functions.ts';
import { sealPart, unsealPart } from './sealed-invocations.ts';

/** How many may run at once, how many wait, and how often one is begun. */
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
export interface InvocationView extends Omit<InvocationRecord, 'event' | 'result' | 'error' | 'sealedBy'> {
  readonly result?: unknown;
  readonly error?: unknown;
}

/** What invocations that nobody waits for take. */
export interface AsyncParts {
  readonly storage: Storage;
  readonly keys: Keys;
  readonly loaded: LoadedFunctions;
  readonly invocations: Invocations;
}

/** One that this process has in hand. */
type InHand = { -readonly [Name in keyof WaitingInvocation]: WaitingInvocation[Name] };

/** ms before the second attempt, if the error does not say when; then twice as long each time. */
const firstWait = 1000;
/** Of one tenant, how many are in memory, by their ids alone; the others wait on the disk. */
const mostInHand = 256;
/** What is more Node takes for nothing. */
const longestTimer = 2 ** 31 - 1;

/**
 * Invocations that nobody waits for: kept first, then run, also after a restart. Each is begun at least once; whoever was
 * running when the process was killed is begun again, with the same invocation id. Tenants share the places for them, see
 * {@link FairLine}; what waits for another attempt takes none. Events and answers are sealed where they are kept.
 */
export class AsyncInvocations {
  readonly #parts: AsyncParts;
  readonly #options: AsyncOptions;
  readonly #onError: (error: unknown) => void;
  /** Those that this process has in hand, by tenant, so that none is begun twice. */
  readonly #known = new Map<string, Set<string>>();
  readonly #line: FairLine<InHand>;
  readonly #running = new Set<Promise<void>>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Tenants of which more may be kept than is in hand. */
  readonly #more = new Set<string>();
  #closed = false;

  /** @param onError - is told what kept an invocation from being run or written down */
  constructor(parts: AsyncParts, options: AsyncOptions, onError: (error: unknown) => void) {
    this.#parts = parts;
    this.#options = options;
    this.#onError = onError;
    this.#line = new FairLine(options.concurrency);
  }

  /** How many are in hand. */
  get size(): number {
    let size = 0;
    for (const ids of this.#known.values()) size += ids.size;
    return size;
  }

  /** Takes up what was accepted before. */
  async resume(): Promise<void> {
    for (const tenant of await this.#store.tenantsWaiting()) await this.#takeUp(tenant);
  }

  /**
   * Accepts an invocation. It is kept when this resolves.
   *
   * @throws {ServerError} if there is no such function or version, or too many of the tenant wait
   */
  async accept(tenant: string, name: string, event: unknown, choice: LaterChoice = {}): Promise<InvocationView> {
    if (this.#closed) throw new ServerError('ERR_ISOLET_SERVER_DRAINING', 'The server is being stopped.');
    const { loaded, keys } = this.#parts;
    await loaded.check(tenant, name, choice);
    await this.#checkRoom(tenant);
    const id = randomUUID();
    const sealed = sealPart(keys, tenant, id, 'event', JSON.stringify(event) ?? 'null');
    const { version, alias, method } = choice;
    const about = { id, tenant, function: name, version, alias, method, status: 'queued', attempts: 0 } as const;
    const nothing = { result: undefined, error: undefined, startedAt: undefined, finishedAt: undefined };
    const record: InvocationRecord = { ...about, ...sealed, ...nothing, createdAt: Date.now() };
    // In hand before it can be found on the disk.
    const known = this.#inHand(tenant).add(id);
    try {
      await this.#store.add(record);
    } catch (error) {
      this.#letGo(record);
      throw error;
    }
    if (known.size <= mostInHand && !this.#more.has(tenant)) this.#enter({ id, tenant, attempts: 0 });
    else {
      this.#letGo(record);
      this.#more.add(tenant);
      if (this.#line.waiting(tenant) === 0) this.#takeUpSoon(tenant);
    }
    return this.#viewOf(record);
  }

  /** @throws {ServerError} if the tenant has no such invocation, or no more */
  async get(tenant: string, name: string, id: string): Promise<InvocationView> {
    const record = await this.#store.get(tenant, id);
    if (record?.function !== name) throw notFound(`invocation '${id}'`);
    return this.#viewOf(record);
  }

  /** The newest first, without results. */
  async list(
    tenant: string,
    name: string,
    query: { status?: InvocationStatus | undefined; before?: string | undefined; limit: number },
  ): Promise<InvocationView[]> {
    await this.#parts.loaded.record(tenant, name);
    return (await this.#store.list(tenant, name, query)).map((record) => this.#viewOf(record));
  }

  /** Begins no more, and waits for those that run; the others are taken up by the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.#running);
  }

  get #store(): Storage['invocations'] {
    return this.#parts.storage.invocations;
  }

  #inHand(tenant: string): Set<string> {
    const ids = this.#known.get(tenant) ?? new Set();
    this.#known.set(tenant, ids);
    return ids;
  }

  #letGo({ tenant, id }: Pick<WaitingInvocation, 'tenant' | 'id'>): void {
    const ids = this.#known.get(tenant);
    ids?.delete(id);
    if (ids?.size === 0) this.#known.delete(tenant);
  }

  async #checkRoom(tenant: string): Promise<void> {
    const { maxWaiting } = this.#options;
    if ((await this.#store.waiting(tenant)) < maxWaiting) return;
    const details = { limit: 'maxWaiting', value: maxWaiting, retryAfter: 5000 };
    throw new ServerError(
      'ERR_ISOLET_SERVER_TOO_MANY',
      `${maxWaiting} invocations of the tenant wait already.`,
      details,
    );
  }

  /** Takes from the disk what there is room for. */
  async #takeUp(tenant: string): Promise<void> {
    this.#more.delete(tenant);
    try {
      const found = await this.#store.unfinished(tenant, mostInHand);
      if (found.length >= mostInHand) this.#more.add(tenant);
      const fresh = found.filter(({ id }) => !this.#known.get(tenant)?.has(id));
      for (const item of fresh) {
        this.#inHand(tenant).add(item.id);
        this.#line.add(item);
      }
    } catch (error) {
      this.#more.add(tenant);
      throw error;
    }
    this.#next();
  }

  #takeUpSoon(tenant: string): void {
    if (this.#closed || !this.#more.has(tenant)) return;
    this.#takeUp(tenant).catch((error) => {
      this.#onError(error);
      this.#later(firstWait, () => this.#takeUpSoon(tenant));
    });
  }

  #enter(item: InHand): void {
    this.#line.add(item);
    this.#next();
  }

  #next(): void {
    while (!this.#closed) {
      const item = this.#line.take();
      if (!item) return;
      const run = this.#run(item)
        .catch((error) => {
          // It is kept as it was.
          this.#onError(error);
          return firstWait;
        })
        .then((wait) => {
          this.#running.delete(run);
          this.#line.leave(item);
          if (wait === undefined) this.#letGo(item);
          else this.#later(wait, () => this.#enter(item));
          this.#next();
          if (this.#line.waiting(item.tenant) === 0) this.#takeUpSoon(item.tenant);
        });
      this.#running.add(run);
    }
  }

  #later(ms: number, work: () => void): void {
    if (this.#closed) return;
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        work();
      },
      Math.min(ms, longestTimer),
    );
    this.#timers.add(timer.unref());
  }

  /** One attempt. @returns after how many ms there is to be another */
  async #run(item: InHand): Promise<number | undefined> {
    const { id, tenant } = item;
    const { maxAttempts } = this.#options;
    if (item.attempts >= maxAttempts) {
      const message = `It was begun ${item.attempts} times and never ended.`;
      await this.#store.finish(id, failed(new ServerError('ERR_ISOLET_SERVER_GAVE_UP', message)));
      return undefined;
    }
    const record = await this.#store.begin(id, Date.now());
    if (!record) return undefined;
    const { version, alias, method, attempts } = record;
    item.attempts = attempts;
    try {
      const options = { version, alias, invocationId: id, ...(method !== undefined && { method }) };
      const event = JSON.parse(unsealPart(this.#parts.keys, tenant, id, 'event', record.event));
      const { value } = await this.#parts.invocations.invoke(tenant, record.function, event, options);
      const { result, sealedBy } = sealPart(this.#parts.keys, tenant, id, 'result', this.#textOf(value));
      await this.#store.finish(id, { at: Date.now(), result, sealedBy });
      return undefined;
    } catch (error) {
      // What the end of the server has stopped is begun again by the next start.
      if (this.#closed && !isOwnFailure(error)) return undefined;
      const { retryable, retryAfter } = error as { retryable?: unknown; retryAfter?: unknown };
      if (retryable !== true || attempts >= maxAttempts) {
        await this.#store.finish(id, failed(error));
        return undefined;
      }
      return typeof retryAfter === 'number' ? retryAfter : firstWait * 2 ** (attempts - 1);
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

  #viewOf({ event: _event, sealedBy: _sealedBy, result, error, ...about }: Partial<InvocationRecord>): InvocationView {
    const { id, tenant } = about as InvocationRecord;
    return {
      ...(about as InvocationRecord),
      ...(result && { result: JSON.parse(unsealPart(this.#parts.keys, tenant, id, 'result', result)) }),
      ...(error !== undefined && { error: JSON.parse(error) }),
    };
  }
}

/** Whether the function itself has failed, or reached a limit. */
const isOwnFailure = (error: unknown): boolean =>
  /^ERR_ISOLET_(?:JAVASCRIPT|TIMEOUT|HEAP_LIMIT|TRANSFER|SERVER_)/.test(String((error as { code?: unknown }).code));

const failed = (error: unknown) => ({ at: Date.now(), error: JSON.stringify(problemOf(error)) });
