import { z } from 'zod';
import { functionName, paging, time, timeQuery } from './common.ts';
import { named, pageOf } from './registry.ts';

/** From the least severe. */
export const levels = ['debug', 'info', 'warn', 'error'] as const;

export const logLine = named(
  'LogLine',
  z.object({
    id: z.number().int().describe('Grows from line to line.'),
    time,
    tenant: z.string(),
    function: z.string(),
    version: z.string().nullable(),
    invocation: z.string().nullable().describe('Id of the invocation that wrote it; null: code outside of one.'),
    level: z.enum(levels),
    message: z.string().describe('`[redacted]` stands for values of secrets.'),
  }),
);
export const logLines = pageOf('LogLines', 'lines', logLine);

const filters = {
  level: z.enum(levels).describe('This one and what is more severe.').optional(),
  text: z.string().min(1).max(200).describe('Part of the message.').optional(),
  invocation: z.string().min(1).max(64).describe('Lines of this invocation.').optional(),
  since: timeQuery.describe('From this time on: ISO 8601, or ms since the epoch.').optional(),
  until: timeQuery.describe('Up to this time.').optional(),
  order: z.enum(['newest', 'oldest']).default('newest').describe('Which come first.'),
  follow: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe('`true`: server-sent events, from now on, or from `since`, or after `last-event-id`.'),
  ...paging,
};

export const logQuery = z.object(filters);
export const tenantLogQuery = z.object({ function: functionName.optional(), ...filters });
