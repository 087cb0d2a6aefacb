import { byId } from '../options/by-id.ts';
import type { PoolStats } from '../pool/report/stats.ts';
import type { Registry } from './registry.ts';
import type { Ledger, TenantUsage } from './usage.ts';

/** What `ServerlessRuntime.stats()` answers. */
export interface ServerlessStats {
  /** The numbers of its pool. */
  pool: PoolStats;
  /** Tenants with a function, with usage, or with something in the pool, by their ids. */
  tenants: Record<string, { functions: number; runtimes: number; active: number; queued: number; usage: TenantUsage }>;
}

export function readStats(pool: PoolStats, registry: Registry, ledger: Ledger): ServerlessStats {
  const tenants: ServerlessStats['tenants'] = byId([]);
  const tenant = (id: string) => {
    tenants[id] ??= { functions: 0, runtimes: 0, active: 0, queued: 0, usage: ledger.readTenant(id) };
    return tenants[id];
  };
  for (const record of registry.all()) tenant(record.tenantId).functions++;
  for (const id of ledger.tenantIds) tenant(id);
  for (const fn of Object.values(pool.functions)) {
    const sum = tenant(fn.tenantId);
    sum.runtimes += fn.runtimes;
    sum.active += fn.active;
    sum.queued += fn.queued;
  }
  return { pool, tenants };
}
