import { z } from 'zod';
import { named } from './registry.ts';

const id = (what: string) =>
  z
    .string()
    .regex(
      /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/,
      'up to 63 letters, digits, - and _, the first and the last one a letter or a digit',
    )
    .describe(what);

export const tenantId = id('The tenant.');
export const functionName = id('The function.');
export const aliasName = id('The alias.');

/** Of a variable or a secret: functions find it under this name in `env`. */
export const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'up to 128 letters, digits and _, not beginning with a digit')
  .describe('Its name in `env`.');

export const version = z.string().min(1).max(64);

/** Parameters of paths. */
export const ofTenant = z.object({ tenant: tenantId });
export const ofFunction = z.object({ tenant: tenantId, name: functionName });

/** ms since the epoch, as ISO 8601 in UTC. */
export const time = z.string().describe('ISO 8601, UTC.');
export const toTime = (ms: number): string => new Date(ms).toISOString();

/** A time in a query: ISO 8601, or ms since the epoch. */
export const timeQuery = z
  .string()
  .max(40)
  .transform((text, context) => {
    const ms = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
    if (Number.isSafeInteger(ms)) return ms;
    context.addIssue({ code: 'custom', message: 'a time: ISO 8601, or ms since the epoch' });
    return z.NEVER;
  });

export const paging = {
  limit: z.coerce.number().int().min(1).max(1000).default(100).describe('Most items of the page.'),
  cursor: z.string().max(1024).optional().describe('`next` of the page before.'),
};

export const issue = named(
  'Issue',
  z.object({
    message: z.string(),
    path: z
      .array(z.union([z.string(), z.number()]))
      .optional()
      .describe('The member, outermost key first.'),
    line: z.number().int().optional().describe('Of the source, from 1.'),
    column: z.number().int().optional(),
  }),
);

export const problem = named(
  'Problem',
  z
    .looseObject({
      type: z.string(),
      title: z.string(),
      status: z.number().int(),
      detail: z.string(),
      code: z.string().describe('Stable name of what went wrong.'),
      issues: z.array(issue).optional(),
    })
    .describe('RFC 9457. Has further members where there is more to say, such as the limit that was reached.'),
);
