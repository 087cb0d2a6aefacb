// `env.SQL`, as functions see it: the database of their tenant.
import { AsyncLocalStorage } from 'node:async_hooks';
import { type CallerContext, JavaScriptError } from 'isolet';
import type { SqlLimits } from '../../config/binding-limits.ts';
import type { Accounts } from '../account.ts';
import type { UseBook } from '../use-book.ts';
import { SqlError } from './sql-error.ts';
import { readBatch, readStatement } from './sql-input.ts';
import type { SqlBounds, SqlResult, SqlStatement, SqlStore, SqlTransaction, SqlValue } from './sql-store.ts';

/** A function of the guest, as the host has it. */
interface GuestFunction {
  callAsync(args: unknown[], options?: { signal?: AbortSignal }): Promise<unknown>;
}

export function makeSqlApi(
  store: SqlStore,
  limitsOf: (tenant: string) => SqlLimits,
  accounts: Accounts,
  uses: UseBook,
) {
  /** Of whatever a transaction's function does. */
  const within = new AsyncLocalStorage<true>();

  /** Runs what counts as so many statements of the invocation, within what it has left. */
  async function counted<T>(
    caller: CallerContext,
    statements: number,
    work: (bounds: SqlBounds) => Promise<T>,
  ): Promise<T> {
    const limits = limitsOf(caller.tenantId);
    if (accounts.add(caller, 'sql.statements', statements) > limits.statements) throw spent('statements', limits);
    const left = limits.totalMs - accounts.add(caller, 'sql.totalMs', 0);
    if (left <= 0) throw spent('totalMs', limits);
    const start = performance.now();
    try {
      return await work(boundsOf(limits, left));
    } finally {
      const sqlMs = performance.now() - start;
      accounts.add(caller, 'sql.totalMs', sqlMs);
      uses.add(caller, { sqlStatements: statements, sqlMs });
    }
  }

  /** Of a statement that has happened. */
  function noted(caller: CallerContext, statement: SqlStatement, result: SqlResult): SqlResult {
    const sqlBytesRead = result.rows.reduce((sum, row) => sum + bytesOf(row), 0);
    const sqlBytesWritten = bytesOf(statement.params?.values() ?? []);
    uses.add(caller, { sqlRowsWritten: result.changes, sqlBytesRead, sqlBytesWritten });
    return result;
  }

  function checkAlone(): void {
    if (within.getStore())
      throw new SqlError('SQL_BUSY', 'a transaction is open: use the object that its function gets');
  }

  async function alone(caller: CallerContext, statement: SqlStatement): Promise<SqlResult> {
    checkAlone();
    const result = await counted(caller, 1, (bounds) => store.run(caller.tenantId, statement, bounds));
    return noted(caller, statement, result);
  }

  const read = (caller: CallerContext, sql: unknown, params: unknown) =>
    readStatement(sql, params, limitsOf(caller.tenantId).statementBytes);

  return {
    query: {
      handler: async (caller: CallerContext, sql: unknown, params?: unknown) =>
        answerOf(await alone(caller, read(caller, sql, params))),
    },
    first: {
      handler: async (caller: CallerContext, sql: unknown, params?: unknown) =>
        answerOf(await alone(caller, read(caller, sql, params))).rows[0] ?? null,
    },
    batch: {
      handler: async (caller: CallerContext, given: unknown) => {
        checkAlone();
        const { batch, statementBytes } = limitsOf(caller.tenantId);
        const statements = readBatch(given, batch, statementBytes);
        const results = await counted(caller, statements.length, (bounds) =>
          store.batch(caller.tenantId, statements, bounds),
        );
        return results.map((result, at) => answerOf(noted(caller, statements[at] as SqlStatement, result)));
      },
    },
    transaction: {
      handler: async (caller: CallerContext, work: unknown) => {
        if (within.getStore()) throw new SqlError('SQL_BUSY', 'a transaction is open already: they cannot be nested');
        if (typeof work !== 'function')
          throw new SqlError('SQL_PARAMETER', 'transaction() takes a function: async (tx) => { … }');
        const transaction = await counted(caller, 1, (bounds) => store.begin(caller.tenantId, bounds));
        const rollback = () => void transaction.rollback();
        caller.signal.addEventListener('abort', rollback, { once: true });
        try {
          if (caller.signal.aborted) throw caller.signal.reason;
          const tx = transactionApi(caller, transaction);
          const call = () => (work as unknown as GuestFunction).callAsync([tx], { signal: caller.signal });
          const value = await within.run(true, call);
          await transaction.commit();
          return value;
        } catch (error) {
          await transaction.rollback();
          throw thrownBy(error);
        } finally {
          caller.signal.removeEventListener('abort', rollback);
        }
      },
    },
  };

  function transactionApi(caller: CallerContext, transaction: SqlTransaction) {
    const run = async (sql: unknown, params: unknown) => {
      const statement = read(caller, sql, params);
      return answerOf(noted(caller, statement, await counted(caller, 1, () => transaction.run(statement))));
    };
    return {
      query: async (sql: unknown, params?: unknown) => run(sql, params),
      first: async (sql: unknown, params?: unknown) => (await run(sql, params)).rows[0] ?? null,
    };
  }
}

/** What the guest's function threw itself, as it was: the guest gets it back. */
function thrownBy(error: unknown): unknown {
  return error instanceof JavaScriptError && error.thrown !== undefined ? error.thrown : error;
}

/** What a tier lets one statement do. @param left - ms that the invocation has for statements, if there is one */
export function boundsOf(limits: SqlLimits, left = Number.POSITIVE_INFINITY): SqlBounds {
  return {
    statementMs: Math.max(1, Math.ceil(Math.min(limits.statementMs, left))),
    transactionMs: limits.transactionMs,
    waitMs: limits.waitMs,
    maxRows: limits.rows,
    maxResultBytes: limits.resultBytes,
    maxDatabaseBytes: limits.databaseBytes,
  };
}

function bytesOf(values: Iterable<SqlValue>): number {
  let sum = 0;
  for (const value of values) sum += sizeOf(value);
  return sum;
}

function sizeOf(value: SqlValue): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  return value instanceof Uint8Array ? value.byteLength : value === null ? 0 : 8;
}

/** Rows as objects by column; of columns with one name the last. A column may have any name, `__proto__` too. */
function answerOf({ columns, rows, changes, lastInsertId }: SqlResult) {
  const objects = rows.map((row) => Object.fromEntries(row.map((value, at) => [columns[at] as string, value])));
  return { columns, rows: objects as Record<string, SqlValue>[], changes, lastInsertId };
}

function spent(which: 'statements' | 'totalMs', limits: SqlLimits): SqlError {
  const limit = limits[which];
  const what = which === 'statements' ? `${limit} statements` : `${limit} ms of statements`;
  return new SqlError('SQL_LIMIT', `the invocation has used up its ${what} (sql.${which})`, {
    quota: `sql.${which}`,
    limit,
  });
}
