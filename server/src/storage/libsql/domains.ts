import type { AuditEntry, DomainRecord } from '../records.ts';
import type { DomainStore } from '../storage.ts';
import { writeEntry } from './audit.ts';
import { type Database, orNothing, type Row } from './database.ts';
import type { Sync } from './sync.ts';

export class LibsqlDomains implements Sync<DomainStore> {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  list(tenant?: string): DomainRecord[] {
    const rows =
      tenant === undefined
        ? this.#db.all('SELECT * FROM domains ORDER BY host')
        : this.#db.all('SELECT * FROM domains WHERE tenant = ? ORDER BY host', tenant);
    return rows.map(domainOf);
  }

  put({ host, tenant, function: name, alias, createdAt }: DomainRecord, entry?: AuditEntry): string {
    const owner = this.#db.get('SELECT tenant FROM domains WHERE host = ?', host)?.['tenant'] as string | undefined;
    if (owner !== undefined && owner !== tenant) return owner;
    const sql = `INSERT INTO domains (host, tenant, function, alias, created_at) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (host) DO UPDATE SET function = excluded.function, alias = excluded.alias`;
    this.#db.run(sql, host, tenant, name ?? null, alias ?? null, createdAt);
    writeEntry(this.#db, entry);
    return tenant;
  }

  delete(tenant: string, host: string, entry?: AuditEntry): boolean {
    const gone = this.#db.run('DELETE FROM domains WHERE tenant = ? AND host = ?', tenant, host) > 0;
    if (gone) writeEntry(this.#db, entry);
    return gone;
  }
}

const domainOf = (row: Row): DomainRecord => ({
  host: row['host'] as string,
  tenant: row['tenant'] as string,
  function: orNothing(row['function']),
  alias: orNothing(row['alias']),
  createdAt: row['created_at'] as number,
});
