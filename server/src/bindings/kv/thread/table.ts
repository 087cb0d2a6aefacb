// The table of keys and values, and what each tenant has in it. Runs on the thread of the store, within a transaction that
// others share: each method does all of its work or, if it throws, none.
import Libsql from 'libsql';
import { KvError } from '../kv-error.ts';
import type { KvCondition, KvEntry, KvInfo, KvKind, KvList, KvPut, KvQuota, KvUse, KvWritten } from '../kv-store.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS entries (
    tenant TEXT NOT NULL, key BLOB NOT NULL, kind TEXT NOT NULL, value BLOB NOT NULL,
    version INTEGER NOT NULL, expires INTEGER, PRIMARY KEY (tenant, key));
  CREATE INDEX IF NOT EXISTS entries_expire ON entries (expires) WHERE expires IS NOT NULL;
  CREATE TABLE IF NOT EXISTS used (tenant TEXT PRIMARY KEY, keys INTEGER NOT NULL, bytes INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS counter (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL);
  INSERT OR IGNORE INTO counter VALUES (1, 0);
`;

interface Row {
  readonly key: ArrayBuffer;
  readonly kind: KvKind;
  readonly value: ArrayBuffer;
  readonly version: number;
  readonly expires: number | null;
  readonly bytes: number;
}

const live = '(expires IS NULL OR expires > ?)';

export class Table {
  readonly #db: Libsql.Database;
  readonly #statements = new Map<string, Libsql.Statement>();

  constructor(file: string) {
    this.#db = new Libsql(file);
    this.#db.pragma('journal_mode = WAL');
    this.#db.pragma('synchronous = FULL');
    this.#db.pragma('journal_size_limit = 4194304');
    this.#db.exec(schema);
  }

  begin(): void {
    this.#statement('BEGIN IMMEDIATE').run();
  }

  commit(): void {
    this.#statement('COMMIT').run();
  }

  rollback(): void {
    if (this.#db.inTransaction) this.#statement('ROLLBACK').run();
  }

  get(tenant: string, key: string): KvEntry | undefined {
    const row = this.#row(tenant, key, Date.now());
    if (!row) return undefined;
    return { ...infoOf(row), value: { kind: row.kind, bytes: new Uint8Array(row.value) } };
  }

  put(tenant: string, { key, value, expiresAt, ifVersion }: KvPut, quota: KvQuota): KvWritten {
    const now = Date.now();
    const name = Buffer.from(key);
    const before = this.#row(tenant, key, now);
    if (!holds(ifVersion, before)) return { ok: false, version: before?.version ?? null };
    if (expiresAt !== null && expiresAt <= now) {
      this.#remove(tenant, name);
      return { ok: true, version: null };
    }
    this.#makeRoom(tenant, before, name.length, value.bytes.length, quota, now);
    this.#remove(tenant, name);
    const version = this.#nextVersion();
    this.#run(
      'INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)',
      tenant,
      name,
      value.kind,
      Buffer.from(value.bytes),
      version,
      expiresAt,
    );
    this.#count(tenant, 1, name.length + value.bytes.length);
    return { ok: true, version };
  }

  delete(tenant: string, key: string, { ifVersion }: KvCondition): KvWritten {
    const before = this.#row(tenant, key, Date.now());
    if (!before || !holds(ifVersion, before)) return { ok: false, version: before?.version ?? null };
    this.#remove(tenant, Buffer.from(key));
    return { ok: true, version: null };
  }

  list(tenant: string, { prefix, after, limit }: KvList): { keys: KvInfo[]; more: boolean } {
    const from = Buffer.from(prefix);
    const behind = after === undefined ? undefined : Buffer.from(after);
    const end = endOf(from);
    const rows = this.#statement(
      `SELECT key, version, expires, length(value) AS bytes FROM entries
       WHERE tenant = ? AND key >= ? ${behind ? 'AND key > ?' : ''} ${end ? 'AND key < ?' : ''} AND ${live}
       ORDER BY key LIMIT ?`,
    ).all(tenant, from, ...(behind ? [behind] : []), ...(end ? [end] : []), Date.now(), limit + 1) as Row[];
    return { keys: rows.slice(0, limit).map(infoOf), more: rows.length > limit };
  }

  use(tenant: string): KvUse {
    const used = this.#first<KvUse>('SELECT keys, bytes FROM used WHERE tenant = ?', tenant);
    return { keys: used?.keys ?? 0, bytes: used?.bytes ?? 0 };
  }

  drop(tenant: string): void {
    this.#run('DELETE FROM entries WHERE tenant = ?', tenant);
    this.#run('DELETE FROM used WHERE tenant = ?', tenant);
  }

  /** Takes away some of what has expired. Answers when the next does, `undefined` if none will. */
  sweep(limit: number): number | undefined {
    const now = Date.now();
    const expired = this.#statement('SELECT tenant, key FROM entries WHERE expires <= ? LIMIT ?').all(now, limit);
    for (const { tenant, key } of expired as { tenant: string; key: ArrayBuffer }[])
      this.#remove(tenant, Buffer.from(key));
    const next = this.#first<{ at: number | null }>('SELECT min(expires) AS at FROM entries WHERE expires IS NOT NULL');
    return next?.at ?? undefined;
  }

  copy(file: string): void {
    this.#run('VACUUM INTO ?', file);
  }

  close(): void {
    this.#db.close();
  }

  #row(tenant: string, key: string, now: number): Row | undefined {
    const columns = 'key, kind, value, version, expires, length(value) AS bytes';
    const sql = `SELECT ${columns} FROM entries WHERE tenant = ? AND key = ? AND ${live}`;
    return this.#first<Row>(sql, tenant, Buffer.from(key), now);
  }

  #makeRoom(tenant: string, before: Row | undefined, name: number, value: number, quota: KvQuota, now: number): void {
    const keys = before ? 0 : 1;
    const bytes = value - (before ? before.bytes : -name);
    if (this.#fits(tenant, keys, bytes, quota) === undefined) return;
    this.#dropExpired(tenant, now);
    const full = this.#fits(tenant, keys, bytes, quota);
    if (full) throw full;
  }

  #fits(tenant: string, keys: number, bytes: number, { maxKeys, maxBytes }: KvQuota): KvError | undefined {
    const used = this.use(tenant);
    if (keys > 0 && used.keys + keys > maxKeys) {
      return new KvError('KV_QUOTA', `the tenant has ${maxKeys} keys already (kv.keys)`, {
        quota: 'kv.keys',
        limit: maxKeys,
      });
    }
    if (bytes > 0 && used.bytes + bytes > maxBytes) {
      return new KvError('KV_QUOTA', `the tenant would have more than ${maxBytes} bytes (kv.bytes)`, {
        quota: 'kv.bytes',
        limit: maxBytes,
      });
    }
    return undefined;
  }

  #dropExpired(tenant: string, now: number): void {
    const keys = this.#statement('SELECT key FROM entries WHERE expires <= ? AND tenant = ?').all(now, tenant);
    for (const { key } of keys as { key: ArrayBuffer }[]) this.#remove(tenant, Buffer.from(key));
  }

  #remove(tenant: string, key: Buffer): void {
    const sql = 'DELETE FROM entries WHERE tenant = ? AND key = ? RETURNING length(value) AS bytes';
    const gone = this.#first<{ bytes: number }>(sql, tenant, key);
    if (gone) this.#count(tenant, -1, -(key.length + gone.bytes));
  }

  #count(tenant: string, keys: number, bytes: number): void {
    const add = 'ON CONFLICT DO UPDATE SET keys = keys + excluded.keys, bytes = bytes + excluded.bytes';
    this.#run(`INSERT INTO used VALUES (?, ?, ?) ${add}`, tenant, keys, bytes);
  }

  #nextVersion(): number {
    const counter = this.#first<{ version: number }>('UPDATE counter SET version = version + 1 RETURNING version');
    return (counter as { version: number }).version;
  }

  /** Reads to the end: a statement that was left at its first row keeps what it read from being written over. */
  #first<T>(sql: string, ...values: unknown[]): T | undefined {
    return this.#statement(sql).all(...values)[0] as T | undefined;
  }

  #run(sql: string, ...values: unknown[]): void {
    this.#statement(sql).run(...values);
  }

  #statement(sql: string): Libsql.Statement {
    const known = this.#statements.get(sql) ?? this.#db.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }
}

const infoOf = ({ key, version, bytes, expires }: Row): KvInfo => ({
  key: Buffer.from(key).toString(),
  version,
  bytes,
  expiresAt: expires,
});

const holds = (wanted: number | null | undefined, before: Row | undefined): boolean =>
  wanted === undefined || wanted === (before?.version ?? null);

/** The first key that does not begin so; `undefined`: there is none. */
function endOf(prefix: Buffer): Buffer | undefined {
  const end = Buffer.from(prefix);
  for (let at = end.length - 1; at >= 0; at--) {
    if ((end[at] as number) === 0xff) continue;
    end[at] = (end[at] as number) + 1;
    return end.subarray(0, at + 1);
  }
  return undefined;
}
