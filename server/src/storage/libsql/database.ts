import Libsql from 'libsql';

export type Row = Record<string, unknown>;
/** What libsql takes. Anything else, a boolean for one, ends the process there. */
export type Value = string | number | null | Uint8Array;

/** One connection to an SQL file, with its statements prepared once. */
export class Database {
  readonly #db: Libsql.Database;
  readonly #statements = new Map<string, Libsql.Statement>();

  constructor(path: string) {
    this.#db = new Libsql(path);
    this.#db.exec('PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON');
  }

  /** Makes a commit wait for the disk. */
  durable(): void {
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  }

  /** From here on every write is refused. */
  readOnly(): void {
    this.#db.exec('PRAGMA query_only = ON');
  }

  exec(sql: string): void {
    this.#db.exec(sql);
  }

  // Values go as one list: of a single Buffer libsql would make named parameters, and end the process.

  all(sql: string, ...values: Value[]): Row[] {
    return this.#prepare(sql).all(values) as Row[];
  }

  get(sql: string, ...values: Value[]): Row | undefined {
    return this.#prepare(sql).get(values) as Row | undefined;
  }

  /** @returns how many rows it changed */
  run(sql: string, ...values: Value[]): number {
    return this.#prepare(sql).run(values).changes;
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }

  #prepare(sql: string): Libsql.Statement {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** Blobs come as ArrayBuffers. */
export const bytesOf = (value: unknown): Buffer => Buffer.from(value as ArrayBuffer);
export const textOf = (value: unknown): string => bytesOf(value).toString('utf8');
/** A column that may be NULL. */
export const orNothing = <T>(value: unknown): T | undefined => (value === null ? undefined : (value as T));
