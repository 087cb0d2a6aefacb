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
};

export const usageSums = named('UsageSums', z.object(sums));
export const usageHour = named(
  'UsageHour',
  z.object({ hour: time.describe('When the hour began.'), function: z.string(), ...sums }),
);
export const usage = named(
  'Usage',
  z.object({
    tenant: z.string(),
    from: time,
    to: time,
    total: usageSums.describe('Of the whole time that was asked for, not only of this page.'),
    functions: z.record(z.string(), usageSums),
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
