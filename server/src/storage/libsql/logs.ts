import type { KeptLogLine, LogLine, LogQuery } from '../records.ts';
import { type LogStore, lineBytes } from '../storage.ts';
import { type Database, orNothing, type Row, textOf, type Value } from './database.ts';
import type { Sync } from './sync.ts';

const size = `length(text) + ${lineBytes}`;
const grow = `INSERT INTO log_sizes (tenant, bytes) SELECT id, ? FROM tenants WHERE id = ?
  ON CONFLICT (tenant) DO UPDATE SET bytes = bytes + excluded.bytes`;
const shrink = `UPDATE log_sizes SET bytes = log_sizes.bytes - gone.bytes
  FROM (SELECT tenant, SUM(${size}) AS bytes FROM logs WHERE seq <= ? GROUP BY tenant) AS gone
  WHERE gone.tenant = log_sizes.tenant`;

export class LibsqlLogs implements Sync<LogStore> {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  append(lines: readonly LogLine[]): { first: number; bytes: Map<string, number> } {
    const more = new Map<string, number>();
    const last = this.last();
    const sql = `INSERT INTO logs (seq, tenant, function, at, level, invocation, version, text)
      SELECT ?, id, ?, ?, ?, ?, ?, ? FROM tenants WHERE id = ?`;
    for (const [i, line] of lines.entries()) {
      const { tenant, at, level, invocation, version, text } = line;
      const bytes = Buffer.from(text);
      const values = [line.function, at, level, invocation ?? null, version ?? null, bytes, tenant];
      this.#db.run(sql, last + 1 + i, ...values);
      more.set(tenant, (more.get(tenant) ?? 0) + bytes.length + lineBytes);
    }
    for (const [tenant, bytes] of more) this.#db.run(grow, bytes, tenant);
    return { first: last + 1, bytes: new Map([...more.keys()].map((tenant) => [tenant, this.bytes(tenant)])) };
  }

  bytes(tenant: string): number {
    return Number(this.#db.get('SELECT bytes FROM log_sizes WHERE tenant = ?', tenant)?.['bytes'] ?? 0);
  }

  trim(tenant: string, bytes: number, limit: number): number {
    const sql = `SELECT seq, ${size} AS size FROM logs WHERE tenant = ? ORDER BY seq LIMIT ?`;
    let left = this.bytes(tenant);
    let last: number | undefined;
    for (const row of this.#db.all(sql, tenant, limit)) {
      if (left <= bytes) break;
      left -= row['size'] as number;
      last = row['seq'] as number;
    }
    if (last === undefined) return 0;
    this.#db.run('DELETE FROM logs WHERE tenant = ? AND seq <= ?', tenant, last);
    this.#db.run('UPDATE log_sizes SET bytes = ? WHERE tenant = ?', left, tenant);
    return left;
  }

  read(tenant: string, query: LogQuery): KeptLogLine[] {
    const conditions = ['tenant = ?'];
    const values: Value[] = [tenant];
    const where = (condition: string, ...more: (Value | undefined)[]) => {
      if (more.some((value) => value === undefined)) return;
      conditions.push(condition);
      values.push(...(more as Value[]));
    };
    where('function = ?', query.function);
    where('invocation = ?', query.invocation);
    where('at >= ?', query.since);
    where('at <= ?', query.until);
    where('seq > ?', query.after);
    where('seq < ?', query.before);
    if (query.levels) where(`level IN (${query.levels.map(() => '?').join()})`, ...query.levels);
    if (query.contains) where('instr(text, ?) > 0', Buffer.from(query.contains));
    const first = query.order ?? (query.after === undefined ? 'newest' : 'oldest');
    const order = first === 'newest' ? 'DESC' : 'ASC';
    const sql = `SELECT * FROM logs WHERE ${conditions.join(' AND ')} ORDER BY seq ${order} LIMIT ?`;
    const lines = this.#db.all(sql, ...values, query.limit).map(lineOf);
    return order === 'DESC' ? lines.reverse() : lines;
  }

  last(): number {
    return Number(this.#db.get("SELECT seq FROM sqlite_sequence WHERE name = 'logs'")?.['seq'] ?? 0);
  }

  edge(
    tenant: string,
    name: string | undefined,
    place: { readonly after: number } | { readonly before: number },
    count: number,
  ): { seq: number; count: number } | undefined {
    const [which, order, last] = 'after' in place ? ['>', 'ASC', 'MAX'] : ['<', 'DESC', 'MIN'];
    const of = name === undefined ? 'tenant = ?' : 'tenant = ? AND function = ?';
    const sql = `SELECT ${last}(seq) AS seq, COUNT(*) AS count FROM
      (SELECT seq FROM logs WHERE ${of} AND seq ${which} ? ORDER BY seq ${order} LIMIT ?)`;
    const values = name === undefined ? [tenant] : [tenant, name];
    const row = this.#db.get(sql, ...values, 'after' in place ? place.after : place.before, count);
    const seq = orNothing<number>(row?.['seq'] ?? null);
    return seq === undefined ? undefined : { seq, count: row?.['count'] as number };
  }

  prune(before: number, limit: number): number {
    // Lines come in the order of their times, more or less: the first that is young ends it.
    const oldest = this.#db.all('SELECT seq, at FROM logs ORDER BY seq LIMIT ?', limit);
    const young = oldest.findIndex((row) => (row['at'] as number) >= before);
    const last = oldest[(young < 0 ? oldest.length : young) - 1];
    if (!last) return 0;
    this.#db.run(shrink, last['seq'] as number);
    return this.#db.run('DELETE FROM logs WHERE seq <= ?', last['seq'] as number);
  }
}

const lineOf = (row: Row): KeptLogLine => ({
  seq: row['seq'] as number,
  tenant: row['tenant'] as string,
  function: row['function'] as string,
  at: row['at'] as number,
  level: row['level'] as string,
  text: textOf(row['text']),
  invocation: orNothing(row['invocation']),
  version: orNothing(row['version']),
});
