// One tenant's database, open: settings that hold as long as the connection, one piece of work at a time, and a deadline
// that interrupts it.
import { lstat } from 'node:fs/promises';
import type { CheckedStatement, StatementCheck } from '../check-statement.ts';
import type { SqlBoundsOfWork, SqlWork } from '../messages.ts';
import { SqlError } from '../sql-error.ts';
import type { SqlResult, SqlStatement } from '../sql-store.ts';
import { type Connection, openConnection, type Statement } from './libsql.ts';
import { placed } from './placed.ts';
import { type Prepared, prepareRows, readRows } from './rows.ts';

/** Databases are made with SQLite's own size of a page. */
const pageBytes = 4096;

const settings = [
  'journal_mode = WAL',
  'synchronous = FULL',
  'foreign_keys = ON',
  'trusted_schema = OFF',
  'cell_size_check = ON',
  'temp_store = MEMORY',
  'cache_size = -2000',
  'journal_size_limit = 4194304',
];

/** ms */
const interruptEvery = 10;
/** ms of processor time that an interrupted statement has to notice it. */
const patience = 200;
/** Statements kept ready for each database. */
const maxStatements = 50;
const changesSchema = new Set(['create', 'drop', 'alter']);

interface Known {
  readonly checked: CheckedStatement;
  readonly prepared: Prepared;
}

export class Database {
  readonly #connection: Connection;
  readonly #check: StatementCheck;
  /** Those that were used lately. One connection has one statement under way, so each may be used again. */
  readonly #statements = new Map<string, Known>();
  readonly #ownStatements = new Map<string, Statement>();
  #pages = 0;
  #changed = 0;

  private constructor(connection: Connection, check: StatementCheck) {
    this.#connection = connection;
    this.#check = check;
  }

