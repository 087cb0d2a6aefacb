import { z } from 'zod';
import { functionName, paging, time, timeQuery } from './common.ts';
import { named } from './registry.ts';

const count = z.number().int();

const sums = {
  invocations: count,
  errors: count.describe('Of the invocations, those that did not end well.'),
  coldStarts: count,
  refused: count.describe('Never started: there was no room.'),
  rateLimited: count.describe("Never started: the tenant's rate was used up."),
  durationMs: z.number(),
  cpuMs: z.number().describe('Processor time of everything: loading, invocations, work after answers.'),
  gbMs: z.number().describe('Memory limit × duration in GiB·ms.'),
  hostCalls: count.describe('Calls of the platform.'),
  fetches: count.describe('Outbound requests.'),
  bytesSent: count,
  bytesReceived: count,
  kvReads: count.describe('Keys of `env.KV` that were read, and lists of keys.'),
  kvWrites: count.describe('Puts and deletions, also such as changed nothing.'),
  kvBytesRead: count.describe('Of values that were read, and keys that were listed.'),
  kvBytesWritten: count.describe('Of keys with their values.'),
  sqlStatements: count.describe('Statements of `env.SQL`; the beginning of a transaction is one.'),
  sqlMs: z.number().describe('From asking for statements to their answers.'),
  sqlRowsWritten: count.describe('Inserted, updated, deleted.'),
  sqlBytesRead: count.describe('Of rows that were answered: texts and bytes as long as they are, numbers 8.'),
  sqlBytesWritten: count.describe('Of parameters, in the same way.'),
};

export const usageSums = named('UsageSums', z.object(sums));
export const usageHour = named(
  'UsageHour',
  z.object({ hour: time.describe('When the hour began.'), function: z.string(), ...sums }),
);
const stored = named(
  'UsageStored',
  z.object({
    kvKeys: count,
    kvBytes: count.describe('Keys and values; what has expired may still count.'),
    sqlBytes: count.describe('The database of `env.SQL`.'),
    logBytes: count.describe('Lines in the log, as they count for `keptLogBytes` of the tier.'),
  }),
);
export const usage = named(
  'Usage',
  z.object({
    tenant: z.string(),
    from: time,
    to: time,
    total: usageSums.describe('Of the whole time that was asked for, not only of this page.'),
    functions: z.record(z.string(), usageSums),
    stored: stored.describe('What the tenant keeps now.'),
    hours: z.array(usageHour).describe('Oldest first.'),
    next: z.string().nullable(),
  }),
);

export const usageQuery = z.object({
  from: timeQuery.describe('Beginning; the hour that it is in counts as a whole. Default: 30 days ago.').optional(),
  to: timeQuery.describe('End. Default: now.').optional(),
  function: functionName.optional(),
  format: z.enum(['json', 'csv']).describe('Default: as `accept` says, otherwise JSON.').optional(),
  ...paging,
});
