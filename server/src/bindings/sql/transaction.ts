// A transaction that is open over several calls. It has its tenant's turn until it is over, and its own time for that.
import type { Leave } from './lanes.ts';
import type { SqlWork } from './messages.ts';
import { SqlError } from './sql-error.ts';
import type { SqlBounds, SqlResult, SqlStatement, SqlTransaction } from './sql-store.ts';

/** Does one piece of work in the process in which the transaction was begun. */
export type Ask = (work: SqlWork, ms: number) => Promise<SqlResult[]>;

export class Transaction implements SqlTransaction {
  readonly #ask: Ask;
  readonly #leave: Leave;
  readonly #bounds: SqlBounds;
  readonly #deadline: number;
  readonly #timer: NodeJS.Timeout;
  #last: Promise<unknown> = Promise.resolve();
  #over: string | undefined;

  constructor(ask: Ask, leave: Leave, bounds: SqlBounds) {
    this.#ask = ask;
    this.#leave = leave;
    this.#bounds = bounds;
    this.#deadline = performance.now() + bounds.transactionMs;
    const late = `it was open for ${bounds.transactionMs} ms and was rolled back (sql.transactionMs)`;
    this.#timer = setTimeout(() => void this.#end(late), bounds.transactionMs);
  }

  run(statement: SqlStatement): Promise<SqlResult> {
    return this.#next(async () => {
      const left = Math.max(1, this.#deadline - performance.now());
      const ms = Math.ceil(Math.min(this.#bounds.statementMs, left));
      const [result] = await this.#ask({ kind: 'run', statement, inTransaction: true }, ms);
      return result as SqlResult;
    });
  }

  async commit(): Promise<void> {
    await this.#next(async () => {
      this.#finish('it was committed');
      try {
        await this.#ask({ kind: 'commit' }, this.#bounds.statementMs);
      } catch (error) {
        await this.#ask({ kind: 'rollback' }, this.#bounds.statementMs).catch(() => undefined);
        throw error;
      } finally {
        this.#leave();
      }
    });
  }

  rollback(): Promise<void> {
    return this.#end('it was rolled back');
  }

  async #end(why: string): Promise<void> {
    if (this.#over !== undefined) return;
    this.#finish(why);
    await this.#last.catch(() => undefined);
    // A process that is gone has rolled back.
    await this.#ask({ kind: 'rollback' }, this.#bounds.statementMs).catch(() => undefined);
    this.#leave();
  }

  #finish(why: string): void {
    this.#over = why;
    clearTimeout(this.#timer);
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(() => {
      if (this.#over !== undefined) throw new SqlError('SQL_TRANSACTION', `the transaction is over: ${this.#over}`);
      return work();
    });
    this.#last = result.catch(() => undefined);
    return result;
  }
}
