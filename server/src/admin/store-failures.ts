import { KvError, type KvErrorCode } from '../bindings/kv/kv-error.ts';
import { SqlError, type SqlErrorCode } from '../bindings/sql/sql-error.ts';
import { ServerError, type ServerErrorCode } from '../errors/server-error.ts';

const answers: Readonly<Record<KvErrorCode | SqlErrorCode, ServerErrorCode>> = {
  KV_KEY: 'ERR_ISOLET_SERVER_INVALID',
  KV_VALUE: 'ERR_ISOLET_SERVER_INVALID',
  KV_OPTION: 'ERR_ISOLET_SERVER_INVALID',
  KV_QUOTA: 'ERR_ISOLET_SERVER_LIMIT',
  KV_LIMIT: 'ERR_ISOLET_SERVER_LIMIT',
  KV_BUSY: 'ERR_ISOLET_SERVER_TOO_MANY',
  KV_ENGINE: 'ERR_ISOLET_SERVER_STORAGE',
  SQL_REFUSED: 'ERR_ISOLET_SERVER_INVALID',
  SQL_STATEMENT: 'ERR_ISOLET_SERVER_INVALID',
  SQL_PARAMETER: 'ERR_ISOLET_SERVER_INVALID',
  SQL_TIMEOUT: 'ERR_ISOLET_SERVER_LIMIT',
  SQL_RESULT: 'ERR_ISOLET_SERVER_LIMIT',
  SQL_QUOTA: 'ERR_ISOLET_SERVER_LIMIT',
  SQL_MEMORY: 'ERR_ISOLET_SERVER_LIMIT',
  SQL_LIMIT: 'ERR_ISOLET_SERVER_LIMIT',
  SQL_BUSY: 'ERR_ISOLET_SERVER_TOO_MANY',
  SQL_TRANSACTION: 'ERR_ISOLET_SERVER_CONFLICT',
  SQL_ENGINE: 'ERR_ISOLET_SERVER_STORAGE',
  SQL_DAMAGED: 'ERR_ISOLET_SERVER_STORAGE',
};

/** What goes wrong with keys, values and SQL is said to an administrator as it is to a function. */
export async function fromStore<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof KvError || error instanceof SqlError)) throw error;
    const { code, message, quota, limit } = error;
    const reason = error instanceof SqlError ? error.reason : undefined;
    const isBusy = answers[code] === 'ERR_ISOLET_SERVER_TOO_MANY';
    throw new ServerError(answers[code], `${message}.`, {
      reason: code,
      ...(reason !== undefined && { sqlite: reason }),
      ...(quota !== undefined && { limit: quota }),
      ...(limit !== undefined && { value: limit }),
      ...(isBusy && { retryAfter: 1000 }),
    });
  }
}
