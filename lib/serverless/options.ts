import { checkFunction, checkInteger, checkMilliseconds, checkOneOf, checkOptions } from '../options/check.ts';
import { checkTenantConcurrency, type PoolOptions } from '../pool/options.ts';
import type { RateLimiterFactory } from './rates.ts';
import { checkTiers, type Tiers } from './tiers.ts';
import { builtInRules } from './validation/rules.ts';
import type { ValidationOptions } from './validation/validate.ts';

export interface ServerlessOptions {
  /** See `PoolOptions`. */
  pool?: PoolOptions | undefined;
  /** Named sets of limits. Default: none. */
  tiers?: Tiers | undefined;
  /** Tier of a tenant that `tenantTier` does not know. Default: no tier. */
  defaultTier?: string | undefined;
  /** The tier a tenant pays for. Asked at every invocation and deployment, so it may change. */
  tenantTier?: ((tenantId: string) => string | undefined) | undefined;
  validation?: ValidationOptions | undefined;
  /** How long, in ms, invocations of a replaced or undeployed version may go on. Default 30000. */
  drainTimeout?: number | undefined;
  /** Versions kept of each function, beyond those that are active or have an alias. Default 10. */
  maxVersions?: number | undefined;
  /** Default: counts in this process's memory. */
  rateLimiter?: RateLimiterFactory | undefined;
  /** Source of the numbers that pick a version of a weighted alias. Default `Math.random`. */
  random?: (() => number) | undefined;
}

const names: Record<keyof ServerlessOptions, true> = {
  pool: true,
  tiers: true,
  defaultTier: true,
  tenantTier: true,
  validation: true,
  drainTimeout: true,
  maxVersions: true,
  rateLimiter: true,
  random: true,
};
const validationNames: Record<keyof ValidationOptions, true> = { maxCodeSize: true, rules: true, unknownNames: true };

export function checkServerlessOptions(options: ServerlessOptions): void {
  checkOptions(options, new Set(Object.keys(names)));
  checkOptions(options.validation, new Set(Object.keys(validationNames)), 'validation');
  for (const rule of options.validation?.rules ?? []) {
    if (typeof rule === 'string') checkOneOf(rule, 'validation.rules', builtInRules);
  }
  if (options.drainTimeout !== undefined) checkMilliseconds(options.drainTimeout, 'drainTimeout');
  if (options.maxVersions !== undefined) checkInteger(options.maxVersions, 'maxVersions', 1, Number.MAX_SAFE_INTEGER);
  checkTenantConcurrency(options.pool?.tenantConcurrency, 'pool.tenantConcurrency');
  for (const name of ['tenantTier', 'rateLimiter', 'random'] as const) {
    if (options[name] !== undefined) checkFunction(options[name], name);
  }
  checkTiers(options.tiers ?? {}, options.defaultTier);
}
