// What the server and the process of the engine say to one another.
import type { SqlErrorCode, SqlErrorDetails } from './sql-error.ts';
import type { SqlBounds, SqlResult, SqlStatement } from './sql-store.ts';

export type SqlBoundsOfWork = Pick<SqlBounds, 'maxRows' | 'maxResultBytes' | 'maxDatabaseBytes'> & {
  /** Milliseconds after which the work is interrupted. */
  readonly ms: number;
};

export type SqlWork =
  /** One statement, in the transaction that is open or by itself. */
  | { readonly kind: 'run'; readonly statement: SqlStatement; readonly inTransaction: boolean }
  | { readonly kind: 'batch'; readonly statements: readonly SqlStatement[] }
  | { readonly kind: 'begin' }
  | { readonly kind: 'commit' }
  | { readonly kind: 'rollback' }
  | { readonly kind: 'copy'; readonly to: string }
  /** Closes the file. */
  | { readonly kind: 'leave' };

export interface SqlRequest {
  readonly id: number;
  readonly file: string;
  readonly work: SqlWork;
  readonly bounds: SqlBoundsOfWork;
}

export interface SqlFailure {
  readonly code: SqlErrorCode;
  readonly message: string;
  readonly details: SqlErrorDetails;
}

export type SqlReply =
  /** It goes on computing although it was interrupted. */
  | { readonly id: number; readonly stuck: true }
  | { readonly id: number; readonly results: readonly SqlResult[] }
  | { readonly id: number; readonly failure: SqlFailure };
