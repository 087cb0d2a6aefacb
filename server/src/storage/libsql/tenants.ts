import type { AuditEntry, TenantRecord } from '../records.ts';
import type { TenantStore } from '../storage.ts';
import { writeEntry } from './audit.ts';
import { type Database, orNothing, type Row } from './database.ts';
import type { Sync } from './sync.ts';

export class LibsqlTenants implements Sync<TenantStore> {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get(id: string): TenantRecord | undefined {
    const row = this.#db.get('SELECT * FROM tenants WHERE id = ?', id);
    return row && tenantOf(row);
  }

  list(): TenantRecord[] {
    return this.#db.all('SELECT * FROM tenants ORDER BY id').map(tenantOf);
  }

  put({ id, tier, createdAt }: TenantRecord, entry?: AuditEntry): boolean {
    writeEntry(this.#db, entry);
    if (this.#db.run('UPDATE tenants SET tier = ? WHERE id = ?', tier ?? null, id) > 0) return false;
    this.#db.run('INSERT INTO tenants (id, tier, created_at) VALUES (?, ?, ?)', id, tier ?? null, createdAt);
    return true;
  }

  delete(id: string, entry?: AuditEntry): boolean {
    const gone = this.#db.run('DELETE FROM tenants WHERE id = ?', id) > 0;
    if (gone) writeEntry(this.#db, entry);
    return gone;
  }
}

const tenantOf = (row: Row): TenantRecord => ({
  id: row['id'] as string,
  tier: orNothing(row['tier']),
  createdAt: row['created_at'] as number,
});
