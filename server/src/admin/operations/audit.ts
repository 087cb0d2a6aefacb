import type { z } from 'zod';
import type { Platform } from '../../platform/platform.ts';
import type { KeptAuditEntry } from '../../storage/records.ts';
import { fromCursor, toCursor } from '../cursor.ts';
import { type Operation, operation } from '../operation.ts';
import { auditEntries, auditQuery, platformAuditQuery } from '../schemas/audit.ts';
import { ofTenant, toTime } from '../schemas/common.ts';

const tag = 'Audit';

export function auditOperations({ audit, tenants }: Platform): Operation[] {
  const page = async (tenant: string | undefined, since: number, query: z.output<typeof auditQuery>) => {
    const { action, token, cursor, limit } = query;
    const [before] = fromCursor(cursor, 'number') ?? [];
    const filter = { tenant, action, token, since: Math.max(since, query.since ?? 0), before, limit };
    const entries = await audit.read(filter);
    const last = entries.at(-1);
    const next = last !== undefined && entries.length === limit ? toCursor(last.seq) : null;
    return { status: 200, json: { entries: entries.map(show), next } };
  };
  return [
    operation({
      id: 'listAudit',
      method: 'GET',
      path: '/v1/audit',
      tag,
      summary: 'Who did what, latest first. Entries are never changed or taken away.',
      access: 'platform',
      query: platformAuditQuery,
      answers: { 200: { description: 'A page of entries.', schema: auditEntries } },
      handle: ({ query }) => page(query.tenant, 0, query),
    }),
    operation({
      id: 'listTenantAudit',
      method: 'GET',
      path: '/v1/tenants/{tenant}/audit',
      tag,
      summary: 'Who did what to a tenant and what it has, latest first.',
      access: 'tenant',
      params: ofTenant,
      query: auditQuery,
      answers: { 200: { description: 'A page of entries.', schema: auditEntries } },
      problems: { 404: 'There is no such tenant.' },
      async handle({ params, query }) {
        // One that had this id before is somebody else.
        const { createdAt } = await tenants.get(params.tenant);
        return page(params.tenant, createdAt, query);
      },
    }),
  ];
}

function show({ seq, at, actor: { address, ...actor }, action, tenant, target, detail }: KeptAuditEntry) {
  const places = { address: address ?? null, tenant: tenant ?? null, target: target ?? null };
  return { id: seq, time: toTime(at), actor, action, ...places, detail };
}
