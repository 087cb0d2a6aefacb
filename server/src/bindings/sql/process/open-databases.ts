// Which databases are open: a few, those that were used last. One in a transaction stays.
import type { StatementCheck } from '../check-statement.ts';
import type { SqlBoundsOfWork, SqlWork } from '../messages.ts';
import { SqlError } from '../sql-error.ts';
import type { SqlResult } from '../sql-store.ts';
import { Database } from './database.ts';

export class OpenDatabases {
  readonly #max: number;
  readonly #check: StatementCheck;
  /** Those used longest ago first. */
  readonly #open = new Map<string, Database>();
  readonly #busy = new Set<string>();

  constructor(max: number, check: StatementCheck) {
    this.#max = max;
    this.#check = check;
  }

  /** The server sends one piece of work for a file at a time. */
  async do(file: string, work: SqlWork, bounds: SqlBoundsOfWork, stuck: () => void): Promise<SqlResult[]> {
    if (this.#busy.has(file)) throw new SqlError('SQL_ENGINE', 'the database is in use');
    this.#busy.add(file);
    try {
      if (work.kind === 'leave') {
        this.#close(file);
        return [];
      }
      return await (await this.#database(file)).do(work, bounds, stuck);
    } finally {
      this.#busy.delete(file);
    }
  }

  async #database(file: string): Promise<Database> {
    const database = this.#open.get(file) ?? (await Database.open(file, this.#check));
    this.#open.delete(file);
    this.#open.set(file, database);
    for (const [other, { inTransaction }] of this.#open) {
      if (this.#open.size <= this.#max) break;
      if (!inTransaction && !this.#busy.has(other)) this.#close(other);
    }
    return database;
  }

  #close(file: string): void {
    this.#open.get(file)?.close();
    this.#open.delete(file);
  }
}
