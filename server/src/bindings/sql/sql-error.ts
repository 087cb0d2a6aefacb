// What goes wrong with SQL, as a function sees it: an error whose `code` is stable and which names the limit it met.

export const sqlErrorCodes = [
  /** The statement may not be run: see the message. */
  'SQL_REFUSED',
  /** SQLite's own refusal of a statement or a value: syntax, constraints, types. `reason` has SQLite's code. */
  'SQL_STATEMENT',
  /** A parameter that SQL has no value for. */
  'SQL_PARAMETER',
  /** It took longer than `limit` ms. */
  'SQL_TIMEOUT',
  /** The answer is larger than `limit` rows or bytes. */
  'SQL_RESULT',
  /** The database has no room for it: `limit` bytes. */
  'SQL_QUOTA',
  /** The engine had no memory for it. */
  'SQL_MEMORY',
  /** The invocation has used up its statements or their time: `limit`. */
  'SQL_LIMIT',
  /** Statements of the tenant wait already, or waited too long. Nothing was done. */
  'SQL_BUSY',
  /** The transaction is over: committed, rolled back or out of time. */
  'SQL_TRANSACTION',
  /** The process of the engine ended. Whether the statement took effect is not known. */
  'SQL_ENGINE',
  /** The file of the database is damaged. */
  'SQL_DAMAGED',
] as const;
export type SqlErrorCode = (typeof sqlErrorCodes)[number];

export interface SqlErrorDetails {
  /** Which bound it was, of the tenant's tier. */
  readonly quota?: string;
  readonly limit?: number;
  /** SQLite's own code, as `SQLITE_CONSTRAINT_UNIQUE`. */
  readonly reason?: string;
}

export class SqlError extends Error {
  override readonly name = 'SqlError';
  readonly code: SqlErrorCode;
  declare readonly quota?: string;
  declare readonly limit?: number;
  declare readonly reason?: string;

  constructor(code: SqlErrorCode, message: string, details: SqlErrorDetails = {}) {
    super(message);
    this.code = code;
    if (details.quota !== undefined) this.quota = details.quota;
    if (details.limit !== undefined) this.limit = details.limit;
    if (details.reason !== undefined) this.reason = details.reason;
  }
}
