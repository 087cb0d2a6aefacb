import type { FunctionRecord, SourceRecord, StoredSpec, VersionRecord } from '../records.ts';
import type { FunctionStore } from '../storage.ts';
import type { Database, Row } from './database.ts';

const versionColumns = 'tenant, name, version, number, created_at, created_by, code_size, settings';

export class LibsqlFunctions implements FunctionStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async get(tenant: string, name: string): Promise<FunctionRecord | undefined> {
    return this.#read(tenant, name);
  }

  async list(tenant: string): Promise<FunctionRecord[]> {
    const rows = this.#db.all('SELECT name FROM functions WHERE tenant = ? ORDER BY name', tenant);
    return rows.flatMap((row) => this.#read(tenant, row['name'] as string) ?? []);
  }

  async versions(tenant: string, name: string): Promise<VersionRecord[]> {
    const sql = `SELECT ${versionColumns} FROM versions WHERE tenant = ? AND name = ? ORDER BY number`;
    return this.#db.all(sql, tenant, name).map(versionOf);
  }

  async source(tenant: string, name: string, version: string): Promise<SourceRecord | undefined> {
    const sql = 'SELECT * FROM versions WHERE tenant = ? AND name = ? AND version = ?';
    const row = this.#db.get(sql, tenant, name, version);
    if (!row) return undefined;
    const record = versionOf(row);
    const spec: StoredSpec = { ...record.settings, code: row['code'] as string };
    return { ...record, spec, mac: Buffer.from(row['mac'] as Uint8Array) };
  }

  async deploy(source: Omit<SourceRecord, 'number'>): Promise<{ version: VersionRecord; created: boolean }> {
    const { tenant, name, version, createdAt, spec, mac, ...about } = source;
    return this.#db.transaction(() => {
      const created = this.#read(tenant, name) === undefined;
      if (created) {
        const sql = 'INSERT INTO functions (tenant, name, active, created_at) VALUES (?, ?, ?, ?)';
        this.#db.run(sql, tenant, name, version, createdAt);
      }
      if (!this.#version(tenant, name, version)) {
        const last = this.#db.get('SELECT MAX(number) AS n FROM versions WHERE tenant = ? AND name = ?', tenant, name);
        this.#db.run(
          `INSERT INTO versions (${versionColumns}, mac, code) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          ...[tenant, name, version, Number(last?.['n'] ?? 0) + 1, createdAt, about.createdBy, about.codeSize],
          ...[JSON.stringify(about.settings), mac, spec.code],
        );
      }
      this.#activate(tenant, name, version, createdAt);
      return { version: this.#version(tenant, name, version) as VersionRecord, created };
    });
  }

  async activate(tenant: string, name: string, version: string, at: number): Promise<FunctionRecord | undefined> {
    return this.#db.transaction(() => {
      if (!this.#version(tenant, name, version)) return undefined;
      this.#activate(tenant, name, version, at);
      return this.#read(tenant, name);
    });
  }

  async previous(tenant: string, name: string): Promise<string | undefined> {
    return this.#activations(tenant, name)[1]?.version;
  }

  async revert(tenant: string, name: string, at: number): Promise<FunctionRecord | undefined> {
    return this.#db.transaction(() => {
      const [last, before] = this.#activations(tenant, name);
      if (!last || !before) return undefined;
      this.#db.run('DELETE FROM activations WHERE seq = ?', last.seq);
      this.#db.run('UPDATE activations SET at = ? WHERE seq = ?', at, before.seq);
      this.#db.run('UPDATE functions SET active = ? WHERE tenant = ? AND name = ?', before.version, tenant, name);
      return this.#read(tenant, name);
    });
  }

  async setAlias(
    tenant: string,
    name: string,
    alias: string,
    weights: Readonly<Record<string, number>> | undefined,
  ): Promise<FunctionRecord | undefined> {
    return this.#db.transaction(() => {
      if (!this.#read(tenant, name)) return undefined;
      this.#db.run('DELETE FROM aliases WHERE tenant = ? AND name = ? AND alias = ?', tenant, name, alias);
      if (weights) {
        const sql = 'INSERT INTO aliases (tenant, name, alias, weights) VALUES (?, ?, ?, ?)';
        this.#db.run(sql, tenant, name, alias, JSON.stringify(weights));
      }
      return this.#read(tenant, name);
    });
  }

  async delete(tenant: string, name: string): Promise<boolean> {
    return this.#db.run('DELETE FROM functions WHERE tenant = ? AND name = ?', tenant, name) > 0;
  }

  #read(tenant: string, name: string): FunctionRecord | undefined {
    const row = this.#db.get('SELECT * FROM functions WHERE tenant = ? AND name = ?', tenant, name);
    if (!row) return undefined;
    const aliases = this.#db.all('SELECT alias, weights FROM aliases WHERE tenant = ? AND name = ?', tenant, name);
    return {
      tenant,
      name,
      active: row['active'] as string,
      createdAt: row['created_at'] as number,
      activatedAt: this.#activations(tenant, name)[0]?.at ?? (row['created_at'] as number),
      aliases: Object.fromEntries(aliases.map((one) => [one['alias'], JSON.parse(one['weights'] as string)])),
    };
  }

  #version(tenant: string, name: string, version: string): VersionRecord | undefined {
    const sql = `SELECT ${versionColumns} FROM versions WHERE tenant = ? AND name = ? AND version = ?`;
    const row = this.#db.get(sql, tenant, name, version);
    return row && versionOf(row);
  }

  /** The last two, newest first. */
  #activations(tenant: string, name: string): { seq: number; version: string; at: number }[] {
    const sql = 'SELECT seq, version, at FROM activations WHERE tenant = ? AND name = ? ORDER BY seq DESC LIMIT 2';
    return this.#db.all(sql, tenant, name) as { seq: number; version: string; at: number }[];
  }

  #activate(tenant: string, name: string, version: string, at: number): void {
    if (this.#activations(tenant, name)[0]?.version === version) return;
    this.#db.run('UPDATE functions SET active = ? WHERE tenant = ? AND name = ?', version, tenant, name);
    const sql = 'INSERT INTO activations (tenant, name, version, at) VALUES (?, ?, ?, ?)';
    this.#db.run(sql, tenant, name, version, at);
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
