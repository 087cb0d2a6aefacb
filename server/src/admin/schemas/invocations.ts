import { z } from 'zod';
import { paging, problem, time, version } from './common.ts';
import { named, pageOf } from './registry.ts';

/** Anything that JSON can say. */
export const event = named('Event', z.unknown().describe('Whatever the function takes.'));
export const value = named('Value', z.unknown().describe('Whatever the function answers; null for undefined.'));

export const invokeQuery = z.object({
  version: version.describe('Default: the one in force.').optional(),
  alias: z.string().min(1).max(64).describe('The version that this alias leads to.').optional(),
  method: z
    .string()
    .min(1)
    .max(256)
    .describe('A handler of its default export. Default: the function itself.')
    .optional(),
});

export const invocationId = z.string().regex(/^[0-9a-f-]{36}$/, 'an id that an invocation was accepted with');

export const status = z.enum(['queued', 'running', 'done', 'failed']);

export const invocation = named(
  'Invocation',
  z.object({
    id: z.string().describe('Also the id that its lines in the log have.'),
    tenant: z.string(),
    function: z.string(),
    version: z.string().nullable().describe('As it was asked for; null: the one in force when it begins.'),
    alias: z.string().nullable(),
    method: z.string().nullable(),
    status,
    attempts: z.number().int().describe('How often it was begun.'),
    createdAt: time,
    startedAt: time.nullable().describe('The latest attempt.'),
    finishedAt: time.nullable(),
    result: z.unknown().describe('What the function answered, when `status` is `done`.').optional(),
    error: problem.describe('When `status` is `failed`.').optional(),
  }),
);
export const invocationAccepted = named('InvocationAccepted', z.object({ id: z.string(), status }));
export const invocations = pageOf('Invocations', 'invocations', invocation);
export const invocationsQuery = z.object({ status: status.optional(), ...paging });
