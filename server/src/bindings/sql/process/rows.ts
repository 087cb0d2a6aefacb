// Runs one statement off the event loop to its last step, and reads what it answers within bounds.
import type { CheckedStatement } from '../check-statement.ts';
import type { SqlBoundsOfWork } from '../messages.ts';
import { SqlError } from '../sql-error.ts';
import type { SqlValue } from '../sql-store.ts';
import type { Connection, Statement } from './libsql.ts';

export interface Rows {
  readonly columns: readonly string[];
  readonly rows: SqlValue[][];
}

/** A statement that is ready to run, with its bounds in it. */
export interface Prepared {
  readonly columns: readonly string[];
  readonly run: Statement;
  readonly gathered: boolean;
}

export async function prepareRows(
  connection: Connection,
  sql: string,
  { head, explained }: CheckedStatement,
  bounds: SqlBoundsOfWork,
): Promise<Prepared> {
  const plain = await connection.prepare(sql);
  const columns = plain.columns().map(({ name }) => name);
  const isQuery = columns.length > 0 && !explained && (head === 'select' || head === 'values' || head === 'with');
  const gathered = isQuery ? await gather(connection, sql, columns.length, bounds) : undefined;
  // What has no gathered form does all its work in the first step: SQLite changes every row before it returns one.
  const run = gathered ?? plain;
  if (columns.length > 0) run.raw(true).safeIntegers(true);
  return { columns, run, gathered: gathered !== undefined };
}

export async function readRows(
  { columns, run, gathered }: Prepared,
  values: readonly SqlValue[],
  bounds: SqlBoundsOfWork,
): Promise<Rows> {
  const rows = (await run.iterate(values)) as Iterable<SqlValue[]>;
  return { columns, rows: gathered ? unpack(rows, bounds) : within(rows, bounds) };
}

/**
 * The same rows from a statement whose first step does all the work: what is counted over all rows is known only when
 * there are no more. A last row, marked 1, says how many there were and how long they are, also if that was too much and
 * none of them is given.
 */
async function gather(
  connection: Connection,
  sql: string,
  columns: number,
  { maxRows, maxResultBytes }: SqlBoundsOfWork,
): Promise<Statement | undefined> {
  const names = Array.from({ length: columns }, (_, at) => `c${at}`);
  const bytes = names.map((name) => `ifnull(octet_length(${name}), 1)`).join(' + ');
  const marked = `SELECT 0 AS mark, ${bytes} AS bytes, * FROM (SELECT * FROM answer LIMIT ${maxRows + 1})
    UNION ALL SELECT 1, 0${', NULL'.repeat(columns)}`;
  try {
    return await connection.prepare(`WITH answer(${names}) AS (\n${withoutEnd(sql)}\n)
      SELECT * FROM (SELECT *, count(*) OVER () - 1 AS counted, sum(bytes) OVER () AS measured FROM (${marked}))
      WHERE mark = 1 OR (counted <= ${maxRows} AND measured <= ${maxResultBytes})`);
  } catch {
    // `WITH … INSERT … RETURNING`, or a comment behind the last semicolon.
    return undefined;
  }
}

/** A pattern would look at every white space of the statement. */
function withoutEnd(sql: string): string {
  let end = sql.length;
  while (' \t\n\f\r;'.includes(sql[end - 1] ?? 'x')) end--;
  return sql.slice(0, end);
}

function unpack(rows: Iterable<SqlValue[]>, bounds: SqlBoundsOfWork): SqlValue[][] {
  const found: SqlValue[][] = [];
  for (const [mark, , ...row] of rows) {
    const [counted, measured] = row.splice(-2).map(Number) as [number, number];
    if (mark !== 1n) found.push(row.map(fromEngine));
    else if (counted > bounds.maxRows) throw tooMany(bounds);
    else if (measured > bounds.maxResultBytes) throw tooLarge(bounds);
  }
  return found;
}

/** Reads to the end, whatever it keeps: a statement that was left in the middle holds its transaction open. */
function within(rows: Iterable<SqlValue[]>, bounds: SqlBoundsOfWork): SqlValue[][] {
  const found: SqlValue[][] = [];
  let count = 0;
  let bytes = 0;
  for (const row of rows) {
    count++;
    for (const value of row) bytes += sizeOf(value);
    if (count <= bounds.maxRows && bytes <= bounds.maxResultBytes) found.push(row.map(fromEngine));
  }
  if (count > bounds.maxRows) throw tooMany(bounds);
  if (bytes > bounds.maxResultBytes) throw tooLarge(bounds);
  return found;
}

const sizeOf = (value: SqlValue | ArrayBuffer): number =>
  typeof value === 'string' ? Buffer.byteLength(value) : value instanceof ArrayBuffer ? value.byteLength : 8;

function fromEngine(value: SqlValue | ArrayBuffer): SqlValue {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (typeof value !== 'bigint') return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

const tooMany = ({ maxRows }: SqlBoundsOfWork) =>
  new SqlError('SQL_RESULT', `the answer has more than ${maxRows} rows (sql.rows)`, {
    quota: 'sql.rows',
    limit: maxRows,
  });

const tooLarge = ({ maxResultBytes }: SqlBoundsOfWork) =>
  new SqlError('SQL_RESULT', `the answer has more than ${maxResultBytes} bytes (sql.resultBytes)`, {
    quota: 'sql.resultBytes',
    limit: maxResultBytes,
  });
