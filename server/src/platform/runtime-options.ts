import type { ServerlessOptions } from 'isolet';
import type { Config } from '../config/schema.ts';
import type { Tenants } from './tenants.ts';

/** The configuration as isolet's runtime takes it. */
export function runtimeOptions(config: Config, tenants: Tenants): ServerlessOptions {
  return {
    tiers: config.tiers,
    defaultTier: config.defaultTier,
    tenantTier: (id) => tenants.tierOf(id),
    drainTimeout: config.drainTimeout,
  };
}
