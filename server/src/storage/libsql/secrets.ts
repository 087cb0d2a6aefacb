import type { SealedSecret } from '../records.ts';
import type { SecretStore } from '../storage.ts';
import type { Database } from './database.ts';

export class LibsqlSecrets implements SecretStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async list(tenant: string): Promise<SealedSecret[]> {
    const rows = this.#db.all('SELECT name, sealed, updated_at FROM secrets WHERE tenant = ? ORDER BY name', tenant);
    return rows.map((row) => ({
      name: row['name'] as string,
      sealed: Buffer.from(row['sealed'] as Uint8Array),
      updatedAt: row['updated_at'] as number,
    }));
  }

  async put(tenant: string, { name, sealed, updatedAt }: SealedSecret): Promise<void> {
    const sql = 'INSERT OR REPLACE INTO secrets (tenant, name, sealed, updated_at) VALUES (?, ?, ?, ?)';
    this.#db.run(sql, tenant, name, sealed, updatedAt);
  }

  async delete(tenant: string, name: string): Promise<boolean> {
    return this.#db.run('DELETE FROM secrets WHERE tenant = ? AND name = ?', tenant, name) > 0;
  }
}
