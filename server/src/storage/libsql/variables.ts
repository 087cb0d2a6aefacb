import type { AuditEntry, VariableRecord } from '../records.ts';
import type { VariableStore } from '../storage.ts';
import { writeEntry } from './audit.ts';
import { type Database, textOf } from './database.ts';
import type { Sync } from './sync.ts';

export class LibsqlVariables implements Sync<VariableStore> {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  list(tenant: string): VariableRecord[] {
    const rows = this.#db.all('SELECT name, value, updated_at FROM variables WHERE tenant = ? ORDER BY name', tenant);
    return rows.map((row) => ({
      name: row['name'] as string,
      value: textOf(row['value']),
      updatedAt: row['updated_at'] as number,
    }));
  }

  put(tenant: string, { name, value, updatedAt }: VariableRecord, entry?: AuditEntry): void {
    const sql = 'INSERT OR REPLACE INTO variables (tenant, name, value, updated_at) VALUES (?, ?, ?, ?)';
    this.#db.run(sql, tenant, name, Buffer.from(value), updatedAt);
    writeEntry(this.#db, entry);
  }

  delete(tenant: string, name: string, entry?: AuditEntry): boolean {
    const gone = this.#db.run('DELETE FROM variables WHERE tenant = ? AND name = ?', tenant, name) > 0;
    if (gone) writeEntry(this.#db, entry);
    return gone;
  }
}
