import type { InvocationRecord, InvocationStatus } from '../records.ts';
import type { InvocationStore } from '../storage.ts';
import { type Database, orNothing, type Row } from './database.ts';
import type { Sync } from './sync.ts';

const about =
  'id, tenant, function, version, alias, method, status, attempts, created_at, started_at, finished_at, error';

export class LibsqlInvocations implements Sync<InvocationStore> {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  add(invocation: InvocationRecord): void {
    const {
      id,
      tenant,
      version,
      alias,
      method,
      status,
      attempts,
      createdAt,
      startedAt,
      finishedAt,
      error,
      event,
      result,
    } = invocation;
    this.#db.run(
      `INSERT INTO invocations (${about}, event, result) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[id, tenant, invocation.function, version ?? null, alias ?? null, method ?? null, status, attempts, createdAt],
      ...[startedAt ?? null, finishedAt ?? null, error ?? null, event, result ?? null],
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
  ): Omit<InvocationRecord, 'event' | 'result'>[] {
    const [status, before] = [query.status ?? null, query.before ?? null];
    const sql = `SELECT ${about} FROM invocations WHERE tenant = ? AND function = ? AND (? IS NULL OR status = ?)
      AND (? IS NULL OR seq < (SELECT seq FROM invocations WHERE id = ?)) ORDER BY seq DESC LIMIT ?`;
    return this.#db.all(sql, tenant, name, status, status, before, before, query.limit).map(aboutOf);
  }

  begin(id: string, at: number): boolean {
    const sql = `UPDATE invocations SET status = 'running', attempts = attempts + 1, started_at = ?
      WHERE id = ? AND finished_at IS NULL`;
    return this.#db.run(sql, at, id) > 0;
  }

  finish(id: string, end: { at: number; result: string } | { at: number; error: string }): void {
    const [status, result, error] = 'result' in end ? ['done', end.result, null] : ['failed', null, end.error];
    const sql = 'UPDATE invocations SET status = ?, result = ?, error = ?, finished_at = ? WHERE id = ?';
    this.#db.run(sql, status as string, result, error, end.at, id);
  }

  unfinished(limit: number): InvocationRecord[] {
    const sql = 'SELECT * FROM invocations WHERE finished_at IS NULL ORDER BY seq LIMIT ?';
    return this.#db.all(sql, limit).map(invocationOf);
  }

  prune(before: number, limit: number): number {
    const sql = `DELETE FROM invocations WHERE seq IN
      (SELECT seq FROM invocations WHERE finished_at IS NOT NULL AND finished_at < ? LIMIT ?)`;
    return this.#db.run(sql, before, limit);
  }
}

const aboutOf = (row: Row): Omit<InvocationRecord, 'event' | 'result'> => ({
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

const invocationOf = (row: Row): InvocationRecord => ({
  ...aboutOf(row),
  event: row['event'] as string,
  result: orNothing(row['result']),
});
