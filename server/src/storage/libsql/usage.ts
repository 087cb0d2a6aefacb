import type { UsageQuery, UsageRecord, UsageSums } from '../records.ts';
import type { UsageStore } from '../storage.ts';
import type { Database, Row, Value } from './database.ts';
import type { Sync } from './sync.ts';

/** Each sum and its column. */
const sums = {
  invocations: 'invocations',
  errors: 'errors',
  coldStarts: 'cold_starts',
  refused: 'refused',
  rateLimited: 'rate_limited',
  durationMs: 'duration_ms',
  cpuMs: 'cpu_ms',
  gbMs: 'gb_ms',
  hostCalls: 'host_calls',
  fetches: 'fetches',
  bytesSent: 'bytes_sent',
  bytesReceived: 'bytes_received',
  kvReads: 'kv_reads',
  kvWrites: 'kv_writes',
  kvBytesRead: 'kv_bytes_read',
  kvBytesWritten: 'kv_bytes_written',
  sqlStatements: 'sql_statements',
  sqlMs: 'sql_ms',
  sqlRowsWritten: 'sql_rows_written',
  sqlBytesRead: 'sql_bytes_read',
  sqlBytesWritten: 'sql_bytes_written',
} as const satisfies Record<keyof UsageSums, string>;

const names = Object.keys(sums) as (keyof UsageSums)[];
const columns = Object.values(sums);
/** When the tenant was made that has an id: one that had the same id before is somebody else. */
const born = 'COALESCE((SELECT created_at FROM tenants WHERE id = ?), 0)';
const add = `INSERT INTO usage (tenant, born, hour, function, ${columns})
  VALUES (?, ${born}, ?, ?, ${columns.map(() => '?')})
  ON CONFLICT DO UPDATE SET ${columns.map((column) => `${column} = ${column} + excluded.${column}`)}`;

export class LibsqlUsage implements Sync<UsageStore> {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  add(records: readonly UsageRecord[]): void {
    for (const record of records) {
      this.#db.run(
        add,
        record.tenant,
        record.tenant,
        record.hour,
        record.function,
        ...names.map((name) => record[name]),
      );
    }
  }

  read(query: UsageQuery, after: { hour: number; function: string } | undefined, limit: number): UsageRecord[] {
    const sql = `SELECT * FROM usage WHERE ${which} AND (hour, function) > (?, ?) ORDER BY hour, function LIMIT ?`;
    const rows = this.#db.all(sql, ...valuesOf(query), after?.hour ?? -1, after?.function ?? '', limit);
    return rows.map((row) => ({ tenant: query.tenant, hour: row['hour'] as number, ...sumsOf(row) }));
  }

  byFunction(query: UsageQuery): (UsageSums & { function: string })[] {
    const all = columns.map((column) => `SUM(${column}) AS ${column}`);
    const sql = `SELECT function, ${all} FROM usage WHERE ${which} GROUP BY function ORDER BY function`;
    return this.#db.all(sql, ...valuesOf(query)).map(sumsOf);
  }
}

const which = `tenant = ? AND born = ${born} AND hour >= ? AND hour < ? AND (? IS NULL OR function = ?)`;

function valuesOf(query: UsageQuery): Value[] {
  const name = query.function ?? null;
  return [query.tenant, query.tenant, query.from, query.to, name, name];
}

const sumsOf = (row: Row): UsageSums & { function: string } => ({
  function: row['function'] as string,
  ...(Object.fromEntries(names.map((name) => [name, row[sums[name]]])) as unknown as UsageSums),
});
