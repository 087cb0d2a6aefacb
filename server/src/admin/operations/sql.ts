import { z } from 'zod';
import { boundsOf } from '../../bindings/sql/sql-api.ts';
import { readStatement } from '../../bindings/sql/sql-input.ts';
import type { SqlResult, SqlValue } from '../../bindings/sql/sql-store.ts';
import { notFound } from '../../errors/server-error.ts';
import { entryOf } from '../../platform/audit.ts';
import type { Platform } from '../../platform/platform.ts';
import { fromCursor, pageOfAll, toCursor } from '../cursor.ts';
import { type Operation, operation } from '../operation.ts';
import { ofTenant, paging } from '../schemas/common.ts';
import { sqlResult, sqlRows, sqlStatement, sqlTables } from '../schemas/stores.ts';
import { fromStore } from '../store-failures.ts';

const tag = 'SQL';
const path = '/v1/tenants/{tenant}/sql';
const failed = { 409: 'A limit of the tier is reached: `limit`.', 503: 'The engine failed.' };
const missing = { 404: 'There is no such tenant or table.' };

/** What functions have as `env.SQL`. */
export function sqlOperations({ tenants, stores: { sql }, audit }: Platform): Operation[] {
  const run = async (tenant: string, text: string, params?: unknown): Promise<SqlResult> => {
    const limits = tenants.limitsOf(tenant).sql;
    const statement = () => readStatement(text, params, limits.statementBytes);
    return fromStore(async () => sql.run(tenant, statement(), boundsOf(limits)));
  };

  /** None, without making a database, where there is none. */
  const tablesOf = async (tenant: string): Promise<{ name: string; type: string; sql: string }[]> => {
    await tenants.get(tenant);
    if ((await sql.size(tenant)) === 0) return [];
    const { rows } = await run(
      tenant,
      `SELECT name, type, sql FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
    );
    const tables = rows.map(([name, type, made]) => ({ name: String(name), type: String(type), sql: String(made) }));
    return tables.sort((a, b) => (a.name < b.name ? -1 : 1));
  };

  return [
    operation({
      id: 'listTables',
      method: 'GET',
      path: `${path}/tables`,
      tag,
      summary: "Lists the tables and views of a tenant's database, by name.",
      access: 'tenant',
      params: ofTenant,
      query: z.object(paging),
      answers: { 200: { description: 'A page of them.', schema: sqlTables } },
      problems: { ...missing, ...failed },
      async handle({ params: { tenant }, query }) {
        const { items, next } = pageOfAll(await tablesOf(tenant), ({ name }) => name, query);
        return { status: 200, json: { tables: items, next } };
      },
    }),
    operation({
      id: 'getRows',
      method: 'GET',
      path: `${path}/tables/{table}`,
      tag,
      summary: 'Rows of a table or view, in the order that it gives them.',
      access: 'tenant',
      params: ofTenant.extend({ table: z.string().min(1).max(256).describe('Its name, percent-encoded.') }),
      query: z.object(paging),
      answers: { 200: { description: 'A page of them.', schema: sqlRows } },
      problems: { ...missing, ...failed },
      async handle({ params: { tenant, table }, query: { limit, cursor } }) {
        const [from = 0] = fromCursor(cursor, 'number') ?? [];
        if (!(await tablesOf(tenant)).some(({ name }) => name === table)) throw notFound(`table '${table}'`);
        const { columns, rows } = await run(tenant, `SELECT * FROM ${quoted(table)} LIMIT ? OFFSET ?`, [
          limit + 1,
          from,
        ]);
        const next = rows.length > limit ? toCursor(from + limit) : null;
        return { status: 200, json: { columns, rows: rows.slice(0, limit).map(showRow), next } };
      },
    }),
    operation({
      id: 'runSql',
      method: 'POST',
      path,
      tag,
      summary: "Runs one statement on a tenant's database, under the limits that hold for functions.",
      access: 'tenant',
      params: ofTenant,
      body: sqlStatement,
      maxBody: 4 * 1024 * 1024,
      answers: { 200: { description: 'What it answered.', schema: sqlResult } },
      problems: { 404: 'There is no such tenant.', ...failed },
      async handle({ params: { tenant }, body, by }) {
        await tenants.get(tenant);
        const { columns, rows, changes, lastInsertId } = await run(tenant, body.sql, body.params);
        // The statement may have data in it: only what kind it is, is written down.
        const [kind = ''] = /^[a-z]+/i.exec(body.sql.trim()) ?? [];
        await audit.record(entryOf(by, 'sql.run', tenant, undefined, { kind: kind.toLowerCase(), changes }));
        const shown = { columns, rows: rows.map(showRow), changes, lastInsertId: showValue(lastInsertId) };
        return { status: 200, json: shown };
      },
    }),
  ];
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const showRow = (row: readonly SqlValue[]) => row.map(showValue);

function showValue(value: SqlValue): null | number | string | { base64: string } {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  // Infinity is a number of SQL and none of JSON.
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
