import type { AuditEntry, KeptAuditEntry } from '../records.ts';
import type { AuditStore } from '../storage.ts';
import { type Database, orNothing, type Row } from './database.ts';
import type { Sync } from './sync.ts';

export class LibsqlAudit implements Sync<AuditStore> {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  append({ at, actor, action, tenant, target, detail }: AuditEntry): void {
    const sql = 'INSERT INTO audit (at, actor, action, tenant, target, detail) VALUES (?, ?, ?, ?, ?, ?)';
    this.#db.run(sql, at, actor, action, tenant ?? null, target ?? null, JSON.stringify(detail));
  }

  read(tenant: string | undefined, query: { before?: number | undefined; limit: number }): KeptAuditEntry[] {
    const before = query.before ?? Number.MAX_SAFE_INTEGER;
    const end = 'seq < ? ORDER BY seq DESC LIMIT ?';
    const rows =
      tenant === undefined
        ? this.#db.all(`SELECT * FROM audit WHERE ${end}`, before, query.limit)
        : this.#db.all(`SELECT * FROM audit WHERE tenant = ? AND ${end}`, tenant, before, query.limit);
    return rows.map(entryOf);
  }
}

const entryOf = (row: Row): KeptAuditEntry => ({
  seq: row['seq'] as number,
  at: row['at'] as number,
  actor: row['actor'] as string,
  action: row['action'] as string,
  tenant: orNothing(row['tenant']),
  target: orNothing(row['target']),
  detail: JSON.parse(row['detail'] as string),
});
