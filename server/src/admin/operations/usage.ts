import type { z } from 'zod';
import type { Platform } from '../../platform/platform.ts';
import type { UsageQuery, UsageRecord, UsageSums } from '../../storage/records.ts';
import { fromCursor, toCursor } from '../cursor.ts';
import { type Answer, type Operation, operation } from '../operation.ts';
import { ofTenant, toTime } from '../schemas/common.ts';
import { usage, usageQuery, usageSums } from '../schemas/usage.ts';
import { fromStore } from '../store-failures.ts';

const hour = 3_600_000;
const usualSpan = 30 * 24 * hour;
/** Rows of one CSV. */
const mostRows = 100_000;

export function usageOperations(platform: Platform): Operation[] {
  return [
    operation({
      id: 'getUsage',
      method: 'GET',
      path: '/v1/tenants/{tenant}/usage',
      tag: 'Usage',
      summary: 'What a tenant used, by hour and function.',
      description:
        'Sums are of what functions did through the gateway, the administration and each other. What administrators do with stored data is not in them. With `format=csv` or `accept: text/csv` the hours as a table, all in one.',
      access: 'tenant',
      params: ofTenant,
      query: usageQuery,
      answers: { 200: { description: 'The usage.', schema: usage, types: ['text/csv'] } },
      problems: { 404: 'There is no such tenant.', 503: 'What the tenant keeps can not be looked at.' },
      async handle({ params: { tenant }, query, request }) {
        // One that had this id before is somebody else.
        const { createdAt } = await platform.tenants.get(tenant);
        const to = query.to ?? Date.now();
        const from = Math.max(query.from ?? to - usualSpan, createdAt);
        const filter = { tenant, from: Math.floor(from / hour) * hour, to, function: query.function };
        const format = query.format ?? (/\btext\/csv\b/.test(request.headers.accept ?? '') ? 'csv' : 'json');
        if (format === 'csv') return table(await platform.usage.read(filter, undefined, mostRows));
        return page(platform, filter, query);
      },
    }),
  ];
}

async function page(
  platform: Platform,
  filter: UsageQuery,
  { cursor, limit }: z.output<typeof usageQuery>,
): Promise<Answer> {
  const [after, name] = fromCursor(cursor, 'number', 'string') ?? [];
  const rows = await platform.usage.read(
    filter,
    after === undefined ? undefined : { hour: after, function: name ?? '' },
    limit,
  );
  const functions = await platform.usage.byFunction(filter);
  const last = rows.at(-1);
  const next = last && rows.length === limit ? toCursor(last.hour, last.function) : null;
  return {
    status: 200,
    json: {
      ...{ tenant: filter.tenant, from: toTime(filter.from), to: toTime(filter.to) },
      total: sum(functions),
      functions: Object.fromEntries(functions.map(({ function: name, ...sums }) => [name, sums])),
      stored: await storedOf(platform, filter.tenant),
      hours: rows.map(({ tenant: _tenant, ...row }) => ({ ...row, hour: toTime(row.hour) })),
      next,
    },
  };
}

async function storedOf({ stores: { kv, sql }, logs }: Platform, tenant: string) {
  const [use, sqlBytes] = await fromStore(() => Promise.all([kv.use(tenant), sql.size(tenant)]));
  return { kvKeys: use.keys, kvBytes: use.bytes, sqlBytes, logBytes: await logs.bytes(tenant) };
}

const names = Object.keys(usageSums.shape) as (keyof UsageSums)[];

const sum = (parts: readonly UsageSums[]): UsageSums =>
  Object.fromEntries(
    names.map((name) => [name, parts.reduce((all, part) => all + part[name], 0)]),
  ) as unknown as UsageSums;

/** Names and numbers only: no cell needs quotes, none is a formula. */
function table(rows: readonly UsageRecord[]): Answer {
  const lines = rows.map((row) =>
    [toTime(row.hour), row.tenant, row.function, ...names.map((name) => row[name])].join(','),
  );
  const text = `${['hour', 'tenant', 'function', ...names].join(',')}\r\n${lines.map((line) => `${line}\r\n`).join('')}`;
  return { status: 200, headers: { 'content-type': 'text/csv; charset=utf-8' }, text };
}
