import type { UsageRecord } from '../records.ts';
import type { UsageStore } from '../storage.ts';
import type { Database } from './database.ts';
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
} as const satisfies Record<keyof Omit<UsageRecord, 'tenant' | 'function' | 'hour'>, string>;

const names = Object.keys(sums) as (keyof typeof sums)[];
const columns = Object.values(sums);
const add = `INSERT INTO usage (tenant, hour, function, ${columns}) VALUES (?, ?, ?, ${columns.map(() => '?')})
  ON CONFLICT DO UPDATE SET ${columns.map((column) => `${column} = ${column} + excluded.${column}`)}`;

export class LibsqlUsage implements Sync<UsageStore> {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  add(records: readonly UsageRecord[]): void {
    for (const record of records) {
      this.#db.run(add, record.tenant, record.hour, record.function, ...names.map((name) => record[name]));
    }
  }

  read(tenant: string, from: number, to: number): UsageRecord[] {
    const sql = 'SELECT * FROM usage WHERE tenant = ? AND hour >= ? AND hour < ? ORDER BY hour, function';
    return this.#db.all(sql, tenant, from, to).map((row) => ({
      tenant,
      function: row['function'] as string,
      hour: row['hour'] as number,
      ...(Object.fromEntries(names.map((name) => [name, row[sums[name]]])) as Record<keyof typeof sums, number>),
    }));
  }
}
