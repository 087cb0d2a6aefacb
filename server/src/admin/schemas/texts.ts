import { z } from 'zod';
import { time } from './common.ts';
import { named, pageOf } from './registry.ts';

/** What isolet takes out of logs has to be long enough not to be found by chance. */
export const secretBody = named('SecretValue', z.strictObject({ value: z.string().min(4).max(32_768) }));
export const secret = named('Secret', z.object({ name: z.string(), updatedAt: time }));
export const secrets = pageOf('Secrets', 'secrets', secret);

export const variableBody = named('VariableValue', z.strictObject({ value: z.string().max(32_768) }));
export const variable = named('Variable', z.object({ name: z.string(), value: z.string(), updatedAt: time }));
export const variables = pageOf('Variables', 'variables', variable);
