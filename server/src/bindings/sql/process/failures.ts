// SQLite's errors as those that a function sees. A message of SQLite's may name tables and columns, never a file.
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SqlBoundsOfWork, SqlFailure } from '../messages.ts';
import { SqlError, type SqlErrorCode } from '../sql-error.ts';

/** Less than this on a disk is as good as nothing, in bytes: what did not fit has taken the rest. */
const noRoom = 256 * 1024;

/** @param file - of the database */
export function failureOf(error: unknown, bounds: SqlBoundsOfWork, file: string): SqlFailure {
  if (error instanceof SqlError) {
    const { code, message, quota, limit, reason } = error;
    return {
      code,
      message,
      details: { ...(quota && { quota }), ...(limit !== undefined && { limit }), ...(reason && { reason }) },
    };
  }
  const { code: reason, message } = error as { code?: unknown; message: string };
  if (typeof reason !== 'string') return { code: 'SQL_STATEMENT', message: String(message), details: {} };
  const { maxDatabaseBytes, ms } = bounds;
  switch (true) {
    case reason === 'SQLITE_INTERRUPT':
      return failure(
        'SQL_TIMEOUT',
        `the statement took longer than ${ms} ms (sql.statementMs)`,
        'sql.statementMs',
        ms,
        reason,
      );
    case reason === 'SQLITE_FULL' && isDiskFull(file):
      return { code: 'SQL_ENGINE', message: 'the server has no room left on its disk', details: { reason } };
    case reason === 'SQLITE_FULL':
      return failure(
        'SQL_QUOTA',
        `the database has no room left: ${maxDatabaseBytes} bytes (sql.databaseBytes)`,
        'sql.databaseBytes',
        maxDatabaseBytes,
        reason,
      );
    case reason === 'SQLITE_NOMEM' || reason === 'SQLITE_TOOBIG':
      return { code: 'SQL_MEMORY', message: 'the statement needs more memory than there is', details: { reason } };
    case reason.startsWith('SQLITE_CORRUPT') || reason === 'SQLITE_NOTADB':
      return { code: 'SQL_DAMAGED', message: 'the database is damaged: restore it from a backup', details: { reason } };
    case reason.startsWith('SQLITE_IOERR') || reason.startsWith('SQLITE_CANTOPEN'):
      return {
        code: 'SQL_ENGINE',
        message: 'the database cannot be read or written at the moment',
        details: { reason },
      };
    default:
      return { code: 'SQL_STATEMENT', message, details: { reason } };
  }
}

/** SQLite says the same of a disk as of a quota. */
function isDiskFull(file: string): boolean {
  const { bavail, bsize } = statfsSync(dirname(file));
  return bavail * bsize < noRoom;
}

const failure = (code: SqlErrorCode, message: string, quota: string, limit: number, reason: string): SqlFailure => ({
  code,
  message,
  details: { quota, limit, reason },
});
