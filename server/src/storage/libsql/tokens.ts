import type { Scope, TokenRecord } from '../records.ts';
import type { TokenStore } from '../storage.ts';
import { type Database, orNothing, type Row } from './database.ts';
import type { Sync } from './sync.ts';

const columns = 'id, tenant, scope, label, created_at, expires_at';

export class LibsqlTokens implements Sync<TokenStore> {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  find(hash: Uint8Array): TokenRecord | undefined {
    const row = this.#db.get(`SELECT ${columns} FROM tokens WHERE hash = ?`, hash);
    return row && tokenOf(row);
  }

  list(tenant?: string): TokenRecord[] {
    const rows =
      tenant === undefined
        ? this.#db.all(`SELECT ${columns} FROM tokens ORDER BY created_at, id`)
        : this.#db.all(`SELECT ${columns} FROM tokens WHERE tenant = ? ORDER BY created_at, id`, tenant);
    return rows.map(tokenOf);
  }

  add(token: TokenRecord, hash: Uint8Array): void {
    const { id, tenant, scope, label, createdAt, expiresAt } = token;
    const sql = `INSERT INTO tokens (${columns}, hash) VALUES (?, ?, ?, ?, ?, ?, ?)`;
    this.#db.run(sql, id, tenant ?? null, scope, label, createdAt, expiresAt ?? null, hash);
  }

  delete(id: string, tenant?: string): boolean {
    if (tenant === undefined) return this.#db.run('DELETE FROM tokens WHERE id = ?', id) > 0;
    return this.#db.run('DELETE FROM tokens WHERE id = ? AND tenant = ?', id, tenant) > 0;
  }
}

const tokenOf = (row: Row): TokenRecord => ({
  id: row['id'] as string,
  tenant: orNothing(row['tenant']),
  scope: row['scope'] as Scope,
  label: row['label'] as string,
  createdAt: row['created_at'] as number,
  expiresAt: orNothing(row['expires_at']),
});
