import { z } from 'zod';
import { paging, tenantId, time, timeQuery } from './common.ts';
import { named, pageOf } from './registry.ts';

export const auditEntry = named(
  'AuditEntry',
  z.object({
    id: z.number().int(),
    time,
    actor: z
      .object({ token: z.string(), label: z.string(), scope: z.string() })
      .describe('The token that was shown, by its id.'),
    address: z.string().nullable().describe('Where the request came from.'),
    action: z.string().describe('Such as `function.deploy`.'),
    tenant: z.string().nullable(),
    target: z.string().nullable().describe('What it was done to, such as the name of a function.'),
    detail: z.record(z.string(), z.unknown()),
  }),
);
export const auditEntries = pageOf('AuditEntries', 'entries', auditEntry);

const filters = {
  action: z.string().min(1).max(64).optional(),
  token: z.string().min(1).max(64).describe('Id of the token that did it.').optional(),
  since: timeQuery.describe('From this time on: ISO 8601, or ms since the epoch.').optional(),
  ...paging,
};
export const auditQuery = z.object(filters);
export const platformAuditQuery = z.object({ tenant: tenantId.optional(), ...filters });
