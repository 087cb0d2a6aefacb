import type { KeptLogLine, LogLine, LogQuery } from '../records.ts';
import type { LogStore } from '../storage.ts';
import { type Database, orNothing, type Row, textOf, type Value } from './database.ts';
import type { Sync } from './sync.ts';

export class LibsqlLogs implements Sync<LogStore> {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  append(lines: readonly LogLine[]): number {
    const last = this.last();
    const sql = `INSERT INTO logs (seq, tenant, function, at, level, invocation, version, text)
      SELECT ?, id, ?, ?, ?, ?, ?, ? FROM tenants WHERE id = ?`;
    for (const [i, line] of lines.entries()) {
      const { tenant, at, level, invocation, version, text } = line;
      const values = [line.function, at, level, invocation ?? null, version ?? null, Buffer.from(text), tenant];
      this.#db.run(sql, last + 1 + i, ...values);
    }
    return last + 1;
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
    return last ? this.#db.run('DELETE FROM logs WHERE seq <= ?', last['seq'] as number) : 0;
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
