import type { AuditEntry, FunctionRecord, SourceRecord, StoredSpec, VersionRecord } from '../records.ts';
import type { FunctionStore } from '../storage.ts';
import { writeEntry } from './audit.ts';
import { bytesOf, type Database, type Row, textOf } from './database.ts';
import type { Sync } from './sync.ts';

interface Activation {
  readonly seq: number;
  readonly version: string;
}

const versionColumns = 'tenant, name, version, number, created_at, created_by, code_size, settings';

export class LibsqlFunctions implements Sync<FunctionStore> {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get(tenant: string, name: string): FunctionRecord | undefined {
    const row = this.#db.get('SELECT * FROM functions WHERE tenant = ? AND name = ?', tenant, name);
    if (!row) return undefined;
    const aliases = this.#db.all('SELECT alias, weights FROM aliases WHERE tenant = ? AND name = ?', tenant, name);
    return {
      tenant,
      name,
      active: row['active'] as string,
      createdAt: row['created_at'] as number,
      aliases: Object.fromEntries(aliases.map((one) => [one['alias'], JSON.parse(one['weights'] as string)])),
    };
  }

  list(tenant: string): FunctionRecord[] {
    const rows = this.#db.all('SELECT name FROM functions WHERE tenant = ? ORDER BY name', tenant);
    return rows.flatMap((row) => this.get(tenant, row['name'] as string) ?? []);
  }

