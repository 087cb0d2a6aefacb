import type { AuditEntry, SealedSecret } from '../records.ts';
import type { SecretStore } from '../storage.ts';
import { writeEntry } from './audit.ts';
import { bytesOf, type Database } from './database.ts';
import type { Sync } from './sync.ts';

export class LibsqlSecrets implements Sync<SecretStore> {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  list(tenant: string): SealedSecret[] {
    const rows = this.#db.all('SELECT name, sealed, updated_at FROM secrets WHERE tenant = ? ORDER BY name', tenant);
    return rows.map((row) => ({
      name: row['name'] as string,
      sealed: bytesOf(row['sealed']),
      updatedAt: row['updated_at'] as number,
    }));
  }

  put(tenant: string, { name, sealed, updatedAt }: SealedSecret, entry?: AuditEntry): void {
    const sql = 'INSERT OR REPLACE INTO secrets (tenant, name, sealed, updated_at) VALUES (?, ?, ?, ?)';
    this.#db.run(sql, tenant, name, sealed, updatedAt);
    writeEntry(this.#db, entry);
  }

  delete(tenant: string, name: string, entry?: AuditEntry): boolean {
    const gone = this.#db.run('DELETE FROM secrets WHERE tenant = ? AND name = ?', tenant, name) > 0;
    if (gone) writeEntry(this.#db, entry);
    return gone;
  }
}
