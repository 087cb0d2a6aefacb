// Keys and values in one file of this machine, which a thread of its own reads and writes.
import { Worker } from 'node:worker_threads';
import { KvError } from './kv-error.ts';
import type { KvCondition, KvEntry, KvList, KvPut, KvQuota, KvStore, KvUse, KvWritten } from './kv-store.ts';
import type { KvReply, KvRequest, KvWork } from './messages.ts';

export interface EmbeddedKvOptions {
  readonly file: string;
  /** The program of the thread, `thread/main.ts` as it was built. */
  readonly program: string;
  /** Pieces of work of one tenant that may be under way. */
  readonly maxWaiting: number;
  /** Is told why the thread ended; the next piece of work starts another one. */
  readonly failed?: (error: unknown) => void;
}

interface Asked {
  readonly tenant: string | undefined;
  resolve(value: unknown): void;
  reject(error: KvError): void;
}

export class EmbeddedKv implements KvStore {
  readonly #options: EmbeddedKvOptions;
  readonly #asked = new Map<number, Asked>();
  readonly #waiting = new Map<string, number>();
  #worker: Worker | undefined;
  #nextId = 1;
  #closed = false;

  constructor(options: EmbeddedKvOptions) {
    this.#options = options;
  }

  get(tenant: string, key: string): Promise<KvEntry | undefined> {
    return this.#ask({ kind: 'get', tenant, key });
  }

  put(tenant: string, put: KvPut, quota: KvQuota): Promise<KvWritten> {
    return this.#ask({ kind: 'put', tenant, put, quota });
  }

  delete(tenant: string, key: string, condition: KvCondition = {}): Promise<KvWritten> {
    return this.#ask({ kind: 'delete', tenant, key, condition });
  }

  list(tenant: string, list: KvList): ReturnType<KvStore['list']> {
    return this.#ask({ kind: 'list', tenant, list });
  }

  use(tenant: string): Promise<KvUse> {
    return this.#ask({ kind: 'use', tenant });
  }

  drop(tenant: string): Promise<void> {
    return this.#ask({ kind: 'drop', tenant });
  }

  copy(file: string): Promise<void> {
    return this.#ask({ kind: 'copy', file });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    const worker = this.#worker;
    const gone = worker && new Promise((resolve) => worker.once('exit', resolve));
    if (worker) await this.#ask({ kind: 'close' });
    this.#closed = true;
    await gone;
  }

  async #ask<T>(work: KvWork): Promise<T> {
    if (this.#closed) throw new KvError('KV_ENGINE', 'the server is closing');
    const tenant = 'tenant' in work ? work.tenant : undefined;
    this.#enter(tenant);
    const worker = this.#started();
    const id = this.#nextId++;
    return new Promise<unknown>((resolve, reject) => {
      this.#asked.set(id, { tenant, resolve, reject });
      worker.ref();
      worker.postMessage({ id, work } satisfies KvRequest);
    }) as Promise<T>;
  }

  #enter(tenant: string | undefined): void {
    if (tenant === undefined) return;
    const waiting = this.#waiting.get(tenant) ?? 0;
    const limit = this.#options.maxWaiting;
    if (waiting >= limit)
      throw new KvError('KV_BUSY', `${limit} calls of the tenant wait already (kv.waiting)`, {
        quota: 'kv.waiting',
        limit,
      });
    this.#waiting.set(tenant, waiting + 1);
  }

  #settled(id: number): Asked | undefined {
    const asked = this.#asked.get(id);
    if (!asked) return undefined;
    this.#asked.delete(id);
    if (asked.tenant !== undefined) {
      const waiting = (this.#waiting.get(asked.tenant) ?? 1) - 1;
      if (waiting > 0) this.#waiting.set(asked.tenant, waiting);
      else this.#waiting.delete(asked.tenant);
    }
    if (this.#asked.size === 0) this.#worker?.unref();
    return asked;
  }

  /** A thread that ended is started again: what was answered is in the file. */
  #started(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(this.#options.program, { workerData: this.#options.file, execArgv: [], env: {} });
    this.#worker = worker;
    worker.on('message', (reply: KvReply) => {
      const asked = this.#settled(reply.id);
      if ('value' in reply) return asked?.resolve(reply.value);
      const { code, message, ...details } = reply.failure;
      asked?.reject(new KvError(code, message, details));
    });
    const gone = () => {
      if (this.#worker === worker) this.#worker = undefined;
      for (const id of [...this.#asked.keys()])
        this.#settled(id)?.reject(new KvError('KV_ENGINE', 'the thread of the store ended'));
    };
    worker.once('error', (error) => {
      this.#options.failed?.(error);
      gone();
    });
    worker.once('exit', gone);
    return worker;
  }
}