  count(tenant: string): number {
    return Number(this.#db.get('SELECT COUNT(*) AS n FROM functions WHERE tenant = ?', tenant)?.['n']);
  }

  versions(tenant: string, name: string): VersionRecord[] {
    const sql = `SELECT ${versionColumns} FROM versions WHERE tenant = ? AND name = ? ORDER BY number`;
    return this.#db.all(sql, tenant, name).map(versionOf);
  }

  version(tenant: string, name: string, version: string): VersionRecord | undefined {
    const sql = `SELECT ${versionColumns} FROM versions WHERE tenant = ? AND name = ? AND version = ?`;
    const row = this.#db.get(sql, tenant, name, version);
    return row && versionOf(row);
  }

  source(tenant: string, name: string, version: string): SourceRecord | undefined {
    const sql = 'SELECT * FROM versions WHERE tenant = ? AND name = ? AND version = ?';
    const row = this.#db.get(sql, tenant, name, version);
    if (!row) return undefined;
    const record = versionOf(row);
    const spec: StoredSpec = { ...record.settings, code: textOf(row['code']) };
    return { ...record, spec, mac: bytesOf(row['mac']) };
  }

  deploy(
    source: Omit<SourceRecord, 'number'>,
    keep: number,
    entry?: AuditEntry,
  ): { version: VersionRecord; record: FunctionRecord; created: boolean } {
    const { tenant, name, version, createdAt } = source;
    const created = this.get(tenant, name) === undefined;
    if (created) {
      const sql = 'INSERT INTO functions (tenant, name, active, created_at) VALUES (?, ?, ?, ?)';
      this.#db.run(sql, tenant, name, version, createdAt);
    }
    if (!this.#has(tenant, name, version)) this.#add(source);
    this.#activate(tenant, name, version, createdAt);
    const record = this.get(tenant, name) as FunctionRecord;
    this.#prune(record, keep);
    writeEntry(this.#db, entry);
    return { version: this.version(tenant, name, version) as VersionRecord, record, created };
  }

  activate(tenant: string, name: string, version: string, at: number, entry?: AuditEntry): FunctionRecord | undefined {
    if (!this.#has(tenant, name, version)) return undefined;
    this.#activate(tenant, name, version, at);
    writeEntry(this.#db, entry);
    return this.get(tenant, name);
  }

  previous(tenant: string, name: string): string | undefined {
    return this.#activations(tenant, name)[1]?.version;
  }

  revert(tenant: string, name: string, at: number, entry?: AuditEntry): FunctionRecord | undefined {
    const [last, before] = this.#activations(tenant, name);
    if (!last || !before) return undefined;
    this.#db.run('DELETE FROM activations WHERE tenant = ? AND name = ? AND seq > ?', tenant, name, before.seq);
    this.#db.run('UPDATE activations SET at = ? WHERE seq = ?', at, before.seq);
    this.#db.run('UPDATE functions SET active = ? WHERE tenant = ? AND name = ?', before.version, tenant, name);
    writeEntry(this.#db, entry);
    return this.get(tenant, name);
  }

  setAlias(
    tenant: string,
    name: string,
    alias: string,
    weights: Readonly<Record<string, number>> | undefined,
    entry?: AuditEntry,
  ): FunctionRecord | undefined {
    this.#db.run('DELETE FROM aliases WHERE tenant = ? AND name = ? AND alias = ?', tenant, name, alias);
    if (weights && this.get(tenant, name)) {
      const sql = 'INSERT INTO aliases (tenant, name, alias, weights) VALUES (?, ?, ?, ?)';
      this.#db.run(sql, tenant, name, alias, JSON.stringify(weights));
    }
    writeEntry(this.#db, entry);
    return this.get(tenant, name);
  }

  delete(tenant: string, name: string, entry?: AuditEntry): boolean {
    const gone = this.#db.run('DELETE FROM functions WHERE tenant = ? AND name = ?', tenant, name) > 0;
    if (gone) writeEntry(this.#db, entry);
    return gone;
  }

  /** Without reading its settings: there may be a source map in them. */
  #has(tenant: string, name: string, version: string): boolean {
    const sql = 'SELECT 1 FROM versions WHERE tenant = ? AND name = ? AND version = ?';
    return this.#db.get(sql, tenant, name, version) !== undefined;
  }

  #add({ tenant, name, version, createdAt, createdBy, codeSize, settings, spec, mac }: Omit<SourceRecord, 'number'>) {
    const last = this.#db.get('SELECT MAX(number) AS n FROM versions WHERE tenant = ? AND name = ?', tenant, name);
    this.#db.run(
      `INSERT INTO versions (${versionColumns}, mac, code) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[tenant, name, version, Number(last?.['n'] ?? 0) + 1, createdAt, createdBy, codeSize],
      ...[JSON.stringify(settings), mac, Buffer.from(spec.code)],
    );
  }

  /** The last one, and the last one of another version: one between them may have gone with its version. */
  #activations(tenant: string, name: string): Activation[] {
    const sql = `SELECT seq, version FROM activations WHERE tenant = ? AND name = ? AND version IS NOT ?
      ORDER BY seq DESC LIMIT 1`;
    const last = this.#db.get(sql, tenant, name, null) as Activation | undefined;
    const before = last && (this.#db.get(sql, tenant, name, last.version) as Activation | undefined);
    return [last, before].filter((found) => found !== undefined);
  }

  #activate(tenant: string, name: string, version: string, at: number): void {
    if (this.#activations(tenant, name)[0]?.version === version) return;
    this.#db.run('UPDATE functions SET active = ? WHERE tenant = ? AND name = ?', version, tenant, name);
    const sql = 'INSERT INTO activations (tenant, name, version, at) VALUES (?, ?, ?, ?)';
    this.#db.run(sql, tenant, name, version, at);
  }

  /** Their activations go with them, so that a rollback never leads to one. */
  #prune({ tenant, name, active, aliases }: FunctionRecord, keep: number): void {
    const needed = new Set([active, ...Object.values(aliases).flatMap((weights) => Object.keys(weights))]);
    const sql = 'SELECT version FROM versions WHERE tenant = ? AND name = ? ORDER BY number';
    const kept = this.#db.all(sql, tenant, name).map((row) => row['version'] as string);
    const idle = kept.filter((version) => !needed.has(version));
    for (const version of idle.slice(0, Math.max(0, idle.length - keep))) {
      this.#db.run('DELETE FROM versions WHERE tenant = ? AND name = ? AND version = ?', tenant, name, version);
    }
  }
}

const versionOf = (row: Row): VersionRecord => ({
  tenant: row['tenant'] as string,
  name: row['name'] as string,
  version: row['version'] as string,
  number: row['number'] as number,
  createdAt: row['created_at'] as number,
  createdBy: row['created_by'] as string,
  codeSize: row['code_size'] as number,
  settings: JSON.parse(row['settings'] as string),
});
