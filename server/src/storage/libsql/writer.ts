import { Worker } from 'node:worker_threads';
import { ServerError } from '../../errors/server-error.ts';
import { failureOf } from './failures.ts';
import type { ToWriter, WriteReply } from './requests.ts';

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly since: number;
}

/** What a storage tells of itself. */
export interface StorageListener {
  /** Nothing can be written any more. */
  readonly failed: (error: Error) => void;
  /** A write was kept, or refused, after so many ms. */
  readonly wrote?: (ms: number) => void;
}

/** The server's end of the thread that writes. */
export class Writer {
  readonly #path: string;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #wrote: StorageListener['wrote'];
  readonly #ended: Promise<void>;
  #lastId = 0;
  #failure: Error | undefined;
  #closing = false;

  constructor(path: string, { failed, wrote }: StorageListener) {
    this.#path = path;
    this.#wrote = wrote;
    this.#worker = new Worker(new URL('./storage-writer.js', import.meta.url), { workerData: { path } });
    this.#worker.on('message', (replies: readonly WriteReply[]) => replies.forEach((reply) => this.#settle(reply)));
    this.#worker.on('error', (error) => this.#fail(error, failed));
    this.#ended = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
    void this.#ended.then(() => {
      if (this.#waiting.size > 0) this.#fail(new Error('the thread that writes has ended'), failed);
    });
  }

  async write(store: string, method: string, args: readonly unknown[]): Promise<unknown> {
    if (this.#failure) throw this.#failure;
    if (this.#closing) throw new ServerError('ERR_ISOLET_SERVER_DRAINING', 'The server is being stopped.');
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, since: performance.now() });
      this.#post({ id, store, method, args });
    });
  }

  /** Waits for what was asked for until now; what comes later is refused. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#post('close');
    await this.#ended;
  }

  #post(message: ToWriter): void {
    this.#worker.postMessage(message);
  }

  #settle(reply: WriteReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (waiting) this.#wrote?.(performance.now() - waiting.since);
    if ('error' in reply) waiting?.reject(failureOf(reply.error, this.#path));
    else waiting?.resolve(reply.value);
  }

  #fail(error: unknown, onFailure: (error: Error) => void): void {
    this.#failure ??= failureOf(error, this.#path);
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
    onFailure(this.#failure);
  }
}
