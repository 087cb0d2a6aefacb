import type { ServerlessOptions, Tier } from 'isolet';
import { makeOutbound } from '../bindings/outbound.ts';
import type { Config, TierConfig } from '../config/schema.ts';
import type { Tenants } from './tenants.ts';

/** The configuration as isolet's runtime takes it. */
export function runtimeOptions(config: Config, tenants: Tenants): ServerlessOptions {
  const tiers = Object.entries(config.tiers);
  return {
    tiers: Object.fromEntries(tiers.map(([name, tier]) => [name, ofRuntime(tier)])),
    defaultTier: config.defaultTier,
    tenantTier: (id) => tenants.tierOf(id),
    drainTimeout: config.drainTimeout,
    validation: { maxCodeSize: Math.max(...tiers.map(([, { codeSize }]) => codeSize)) },
    isolation: config.isolation,
    pool: { web: { fetch: makeOutbound((tenant) => tenants.limitsOf(tenant).fetch) } },
  };
}

/** What the runtime keeps itself. It knows the functions that were used, so how many there may be it can't count. */
function ofRuntime(tier: TierConfig): Tier {
  const { kv: _kv, sql: _sql, functions: _functions, fetch: _fetch, ...others } = tier;
  const { maxFunctions: _maxFunctions, keptLogBytes: _keptLogBytes, ...rest } = others;
  return rest;
}
