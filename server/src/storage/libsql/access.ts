import type { AccessAuth, AccessRecord, AuditEntry } from '../records.ts';
import type { AccessStore } from '../storage.ts';
import { writeEntry } from './audit.ts';
import type { Database, Row } from './database.ts';
import type { Sync } from './sync.ts';

export class LibsqlAccess implements Sync<AccessStore> {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  list(tenant?: string): AccessRecord[] {
    const rows =
      tenant === undefined
        ? this.#db.all('SELECT * FROM access ORDER BY tenant, function')
        : this.#db.all('SELECT * FROM access WHERE tenant = ? ORDER BY function', tenant);
    return rows.map(ruleOf);
  }

  put({ tenant, function: name = '', auth, updatedAt }: AccessRecord, entry?: AuditEntry): void {
    const sql = 'INSERT OR REPLACE INTO access (tenant, function, auth, updated_at) VALUES (?, ?, ?, ?)';
    this.#db.run(sql, tenant, name, JSON.stringify(auth), updatedAt);
    writeEntry(this.#db, entry);
  }

  delete(tenant: string, name = '', entry?: AuditEntry): boolean {
    const gone = this.#db.run('DELETE FROM access WHERE tenant = ? AND function = ?', tenant, name) > 0;
    if (gone) writeEntry(this.#db, entry);
    return gone;
  }
}

const ruleOf = (row: Row): AccessRecord => ({
  tenant: row['tenant'] as string,
  function: row['function'] === '' ? undefined : (row['function'] as string),
  auth: JSON.parse(row['auth'] as string) as AccessAuth,
  updatedAt: row['updated_at'] as number,
});
