import { z } from 'zod';

const idPattern = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/;

/** Names of tenants, functions and aliases. */
export const id = z
  .string()
  .regex(idPattern, 'up to 63 letters, digits, - and _; the first and the last one a letter or a digit');

export const secretName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'up to 128 letters, digits and _, not beginning with a digit');

export const tenantBody = z.strictObject({ tier: z.string().optional() });

const milliseconds = z.number().int().min(0);
const count = z.number().int().min(1);

/** What a function may be deployed with. */
export const functionBody = z.strictObject({
  code: z.string().min(1),
  env: z.record(secretName, z.string()).optional(),
  memoryMb: z.number().positive().optional(),
  timeout: milliseconds.optional(),
  cpuTimeout: milliseconds.optional(),
  loadTimeout: milliseconds.optional(),
  loadCpuTimeout: milliseconds.optional(),
  streamTimeout: milliseconds.optional(),
  streamCpuTimeout: milliseconds.optional(),
  lateTimeout: milliseconds.optional(),
  lateCpuTimeout: milliseconds.optional(),
  web: z.boolean().optional(),
  apis: z.array(z.string()).optional(),
  concurrency: count.optional(),
  concurrencyPerRuntime: count.optional(),
  maxRuntimes: count.optional(),
  reuse: z.enum(['warm', 'fresh']).optional(),
  maxHostCalls: z.number().int().min(0).optional(),
  maxLogBytes: z.number().int().min(0).optional(),
});

export const secretBody = z.strictObject({ value: z.string().min(4).max(65_536) });

export const rollbackBody = z.strictObject({ version: z.string().optional() }).optional();
