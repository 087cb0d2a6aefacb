import Libsql from 'libsql';

export type Row = Record<string, unknown>;

/** One SQL file, with its statements prepared once. */
export class Database {
  readonly #db: Libsql.Database;
  readonly #statements = new Map<string, Libsql.Statement>();

  /** @param durable - whether a commit waits for the disk, or only for the operating system */
  constructor(path: string, durable: boolean) {
    this.#db = new Libsql(path);
    this.#db.pragma('journal_mode = WAL');
    this.#db.pragma(`synchronous = ${durable ? 'FULL' : 'NORMAL'}`);
    this.#db.pragma('foreign_keys = ON');
  }

  exec(sql: string): void {
    this.#db.exec(sql);
  }

  // Values go as one list: of a single Buffer libsql would make named parameters, and end the process.

  all(sql: string, ...values: unknown[]): Row[] {
    return this.#prepare(sql).all(values) as Row[];
  }

  get(sql: string, ...values: unknown[]): Row | undefined {
    return this.#prepare(sql).get(values) as Row | undefined;
  }

  /** @returns how many rows it changed */
  run(sql: string, ...values: unknown[]): number {
    return this.#prepare(sql).run(values).changes;
  }

  /** All of it or nothing. */
  transaction<T>(work: () => T): T {
    return this.#db.transaction(work).immediate();
  }

  close(): void {
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
