import type { AuditEntry, SealedSecret } from '../records.ts';
import type { SecretStore } from '../storage.ts';
import { writeEntry } from './audit.ts';
import { bytesOf, type Database, type Row } from './database.ts';
import type { Sync } from './sync.ts';

export class LibsqlSecrets implements Sync<SecretStore> {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  list(tenant: string): SealedSecret[] {
    const rows = this.#db.all('SELECT name, sealed, updated_at FROM secrets WHERE tenant = ? ORDER BY name', tenant);
    return rows.map(secretOf);
  }

  notBeginningWith(beginning: Uint8Array): (SealedSecret & { readonly tenant: string })[] {
    const sql = 'SELECT * FROM secrets WHERE substr(sealed, 1, ?) <> ? ORDER BY tenant, name';
    const rows = this.#db.all(sql, beginning.length, beginning);
    return rows.map((row) => ({ tenant: row['tenant'] as string, ...secretOf(row) }));
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

const secretOf = (row: Row): SealedSecret => ({
  name: row['name'] as string,
  sealed: bytesOf(row['sealed']),
  updatedAt: row['updated_at'] as number,
});
