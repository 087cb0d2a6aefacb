// The server's side of one process of the engine: started when it is first needed, ended when a piece of work neither
// answers nor can be interrupted, and started anew for what comes then.
import { type ChildProcess, fork } from 'node:child_process';
import type { SqlBoundsOfWork, SqlReply, SqlRequest, SqlWork } from './messages.ts';
import { SqlError } from './sql-error.ts';
import type { SqlResult } from './sql-store.ts';

export interface EngineProcessOptions {
  /** The program, `process/main.ts` as it was built. */
  readonly program: string;
  /** Databases that are open at a time. */
  readonly maxOpen: number;
  /** Bytes that SQLite may take for all of them. */
  readonly maxMemoryBytes: number;
  /** Statements that run at a time, each on a thread. */
  readonly threads: number;
  /** Milliseconds after the time of some work when a process that says nothing at all is given up. */
  readonly grace: number;
}

interface Asked {
  readonly ms: number;
  resolve(results: SqlResult[]): void;
  reject(error: SqlError): void;
}

export class EngineProcess {
  readonly #options: EngineProcessOptions;
  readonly #asked = new Map<number, Asked>();
  #child: ChildProcess | undefined;
  #ready: Promise<ChildProcess> | undefined;
  #nextId = 1;
  #starts = 0;

  constructor(options: EngineProcessOptions) {
    this.#options = options;
  }

  /** Which process it is: what was begun in another is gone. */
  get generation(): number {
    return this.#starts;
  }

  /** @throws {SqlError} what the work failed with; `SQL_TIMEOUT` if the process had to be ended for it. */
  async ask(file: string, work: SqlWork, bounds: SqlBoundsOfWork): Promise<SqlResult[]> {
    const child = await this.#started();
    const id = this.#nextId++;
    const request: SqlRequest = { id, file, work, bounds };
    return new Promise<SqlResult[]>((resolve, reject) => {
      // The loop may have been late rather than the process: an answer that lies here is read first.
      const late = () => setImmediate(() => setImmediate(() => this.#endStuck(id)));
      const timer = setTimeout(late, bounds.ms + this.#options.grace);
      const settled = () => {
        clearTimeout(timer);
        this.#asked.delete(id);
        if (this.#asked.size === 0) child.channel?.unref();
      };
      this.#asked.set(id, {
        ms: bounds.ms,
        resolve: (results) => {
          settled();
          resolve(results);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      });
      child.channel?.ref();
      child.send(request, (error) => {
        if (error) this.#asked.get(id)?.reject(engineEnded());
      });
    });
  }

  /** What is under way fails. */
  async end(): Promise<void> {
    const child = await this.#ready?.catch(() => undefined);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.ref();
    child.kill('SIGKILL');
    await gone;
  }

  #endStuck(id: number): void {
    const asked = this.#asked.get(id);
    if (!asked) return;
    const message = `the statement took longer than ${asked.ms} ms and could not be interrupted (sql.statementMs)`;
    asked.reject(new SqlError('SQL_TIMEOUT', message, { quota: 'sql.statementMs', limit: asked.ms, reason: 'stuck' }));
    this.#child?.kill('SIGKILL');
  }

  #started(): Promise<ChildProcess> {
    this.#ready ??= this.#start();
    return this.#ready;
  }

  #start(): Promise<ChildProcess> {
    const { program, maxOpen, maxMemoryBytes, threads } = this.#options;
    this.#starts++;
    const child = fork(program, [JSON.stringify({ maxOpen, maxMemoryBytes })], {
      serialization: 'advanced',
      execArgv: [],
      // The program needs nothing of the server's environment, least of all its keys.
      env: {
        TOKIO_WORKER_THREADS: String(threads),
        ...(process.env.SystemRoot && { SystemRoot: process.env.SystemRoot }),
      },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    return new Promise<ChildProcess>((resolve, reject) => {
      const gone = () => {
        this.#ready = undefined;
        this.#child = undefined;
        for (const asked of [...this.#asked.values()]) asked.reject(engineEnded());
        reject(engineEnded());
      };
      child.once('exit', gone);
      child.once('error', gone);
      child.on('message', (message: 'ready' | SqlReply) => {
        if (message !== 'ready') return this.#answered(message);
        child.unref();
        child.channel?.unref();
        resolve(child);
      });
    });
  }

  #answered(reply: SqlReply): void {
    if ('stuck' in reply) {
      this.#endStuck(reply.id);
      return;
    }
    const asked = this.#asked.get(reply.id);
    if ('results' in reply) asked?.resolve([...reply.results]);
    else asked?.reject(new SqlError(reply.failure.code, reply.failure.message, reply.failure.details));
  }
}

const engineEnded = () =>
  new SqlError('SQL_ENGINE', 'the process of the SQL engine ended: whether the statement took effect is not known');
