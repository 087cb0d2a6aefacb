// Statements as functions give them.
import { SqlError } from './sql-error.ts';
import type { SqlStatement, SqlValue } from './sql-store.ts';

const least = -(2n ** 63n);
const most = 2n ** 63n - 1n;

/** @throws {SqlError} `SQL_PARAMETER`, `SQL_REFUSED` */
export function readStatement(sql: unknown, params: unknown, maxBytes: number): SqlStatement {
  if (typeof sql !== 'string') throw new SqlError('SQL_REFUSED', 'a statement is a text');
  let room = maxBytes - Buffer.byteLength(sql);
  const value = (given: unknown, which: string): SqlValue => {
    const one = toSql(given, which);
    room -= typeof one === 'string' ? Buffer.byteLength(one) : one instanceof Uint8Array ? one.byteLength : 8;
    return one;
  };
  const statement = { sql, ...readParams(params, value) };
  if (room >= 0) return statement;
  throw new SqlError(
    'SQL_PARAMETER',
    `the statement has more than ${maxBytes} bytes with its parameters (sql.statementBytes)`,
    {
      quota: 'sql.statementBytes',
      limit: maxBytes,
    },
  );
}

/** Each is a text, or `{ sql, params }`. */
export function readBatch(given: unknown, maxStatements: number, maxBytes: number): SqlStatement[] {
  if (!Array.isArray(given)) throw new SqlError('SQL_PARAMETER', 'batch() takes a list of statements');
  if (given.length > maxStatements) {
    throw new SqlError('SQL_LIMIT', `a batch has at most ${maxStatements} statements (sql.batch)`, {
      quota: 'sql.batch',
      limit: maxStatements,
    });
  }
  return given.map((one) => {
    if (typeof one === 'object' && one !== null && !Array.isArray(one))
      return readStatement(one.sql, one.params, maxBytes);
    return readStatement(one, undefined, maxBytes);
  });
}

function readParams(params: unknown, value: (given: unknown, which: string) => SqlValue): Pick<SqlStatement, 'params'> {
  if (params === undefined || params === null) return {};
  if (Array.isArray(params)) return { params: Array.from(params, (one, at) => value(one, String(at + 1))) };
  if (typeof params === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(params))) {
    const entries = Object.entries(params).map(
      ([name, one]) => [name.replace(/^[:@$]/, ''), value(one, `'${name}'`)] as const,
    );
    return { params: new Map(entries) };
  }
  throw new SqlError('SQL_PARAMETER', 'parameters are a list, or an object by name');
}

function toSql(value: unknown, which: string): SqlValue {
  if (value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number' && !Number.isNaN(value)) return value;
  if (typeof value === 'bigint' && value >= least && value <= most) return value;
  if (typeof value === 'string' && !value.includes('\0')) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  throw new SqlError('SQL_PARAMETER', `parameter ${which} is ${nameOf(value)}: SQL has null, numbers, texts and bytes`);
}

function nameOf(value: unknown): string {
  if (typeof value === 'string') return 'a text with a NUL character';
  if (typeof value === 'bigint') return 'an integer of more than 64 bits';
  if (value instanceof Date) return 'a Date (give date.toISOString() or date.getTime())';
  if (typeof value === 'object') return 'an object (give JSON.stringify(object))';
  return typeof value === 'number' ? 'NaN' : value === undefined ? 'undefined' : `a ${typeof value}`;
}
