import { z } from 'zod';
import { tenantId, time } from './common.ts';
import { named, pageOf } from './registry.ts';

const label = z.string().max(100).default('').describe('What its owner calls it.');
const expiresIn = z
  .number()
  .min(1000)
  .max(3_155_760_000_000)
  .describe('ms until it stops working. Default: it does not.')
  .optional();

export const tokenSpec = named(
  'TokenSpec',
  z.strictObject({
    scope: z
      .enum(['platform', 'tenant', 'read'])
      .describe('`platform`: everything. `tenant`: everything of one tenant. `read`: look at one tenant, or at all.'),
    tenant: tenantId.optional(),
    label,
    expiresIn,
  }),
);
export const tenantTokenSpec = named(
  'TenantTokenSpec',
  z.strictObject({ scope: z.enum(['tenant', 'read']).default('tenant'), label, expiresIn }),
);

const view = {
  id: z.string(),
  scope: z.enum(['platform', 'tenant', 'read']),
  tenant: z.string().nullable().describe('Null: all.'),
  label: z.string(),
  createdAt: time,
  expiresAt: time.nullable(),
  lastUsedAt: time.nullable().describe('To the minute.'),
};
export const token = named('Token', z.object(view));
export const newToken = named(
  'NewToken',
  z.object({ ...view, token: z.string().describe('It is shown this once: only its hash is kept.') }),
);
export const tokens = pageOf('Tokens', 'tokens', token);
