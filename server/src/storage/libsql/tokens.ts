import type { Scope, TokenRecord } from '../records.ts';
import type { TokenStore } from '../storage.ts';
import type { Database, Row } from './database.ts';

const columns = 'id, tenant, scope, label, created_at, expires_at';

export class LibsqlTokens implements TokenStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async find(hash: Buffer): Promise<TokenRecord | undefined> {
    const row = this.#db.get(`SELECT ${columns} FROM tokens WHERE hash = ?`, hash);
    return row && tokenOf(row);
  }

  async list(tenant?: string): Promise<TokenRecord[]> {
    const rows =
      tenant === undefined
        ? this.#db.all(`SELECT ${columns} FROM tokens ORDER BY created_at, id`)
        : this.#db.all(`SELECT ${columns} FROM tokens WHERE tenant = ? ORDER BY created_at, id`, tenant);
    return rows.map(tokenOf);
  }

  async add(token: TokenRecord, hash: Buffer): Promise<void> {
    const { id, tenant, scope, label, createdAt, expiresAt } = token;
    const sql = `INSERT INTO tokens (${columns}, hash) VALUES (?, ?, ?, ?, ?, ?, ?)`;
    this.#db.run(sql, id, tenant ?? null, scope, label, createdAt, expiresAt ?? null, hash);
  }

  async delete(id: string): Promise<boolean> {
    return this.#db.run('DELETE FROM tokens WHERE id = ?', id) > 0;
  }
}

const tokenOf = (row: Row): TokenRecord => ({
  id: row['id'] as string,
  tenant: (row['tenant'] as string | null) ?? undefined,
  scope: row['scope'] as Scope,
  label: row['label'] as string,
  createdAt: row['created_at'] as number,
  expiresAt: (row['expires_at'] as number | null) ?? undefined,
});
