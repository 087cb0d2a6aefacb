import type { AuditEntry, Scope, TokenRecord } from '../records.ts';
import type { TokenStore } from '../storage.ts';
import { writeEntry } from './audit.ts';
import { type Database, orNothing, type Row } from './database.ts';
import type { Sync } from './sync.ts';

const columns = 'id, tenant, scope, label, created_at, expires_at, last_used_at';

export class LibsqlTokens implements Sync<TokenStore> {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  find(hash: Uint8Array): TokenRecord | undefined {
    const row = this.#db.get(`SELECT ${columns} FROM tokens WHERE hash = ?`, hash);
    return row && tokenOf(row);
  }

  get(id: string): TokenRecord | undefined {
    const row = this.#db.get(`SELECT ${columns} FROM tokens WHERE id = ?`, id);
    return row && tokenOf(row);
  }

  list(tenant?: string): TokenRecord[] {
    const rows =
      tenant === undefined
        ? this.#db.all(`SELECT ${columns} FROM tokens ORDER BY created_at, id`)
        : this.#db.all(`SELECT ${columns} FROM tokens WHERE tenant = ? ORDER BY created_at, id`, tenant);
    return rows.map(tokenOf);
  }

  add({ id, tenant, scope, label, createdAt, expiresAt }: TokenRecord, hash: Uint8Array, entry?: AuditEntry): void {
    const sql = `INSERT INTO tokens (id, tenant, scope, label, created_at, expires_at, hash) VALUES (?, ?, ?, ?, ?, ?, ?)`;
    this.#db.run(sql, id, tenant ?? null, scope, label, createdAt, expiresAt ?? null, hash);
    writeEntry(this.#db, entry);
  }

  touch(id: string, at: number): void {
    this.#db.run('UPDATE tokens SET last_used_at = ? WHERE id = ?', at, id);
  }

  delete(id: string, tenant: string | undefined, entry?: AuditEntry): boolean {
    const sql = 'DELETE FROM tokens WHERE id = ? AND (? IS NULL OR tenant = ?)';
    const gone = this.#db.run(sql, id, tenant ?? null, tenant ?? null) > 0;
    if (gone) writeEntry(this.#db, entry);
    return gone;
  }
}

const tokenOf = (row: Row): TokenRecord => ({
  id: row['id'] as string,
  tenant: orNothing(row['tenant']),
  scope: row['scope'] as Scope,
  label: row['label'] as string,
  createdAt: row['created_at'] as number,
  expiresAt: orNothing(row['expires_at']),
  lastUsedAt: orNothing(row['last_used_at']),
});
