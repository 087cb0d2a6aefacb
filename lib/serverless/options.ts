import {
  checkBoolean,
  checkFunction,
  checkInteger,
  checkMilliseconds,
  checkName,
  checkOneOf,
  checkOptions,
  checkPatience,
} from '../options/check.ts';
import { invalidRange, invalidType } from '../options/invalid.ts';
import { within } from '../options/within.ts';
import { invalidArgument } from '../pool/failures/refusal.ts';
import { resolveIsolation } from '../pool/options/isolation.ts';
import { type PoolOptions, resolveOptions } from '../pool/options/options.ts';
import { builtInRules, type ValidationRule } from '../shared/check/rules.ts';
import { onlyGiven } from '../shared/own.ts';
import type { RateLimiterFactory } from './rates.ts';
import { checkAtLeast, checkTiers, type Tiers } from './tiers.ts';
import type { ValidationOptions } from './validation/validate.ts';

/** Options of {@link ServerlessRuntime}. Times in ms. */
export interface ServerlessOptions {
  /** See `PoolOptions`. */
  pool?: PoolOptions | undefined;
  /** The pool's option `isolation`. */
  isolation?: PoolOptions['isolation'];
  /** Named sets of limits. Default: none. */
  tiers?: Tiers | undefined;
  /** Tier of a tenant that `tenantTier` does not know. Default: no tier. */
  defaultTier?: string | undefined;
  /**
   * The tier a tenant pays for; `undefined` for the default. Asked at every invocation and deployment, so it may change:
   * what is deployed follows. An answer that comes as a promise is kept for `tenantTierTtl`.
   */
  tenantTier?: ((tenantId: string) => string | null | undefined | PromiseLike<string | null | undefined>) | undefined;
  /** How long, in ms, a promised answer of `tenantTier` counts without asking again. Default 5000; 0: not at all. */
  tenantTierTtl?: number | undefined;
  /** What is checked when a function is deployed. */
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
  isolation: true,
  tiers: true,
  defaultTier: true,
  tenantTier: true,
  tenantTierTtl: true,
  validation: true,
  drainTimeout: true,
  maxVersions: true,
  rateLimiter: true,
  random: true,
};
const validationNames: Record<keyof ValidationOptions, true> = { maxCodeSize: true, rules: true, unknownNames: true };

/** The options as they were given, and nothing that all objects have. */
export function checkServerlessOptions(given: ServerlessOptions, apis: readonly string[]): ServerlessOptions {
  const options = checkOptions(given, new Set(Object.keys(names))) as ServerlessOptions;
  const validation = checkOptions(options.validation, new Set(Object.keys(validationNames)), 'validation');
  const { maxCodeSize, rules, unknownNames } = validation as ValidationOptions;
  if (unknownNames !== undefined) checkBoolean(unknownNames, 'validation.unknownNames');
  if (maxCodeSize !== undefined) checkAtLeast(1, maxCodeSize, 'validation.maxCodeSize');
  if (rules !== undefined && !Array.isArray(rules)) throw invalidType('validation.rules', rules, 'an array');
  for (const [i, rule] of (rules ?? []).entries()) checkRule(rule, `validation.rules[${i}]`);
  if (options.drainTimeout !== undefined) checkMilliseconds(options.drainTimeout, 'drainTimeout');
  if (options.tenantTierTtl !== undefined) checkPatience(options.tenantTierTtl, 'tenantTierTtl');
  if (options.maxVersions !== undefined) checkInteger(options.maxVersions, 'maxVersions', 1, Number.MAX_SAFE_INTEGER);
  const pool = withIsolation(checkPool(options.pool), options.isolation);
  for (const name of ['tenantTier', 'rateLimiter', 'random'] as const) {
    if (options[name] !== undefined) checkFunction(options[name], name);
  }
  const tiers = checkTiers(options.tiers ?? {}, options.defaultTier, apis);
  return Object.assign(Object.create(null), options, { validation, pool, tiers });
}

function checkRule(rule: unknown, option: string): void {
  if (typeof rule === 'string') {
    checkOneOf(rule, option, builtInRules);
    return;
  }
  if (typeof rule !== 'object' || rule === null)
    throw invalidType(option, rule, 'the name of a rule, or { name, visit }');
  const { name, visit } = rule as ValidationRule;
  checkName(name, `${option}.name`);
  if (typeof visit !== 'object' || visit === null) {
    throw invalidType(`${option}.visit`, visit, 'an object with a function for each type of node');
  }
  for (const [type, visitor] of Object.entries(visit)) {
    checkFunction(visitor, `${option}.visit.${type}`);
    if (!/^[A-Z]/.test(type))
      throw invalidRange(`${option}.visit`, type, "an object whose names are types of nodes, such as 'CallExpression'");
  }
}

function withIsolation(pool: PoolOptions | undefined, isolation: PoolOptions['isolation']): PoolOptions | undefined {
  if (isolation === undefined) return pool;
  if (pool?.isolation !== undefined) {
    throw invalidArgument("'isolation' is given twice: also as 'pool.isolation'", 'isolation', isolation);
  }
  within('isolation', () => resolveIsolation(isolation));
  return { ...pool, isolation };
}

function checkPool(pool: unknown): PoolOptions | undefined {
  if (pool === undefined) return undefined;
  if (typeof pool !== 'object' || pool === null || Array.isArray(pool)) {
    throw invalidType('pool', pool, 'an object or undefined');
  }
  const options = onlyGiven(pool, Object.keys(pool)) as PoolOptions;
  // The pool does it again; here an error has the name under which it was given.
  within('pool', () => resolveOptions(options));
  return options;
}