  static async open(file: string, check: StatementCheck): Promise<Database> {
    await checkFile(file);
    const database = new Database(openConnection(file), check);
    try {
      for (const setting of settings) await database.#set(setting);
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  }

  get inTransaction(): boolean {
    return this.#connection.inTransaction;
  }

  /** @param stuck - is called when the work goes on computing although it was interrupted */
  async do(work: SqlWork, bounds: SqlBoundsOfWork, stuck: () => void): Promise<SqlResult[]> {
    await this.#limitSize(bounds.maxDatabaseBytes);
    let timer = setTimeout(() => {
      timer = this.#interrupt(stuck);
    }, bounds.ms);
    try {
      return await this.#do(work, bounds);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Again and again: between two statements there is nothing to interrupt. */
  #interrupt(stuck: () => void): NodeJS.Timeout {
    // In processor time: on a busy machine it may take long until the statement is on a processor and sees it.
    const before = process.cpuUsage();
    return setInterval(() => {
      this.#connection.interrupt();
      const { user, system } = process.cpuUsage(before);
      if ((user + system) / 1000 > patience) stuck();
    }, interruptEvery);
  }

  close(): void {
    this.#connection.close();
  }

  async #do(work: SqlWork, bounds: SqlBoundsOfWork): Promise<SqlResult[]> {
    switch (work.kind) {
      case 'run':
        return [await (work.inTransaction ? this.#within(work.statement, bounds) : this.#run(work.statement, bounds))];
      case 'batch':
        return this.#batch(work.statements, bounds);
      case 'begin':
        return this.#tell('BEGIN IMMEDIATE');
      case 'commit':
        return this.#commit();
      case 'rollback':
        return this.#rollback();
      case 'copy':
        return ranToEnd(await this.#connection.prepare('VACUUM INTO ?'), [work.to]);
      case 'leave':
        return [];
    }
  }

  async #run({ sql, params }: SqlStatement, bounds: SqlBoundsOfWork): Promise<SqlResult> {
    const { checked, prepared } = await this.#prepared(sql, bounds);
    const { columns, rows } = await readRows(prepared, placed(checked.variables, params), bounds);
    if (changesSchema.has(checked.head)) this.#statements.clear();
    if (prepared.gathered) return { columns, rows, changes: 0, lastInsertId: null };
    const [changed, last] = await this.#counts();
    const changes = changed - this.#changed;
    this.#changed = changed;
    const inserted = changes > 0 && checked.head !== 'update' && checked.head !== 'delete';
    return { columns, rows, changes, lastInsertId: inserted ? last : null };
  }

  async #prepared(sql: string, bounds: SqlBoundsOfWork): Promise<Known> {
    const key = `${bounds.maxRows} ${bounds.maxResultBytes} ${sql}`;
    const known = this.#statements.get(key);
    if (known) return known;
    const checked = this.#check.check(sql);
    const prepared = await prepareRows(this.#connection, sql, checked, bounds);
    if (this.#statements.size >= maxStatements) this.#statements.clear();
    this.#statements.set(key, { checked, prepared });
    return { checked, prepared };
  }

  async #within(statement: SqlStatement, bounds: SqlBoundsOfWork): Promise<SqlResult> {
    this.#checkOpen();
    return this.#run(statement, bounds);
  }

  async #batch(statements: readonly SqlStatement[], bounds: SqlBoundsOfWork): Promise<SqlResult[]> {
    await this.#tell('BEGIN IMMEDIATE');
    try {
      const results: SqlResult[] = [];
      for (const statement of statements) results.push(await this.#within(statement, bounds));
      await this.#commit();
      return results;
    } catch (error) {
      await this.#rollback();
      throw error;
    }
  }

  async #commit(): Promise<SqlResult[]> {
    this.#checkOpen();
    return this.#tell('COMMIT');
  }

  /** A statement may end the transaction itself: `ON CONFLICT ROLLBACK`, or being interrupted while it writes. */
  #checkOpen(): void {
    if (!this.inTransaction)
      throw new SqlError('SQL_TRANSACTION', 'the transaction was rolled back by a statement in it');
  }

  async #rollback(): Promise<SqlResult[]> {
    return this.inTransaction ? this.#tell('ROLLBACK') : [];
  }

  async #tell(sql: string): Promise<[]> {
    return ranToEnd(await this.#own(sql));
  }

  async #counts(): Promise<[number, number | bigint]> {
    const counts = await this.#own('SELECT total_changes(), last_insert_rowid()');
    const [changes, last] = counts.raw(true).safeIntegers(true).get([]) as [bigint, bigint];
    return [Number(changes), Number.isSafeInteger(Number(last)) ? Number(last) : last];
  }

  /** A statement of the platform's, prepared once. */
  async #own(sql: string): Promise<Statement> {
    const known = this.#ownStatements.get(sql) ?? (await this.#connection.prepare(sql));
    this.#ownStatements.set(sql, known);
    return known;
  }

  async #limitSize(bytes: number): Promise<void> {
    const pages = Math.max(1, Math.floor(bytes / pageBytes));
    if (pages === this.#pages) return;
    await this.#set(`max_page_count = ${pages}`);
    this.#pages = pages;
  }

  async #set(setting: string): Promise<void> {
    await ranToEnd(await this.#connection.prepare(`PRAGMA ${setting}`));
  }
}

/** What a statement answers does not matter; what went wrong in it is thrown where that is read. */
async function ranToEnd(statement: Statement, params: readonly unknown[] = []): Promise<[]> {
  for (const _ of await statement.iterate(params));
  return [];
}

/** Whoever can write into the folder could have put a link to another tenant's file there. */
async function checkFile(file: string): Promise<void> {
  for (const part of [file, `${file}-wal`, `${file}-shm`]) {
    const found = await lstat(part).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (found && (!found.isFile() || found.nlink > 1)) {
      throw new SqlError('SQL_DAMAGED', 'the file of the database is a link or no file');
    }
  }
}
