import type { ServerlessOptions, Tier } from 'isolet';
import { makeOutbound } from '../bindings/outbound.ts';
import type { Config, TierConfig } from '../config/schema.ts';
import type { Tenants } from './tenants.ts';

/** The configuration as isolet's runtime takes it. */
export function runtimeOptions(config: Config, tenants: Tenants): ServerlessOptions {
  return {
    tiers: Object.fromEntries(Object.entries(config.tiers).map(([name, tier]) => [name, ofRuntime(tier)])),
    defaultTier: config.defaultTier,
    tenantTier: (id) => tenants.tierOf(id),
    drainTimeout: config.drainTimeout,
    pool: { web: { fetch: makeOutbound((tenant) => tenants.limitsOf(tenant).fetch) } },
  };
}

/** What the runtime keeps itself; the bindings keep the rest. */
function ofRuntime({ kv: _kv, sql: _sql, functions: _functions, fetch: _fetch, ...tier }: TierConfig): Tier {
  return tier;
}
