import { z } from 'zod';
import { time } from './common.ts';
import { named, pageOf } from './registry.ts';

export const tenantSpec = named(
  'TenantSpec',
  z.strictObject({
    tier: z.string().min(1).max(64).nullable().describe('Null: the default tier. Left out: as it is.').optional(),
  }),
);
export const tenant = named(
  'Tenant',
  z.object({ id: z.string(), tier: z.string().describe('The one in force.'), createdAt: time }),
);
export const tenants = pageOf('Tenants', 'tenants', tenant);

const limits = z.record(z.string(), z.unknown());
export const tier = named(
  'Tier',
  z.object({ name: z.string(), isDefault: z.boolean(), limits: limits.describe('As they are configured.') }),
);
export const tiers = pageOf('Tiers', 'tiers', tier);
