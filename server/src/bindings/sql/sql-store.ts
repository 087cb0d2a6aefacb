// What the rest of the server knows of SQL. The engine behind it is files on this machine's disk; another may keep the
// databases elsewhere.

/** A value of SQLite: integers beyond 2^53 are bigints. */
export type SqlValue = null | number | bigint | string | Uint8Array;

export interface SqlStatement {
  readonly sql: string;
  /** By place, or by name without its sign: `id` for `:id`, `@id` and `$id`. */
  readonly params?: readonly SqlValue[] | ReadonlyMap<string, SqlValue>;
}

export interface SqlResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
  /** Rows that were inserted, updated or deleted. */
  readonly changes: number;
  /** Of the last row that this statement inserted. */
  readonly lastInsertId: number | bigint | null;
}

/** Of one statement, batch or transaction. */
export interface SqlBounds {
  /** Milliseconds for a statement, or all of a batch, once it runs. */
  readonly statementMs: number;
  /** Milliseconds from the start of a transaction to its end. */
  readonly transactionMs: number;
  /** Milliseconds that it may wait for others of its tenant. */
  readonly waitMs: number;
  readonly maxRows: number;
  readonly maxResultBytes: number;
  readonly maxDatabaseBytes: number;
}

export interface SqlTransaction {
  /** @throws {SqlError} also `SQL_TRANSACTION`: it is over */
  run(statement: SqlStatement): Promise<SqlResult>;
  commit(): Promise<void>;
  /** Does nothing when it is over already. */
  rollback(): Promise<void>;
}

/** One database for each tenant, made when it is first used. Every method may throw an {@link SqlError}. */
export interface SqlStore {
  run(tenant: string, statement: SqlStatement, bounds: SqlBounds): Promise<SqlResult>;
  /** All or nothing. */
  batch(tenant: string, statements: readonly SqlStatement[], bounds: SqlBounds): Promise<SqlResult[]>;
  begin(tenant: string, bounds: SqlBounds): Promise<SqlTransaction>;
  /** Bytes of the tenant's database; 0 if it has none. */
  size(tenant: string): Promise<number>;
  /** A copy that is whole, made while others go on. Answers false if the tenant has no database. */
  copy(tenant: string, file: string): Promise<boolean>;
  /** Takes the tenant's database away. */
  drop(tenant: string): Promise<void>;
  close(): Promise<void>;
}
