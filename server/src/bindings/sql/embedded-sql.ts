// SQL in files of this machine: `<folder>/<tenant>.db`, opened by a process of the engine.
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { keepNames, makeFolder } from '../../storage/kept-files.ts';
import { fileNameOf } from '../file-name.ts';
import { EngineProcess, type EngineProcessOptions } from './engine-process.ts';
import { Lanes, type Leave } from './lanes.ts';
import type { SqlBoundsOfWork, SqlWork } from './messages.ts';
import { SqlError } from './sql-error.ts';
import type { SqlBounds, SqlResult, SqlStatement, SqlStore, SqlTransaction } from './sql-store.ts';
import { Stuck } from './stuck.ts';
import { Transaction } from './transaction.ts';

export interface EmbeddedSqlOptions extends EngineProcessOptions {
  readonly folder: string;
  /** Pieces of work of one tenant that may wait. */
  readonly maxWaiting: number;
}

/** Of what the platform does itself. */
const patience = 600_000;
const everybody = 'all';

export class EmbeddedSql implements SqlStore {
  readonly #options: EmbeddedSqlOptions;
  readonly #engine: EngineProcess;
  readonly #lanes: Lanes;
  /** As many at a time as the engine has threads: those of all tenants, in order. */
  readonly #threads: Lanes;
  readonly #stuck = new Stuck();
  #isMade = false;
  #closed = false;

  constructor(options: EmbeddedSqlOptions) {
    this.#options = options;
    this.#engine = new EngineProcess(options);
    this.#lanes = new Lanes(options.maxWaiting);
    this.#threads = new Lanes(Number.POSITIVE_INFINITY, options.threads);
  }

  async run(tenant: string, statement: SqlStatement, bounds: SqlBounds): Promise<SqlResult> {
    const [result] = await this.#alone(tenant, { kind: 'run', statement, inTransaction: false }, bounds);
    return result as SqlResult;
  }

  batch(tenant: string, statements: readonly SqlStatement[], bounds: SqlBounds): Promise<SqlResult[]> {
    return this.#alone(tenant, { kind: 'batch', statements }, bounds);
  }

  async begin(tenant: string, bounds: SqlBounds): Promise<SqlTransaction> {
    this.#stuck.check(tenant);
    const leave = await this.#lanes.enter(tenant, bounds.waitMs);
    try {
      await this.#ask(tenant, { kind: 'begin' }, bounds.statementMs, bounds);
    } catch (error) {
      leave();
      throw error;
    }
    const { generation } = this.#engine;
    const ask = (work: SqlWork, ms: number) => {
      if (this.#engine.generation === generation) return this.#ask(tenant, work, ms, bounds);
      throw new SqlError('SQL_TRANSACTION', 'the transaction is over: the process of the SQL engine ended');
    };
    return new Transaction(ask, leave, bounds);
  }

  async size(tenant: string): Promise<number> {
    const file = this.#file(tenant);
    const sizes = [file, `${file}-wal`].map((part) => stat(part).then(({ size }) => size, absent));
    return (await Promise.all(sizes)).reduce<number>((sum, size) => sum + (size ?? 0), 0);
  }

  async copy(tenant: string, file: string): Promise<boolean> {
    if ((await stat(this.#file(tenant)).catch(absent)) === undefined) return false;
    await this.#alone(tenant, { kind: 'copy', to: file }, platformBounds);
    return true;
  }

  async drop(tenant: string): Promise<void> {
    const leave = await this.#lanes.enter(tenant, patience);
    try {
      const file = this.#file(tenant);
      const parts = [`${file}-wal`, `${file}-shm`, file];
      const found = await Promise.all(parts.map((part) => stat(part).catch(absent)));
      if (found.every((one) => one === undefined)) return;
      await this.#ask(tenant, { kind: 'leave' }, patience, platformBounds);
      for (const part of parts) await rm(part, { force: true });
      keepNames(this.#options.folder);
    } finally {
      leave();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#engine.end();
  }

  async #alone(tenant: string, work: SqlWork, bounds: SqlBounds): Promise<SqlResult[]> {
    this.#stuck.check(tenant);
    const leave = await this.#lanes.enter(tenant, bounds.waitMs);
    try {
      return await this.#ask(tenant, work, bounds.statementMs, bounds);
    } finally {
      leave();
    }
  }

  async #ask(tenant: string, work: SqlWork, ms: number, bounds: SqlBounds): Promise<SqlResult[]> {
    if (this.#closed) throw new SqlError('SQL_ENGINE', 'the server is closing');
    const leave: Leave = await this.#threads.enter(everybody, bounds.waitMs);
    const { maxRows, maxResultBytes, maxDatabaseBytes } = bounds;
    const ofWork: SqlBoundsOfWork = { ms, maxRows, maxResultBytes, maxDatabaseBytes };
    try {
      this.#folder();
      return await this.#engine.ask(this.#file(tenant), work, ofWork);
    } catch (error) {
      if (error instanceof SqlError && error.reason === 'stuck') this.#stuck.add(tenant);
      throw error;
    } finally {
      leave();
    }
  }

  /** Made before the first statement, and only then. */
  #folder(): void {
    if (!this.#isMade) makeFolder(this.#options.folder);
    this.#isMade = true;
  }

  #file(tenant: string): string {
    return join(this.#options.folder, fileNameOf(tenant, '.db'));
  }
}

const platformBounds: SqlBounds = {
  statementMs: patience,
  transactionMs: patience,
  waitMs: patience,
  maxRows: 0,
  maxResultBytes: 0,
  maxDatabaseBytes: Number.MAX_SAFE_INTEGER,
};

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}
