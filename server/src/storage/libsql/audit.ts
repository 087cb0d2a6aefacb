import type { Actor, AuditEntry, AuditQuery, KeptAuditEntry } from '../records.ts';
import type { AuditStore } from '../storage.ts';
import { type Database, orNothing, type Row } from './database.ts';
import type { Sync } from './sync.ts';

/** Makes an entry, if there is one: within the transaction of what it tells of. */
export function writeEntry(db: Database, entry: AuditEntry | undefined): void {
  if (!entry) return;
  const { at, actor, action, tenant, target, detail } = entry;
  const sql = 'INSERT INTO audit (at, actor, by, action, tenant, target, detail) VALUES (?, ?, ?, ?, ?, ?, ?)';
  const by = JSON.stringify(actor);
  db.run(sql, at, actor.token, by, action, tenant ?? null, target ?? null, JSON.stringify(detail));
}

/** The table itself refuses changes and deletions: it has triggers. */
export class LibsqlAudit implements Sync<AuditStore> {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  append(entry: AuditEntry): void {
    writeEntry(this.#db, entry);
  }

  read({ tenant, action, token, since = 0, before = Number.MAX_SAFE_INTEGER, limit }: AuditQuery): KeptAuditEntry[] {
    const of = tenant === undefined ? '' : 'tenant = ? AND';
    const sql = `SELECT * FROM audit WHERE ${of} seq < ? AND at >= ? AND (? IS NULL OR action = ?)
      AND (? IS NULL OR actor = ?) ORDER BY seq DESC LIMIT ?`;
    const wanted = [action ?? null, action ?? null, token ?? null, token ?? null];
    return this.#db.all(sql, ...(tenant === undefined ? [] : [tenant]), before, since, ...wanted, limit).map(entryOf);
  }
}

const entryOf = (row: Row): KeptAuditEntry => ({
  seq: row['seq'] as number,
  at: row['at'] as number,
  actor: JSON.parse(row['by'] as string) as Actor,
  action: row['action'] as string,
  tenant: orNothing(row['tenant']),
  target: orNothing(row['target']),
  detail: JSON.parse(row['detail'] as string),
});
