import type {
  InvocationRecord,
  InvocationStatus,
  ListedInvocation,
  SealedInvocation,
  WaitingInvocation,
} from '../records.ts';
import type { InvocationStore } from '../storage.ts';
import { bytesOf, type Database, orNothing, type Row } from './database.ts';
import type { Sync } from './sync.ts';

const about =
  'id, tenant, function, version, alias, method, status, attempts, created_at, started_at, finished_at, error';

export class LibsqlInvocations implements Sync<InvocationStore> {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  add(invocation: InvocationRecord): void {
    const { id, tenant, version, alias, method, status, attempts, createdAt, event, sealedBy } = invocation;
    this.#db.run(
      `INSERT INTO invocations (id, tenant, function, version, alias, method, status, attempts, created_at, event, sealed_by)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[id, tenant, invocation.function, version ?? null, alias ?? null, method ?? null, status, attempts, createdAt],
      ...[event, sealedBy],
    );
  }

  get(tenant: string, id: string): InvocationRecord | undefined {
    const row = this.#db.get('SELECT * FROM invocations WHERE id = ? AND tenant = ?', id, tenant);
    return row && invocationOf(row);
  }

  waiting(tenant: string): number {
    const sql = 'SELECT COUNT(*) AS n FROM invocations WHERE tenant = ? AND finished_at IS NULL';
    return Number(this.#db.get(sql, tenant)?.['n']);
  }

  list(
    tenant: string,
    name: string,
    query: { status?: InvocationStatus | undefined; before?: string | undefined; limit: number },
  ): ListedInvocation[] {
    const [status, before] = [query.status ?? null, query.before ?? null];
    const sql = `SELECT ${about} FROM invocations WHERE tenant = ? AND function = ? AND (? IS NULL OR status = ?)
      AND (? IS NULL OR seq < (SELECT seq FROM invocations WHERE id = ?)) ORDER BY seq DESC LIMIT ?`;
    return this.#db.all(sql, tenant, name, status, status, before, before, query.limit).map(aboutOf);
  }

  begin(id: string, at: number): InvocationRecord | undefined {
    const sql = `UPDATE invocations SET status = 'running', attempts = attempts + 1, started_at = ?
      WHERE id = ? AND finished_at IS NULL`;
    if (this.#db.run(sql, at, id) === 0) return undefined;
    const row = this.#db.get('SELECT * FROM invocations WHERE id = ?', id);
    return row && invocationOf(row);
  }

  finish(
    id: string,
    end: { at: number; result: Uint8Array; sealedBy: Uint8Array } | { at: number; error: string },
  ): void {
    const sql = `UPDATE invocations SET event = x'', status = ?, result = ?, sealed_by = ?, error = ?, finished_at = ?
      WHERE id = ?`;
    if ('result' in end) this.#db.run(sql, 'done', end.result, end.sealedBy, null, end.at, id);
    else this.#db.run(sql, 'failed', null, null, end.error, end.at, id);
  }

  tenantsWaiting(): string[] {
    // From one tenant to the next, over the index.
    const next = 'SELECT MIN(tenant) FROM invocations WHERE finished_at IS NULL';
    const sql = `WITH RECURSIVE found(tenant) AS (
      SELECT (${next}) UNION ALL SELECT (${next} AND tenant > found.tenant) FROM found WHERE found.tenant IS NOT NULL
    ) SELECT tenant FROM found WHERE tenant IS NOT NULL`;
    return this.#db.all(sql).map((row) => row['tenant'] as string);
  }

  unfinished(tenant: string, limit: number): WaitingInvocation[] {
    const sql = `SELECT id, tenant, attempts FROM invocations WHERE tenant = ? AND finished_at IS NULL
      ORDER BY seq LIMIT ?`;
    return this.#db.all(sql, tenant, limit) as unknown as WaitingInvocation[];
  }

  notSealedBy(beginning: Uint8Array, limit: number): (SealedInvocation & { tenant: string; id: string })[] {
    const sql = `SELECT id, tenant, event, result, sealed_by FROM invocations WHERE sealed_by < ? OR sealed_by > ? LIMIT ?`;
    return this.#db.all(sql, beginning, beginning, limit).map((row) => ({
      ...{ id: row['id'] as string, tenant: row['tenant'] as string },
      ...sealedOf(row),
    }));
  }

  reseal({ id, event, result, sealedBy }: SealedInvocation & { readonly id: string }): void {
    const sql = 'UPDATE invocations SET event = ?, result = ?, sealed_by = ? WHERE id = ?';
    this.#db.run(sql, event, result ?? null, sealedBy, id);
  }

  prune(before: number, limit: number): number {
    const sql = `DELETE FROM invocations WHERE seq IN
      (SELECT seq FROM invocations WHERE finished_at IS NOT NULL AND finished_at < ? LIMIT ?)`;
    return this.#db.run(sql, before, limit);
  }
}

const aboutOf = (row: Row): ListedInvocation => ({
  id: row['id'] as string,
  tenant: row['tenant'] as string,
  function: row['function'] as string,
  version: orNothing(row['version']),
  alias: orNothing(row['alias']),
  method: orNothing(row['method']),
  status: row['status'] as InvocationStatus,
  attempts: row['attempts'] as number,
  error: orNothing(row['error']),
  createdAt: row['created_at'] as number,
  startedAt: orNothing(row['started_at']),
  finishedAt: orNothing(row['finished_at']),
});

const sealedOf = (row: Row): SealedInvocation => ({
  event: bytesOf(row['event']),
  result: row['result'] === null ? undefined : bytesOf(row['result']),
  sealedBy: row['sealed_by'] === null ? Buffer.alloc(0) : bytesOf(row['sealed_by']),
});

const invocationOf = (row: Row): InvocationRecord => ({ ...aboutOf(row), ...sealedOf(row) });
