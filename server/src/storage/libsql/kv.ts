import type { KvEntry, KvWrite } from '../records.ts';
import type { KvStore } from '../storage.ts';
import { bytesOf, type Database, orNothing, type Row, textOf, type Value } from './database.ts';
import type { Sync } from './sync.ts';

const columns = 'key, version, expires_at, type';
const isThere = '(expires_at IS NULL OR expires_at > ?)';

export class LibsqlKv implements Sync<KvStore> {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get(tenant: string, key: string, now: number): KvEntry | undefined {
    const sql = `SELECT ${columns}, value FROM kv WHERE tenant = ? AND key = ? AND ${isThere}`;
    const row = this.#db.get(sql, tenant, Buffer.from(key), now);
    return row && { ...entryOf(row), value: bytesOf(row['value']) };
  }

  put(
    tenant: string,
    { key, value, type, expiresAt }: Omit<KvEntry, 'version'>,
    ifVersion: number | undefined,
    quota: { readonly bytes: number; readonly keys: number },
    now: number,
  ): KvWrite {
    const name = Buffer.from(key);
    const old = this.#db.get('SELECT version, size, expires_at FROM kv WHERE tenant = ? AND key = ?', tenant, name);
    const conflict = conflictOf(old, ifVersion, now);
    if (conflict) return conflict;
    const use = this.#use(tenant);
    const size = name.length + value.length;
    const bytes = use.bytes + size - Number(old?.['size'] ?? 0);
    const keys = use.keys + (old ? 0 : 1);
    // What takes less than before may always be written, also where the quota has become smaller.
    if (bytes > quota.bytes && bytes > use.bytes) return exceeded('bytes', quota.bytes, bytes);
    if (keys > quota.keys && keys > use.keys) return exceeded('keys', quota.keys, keys);
    const version = use.version + 1;
    const sql = `INSERT OR REPLACE INTO kv (tenant, ${columns}, size, value) VALUES (?, ?, ?, ?, ?, ?, ?)`;
    this.#db.run(sql, tenant, name, version, expiresAt ?? null, type, size, value);
    this.#setUse(tenant, { bytes, keys, version });
    return { outcome: 'written', version };
  }

  delete(tenant: string, key: string, ifVersion: number | undefined, now: number): KvWrite {
    const name = Buffer.from(key);
    const old = this.#db.get('SELECT version, size, expires_at FROM kv WHERE tenant = ? AND key = ?', tenant, name);
    const conflict = conflictOf(old, ifVersion, now);
    if (conflict) return conflict;
    if (old) this.#remove(tenant, name, old['size'] as number);
    return { outcome: 'written', version: 0 };
  }

  list(
    tenant: string,
    {
      prefix,
      after,
      limit,
    }: { readonly prefix?: string | undefined; readonly after?: string | undefined; readonly limit: number },
    now: number,
  ): Omit<KvEntry, 'value'>[] {
    const conditions = ['tenant = ?', isThere];
    const values: Value[] = [tenant, now];
    if (prefix) {
      const from = Buffer.from(prefix);
      conditions.push('key >= ?', 'key < ?');
      values.push(from, firstBeyond(from));
    }
    if (after !== undefined) {
      conditions.push('key > ?');
      values.push(Buffer.from(after));
    }
    const sql = `SELECT ${columns} FROM kv WHERE ${conditions.join(' AND ')} ORDER BY key LIMIT ?`;
    return this.#db.all(sql, ...values, limit).map(entryOf);
  }

  use(tenant: string): { bytes: number; keys: number } {
    const { bytes, keys } = this.#use(tenant);
    return { bytes, keys };
  }

  sweep(now: number, limit: number): number {
    const sql = 'SELECT tenant, key, size FROM kv WHERE expires_at IS NOT NULL AND expires_at <= ? LIMIT ?';
    const expired = this.#db.all(sql, now, limit);
    for (const row of expired) this.#remove(row['tenant'] as string, bytesOf(row['key']), row['size'] as number);
    return expired.length;
  }

  #remove(tenant: string, name: Buffer, size: number): void {
    this.#db.run('DELETE FROM kv WHERE tenant = ? AND key = ?', tenant, name);
    const { bytes, keys, version } = this.#use(tenant);
    this.#setUse(tenant, { bytes: bytes - size, keys: keys - 1, version });
  }

  #use(tenant: string): { bytes: number; keys: number; version: number } {
    const row = this.#db.get('SELECT bytes, keys, last_version FROM kv_use WHERE tenant = ?', tenant);
    if (!row) return { bytes: 0, keys: 0, version: 0 };
    return { bytes: row['bytes'] as number, keys: row['keys'] as number, version: row['last_version'] as number };
  }

  #setUse(tenant: string, { bytes, keys, version }: { bytes: number; keys: number; version: number }): void {
    const sql = `INSERT INTO kv_use (tenant, bytes, keys, last_version) VALUES (?, ?, ?, ?) ON CONFLICT (tenant)
      DO UPDATE SET bytes = excluded.bytes, keys = excluded.keys, last_version = excluded.last_version`;
    this.#db.run(sql, tenant, bytes, keys, version);
  }
}

function conflictOf(old: Row | undefined, ifVersion: number | undefined, now: number): KvWrite | undefined {
  if (ifVersion === undefined) return undefined;
  const expiresAt = orNothing<number>(old?.['expires_at'] ?? null);
  const version = old && (expiresAt === undefined || expiresAt > now) ? (old['version'] as number) : 0;
  return version === ifVersion ? undefined : { outcome: 'conflict', version };
}

const exceeded = (limit: 'bytes' | 'keys', value: number, observed: number): KvWrite => ({
  outcome: 'quota',
  limit,
  value,
  observed,
});

/** UTF-8 has no byte 0xff: the last one can always be one more. */
function firstBeyond(prefix: Buffer): Buffer {
  const beyond = Buffer.from(prefix);
  const last = beyond.length - 1;
  beyond[last] = (beyond[last] ?? 0) + 1;
  return beyond;
}

const entryOf = (row: Row): Omit<KvEntry, 'value'> => ({
  key: textOf(row['key']),
  type: row['type'] as string,
  version: row['version'] as number,
  expiresAt: orNothing(row['expires_at']),
});
