import type { TenantRecord } from '../records.ts';
import type { TenantStore } from '../storage.ts';
import type { Database, Row } from './database.ts';

export class LibsqlTenants implements TenantStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async get(id: string): Promise<TenantRecord | undefined> {
    const row = this.#db.get('SELECT * FROM tenants WHERE id = ?', id);
    return row && tenantOf(row);
  }

  async list(): Promise<TenantRecord[]> {
    return this.#db.all('SELECT * FROM tenants ORDER BY id').map(tenantOf);
  }

  async put({ id, tier, createdAt }: TenantRecord): Promise<boolean> {
    return this.#db.transaction(() => {
      const changed = this.#db.run('UPDATE tenants SET tier = ? WHERE id = ?', tier ?? null, id);
      if (changed > 0) return false;
      this.#db.run('INSERT INTO tenants (id, tier, created_at) VALUES (?, ?, ?)', id, tier ?? null, createdAt);
      return true;
    });
  }

  async delete(id: string): Promise<boolean> {
    return this.#db.run('DELETE FROM tenants WHERE id = ?', id) > 0;
  }
}

const tenantOf = (row: Row): TenantRecord => ({
  id: row['id'] as string,
  tier: (row['tier'] as string | null) ?? undefined,
  createdAt: row['created_at'] as number,
});
