import { CapacityError } from '../errors/index.ts';
import { label } from '../pool/function/label.ts';
import { type RateLimiterFactory, Rates } from './rates.ts';
import type { FunctionRecord, Registry, StoredVersion } from './registry.ts';
import type { FunctionSpec } from './spec.ts';
import type { TierInForce } from './tiers.ts';

type Quota = 'maxFunctions' | 'maxDeployments' | 'maxCodeBytes';

const nouns: Record<Quota, string> = {
  maxFunctions: 'functions',
  maxDeployments: 'deployments in use',
  maxCodeBytes: 'bytes of code and environments in use',
};

/** A version that is kept, and its function. */
export interface Kept {
  readonly record: FunctionRecord;
  readonly version: StoredVersion;
}

/** What a tenant may have deployed, and how often it may deploy. */
export class Quotas {
  readonly #registry: Registry;
  readonly #rates: Rates;

  constructor(registry: Registry, rateLimiter: RateLimiterFactory | undefined) {
    this.#registry = registry;
    this.#rates = new Rates(rateLimiter, 'deployRate');
  }

  /**
   * Before anything is checked or run for it.
   *
   * @throws {CapacityError} if one more function is more than the tenant may have
   * @throws {RateLimitError} if the tenant has deployed too often
   */
  mayDeploy({ tenantId, name }: FunctionSpec, inForce: TierInForce | undefined): void | Promise<void> {
    if (!inForce) return;
    this.#checkFunctions(tenantId, name, inForce);
    const { deployRate } = inForce.tier;
    if (deployRate) return this.#rates.consume(tenantId, inForce.name, deployRate);
  }

  /**
   * The versions of the tenant that have to go so that this one may come: the oldest of those that nothing will point
   * at.
   *
   * @throws {CapacityError} if that is not enough, or others have come into force meanwhile
   */
  findRoom(incoming: StoredVersion, inForce: TierInForce | undefined): Kept[] {
    if (!inForce) return [];
    const { tenantId, name } = incoming.fn;
    this.#checkFunctions(tenantId, name, inForce);
    const { maxDeployments = Number.POSITIVE_INFINITY, maxCodeBytes = Number.POSITIVE_INFINITY } = inForce.tier;
    // Whoever has no limit on what is kept may have so much that nobody should count it.
    if (maxDeployments === Number.POSITIVE_INFINITY && maxCodeBytes === Number.POSITIVE_INFINITY) return [];
    const others = this.#registry
      .all(tenantId)
      .flatMap((record) => [...record.versions.values()].map((version) => ({ record, version })))
      .filter(({ record, version }) => record.name !== name || version.fn.version !== incoming.fn.version);
    let deployments = others.length + 1;
    let bytes = others.reduce((sum, { version }) => sum + bytesOf(version), bytesOf(incoming));
    const leaving: Kept[] = [];
    const idle = others.filter(({ record, version }) => !record.needs(version.fn.version, record.name === name));
    for (const kept of idle.sort((a, b) => age(a) - age(b))) {
      if (deployments <= maxDeployments && bytes <= maxCodeBytes) break;
      leaving.push(kept);
      deployments--;
      bytes -= bytesOf(kept.version);
    }
    if (deployments > maxDeployments) throw exceeded(tenantId, 'maxDeployments', deployments, inForce);
    if (bytes > maxCodeBytes) throw exceeded(tenantId, 'maxCodeBytes', bytes, inForce);
    return leaving;
  }

  #checkFunctions(tenantId: string, name: string, inForce: TierInForce): void {
    const { maxFunctions = Number.POSITIVE_INFINITY } = inForce.tier;
    const count = this.#registry.count(tenantId);
    if (count < maxFunctions || this.#registry.find(tenantId, name)) return;
    throw exceeded(tenantId, 'maxFunctions', count + 1, inForce);
  }
}

/** The one that is in force until now goes last: it is what a rollback would come to. */
const age = ({ record, version }: Kept): number =>
  record.isReachable(version.fn.version) ? Number.POSITIVE_INFINITY : version.about.deployedAt;

function exceeded(tenantId: string, quota: Quota, actual: number, { name, tier }: TierInForce): CapacityError {
  const limit = tier[quota] ?? Number.POSITIVE_INFINITY;
  const had = `Tenant '${label(tenantId)}' would have ${actual} ${nouns[quota]}`;
  return new CapacityError(
    `${had}, and tier '${name}' allows ${limit} (${quota}). Undeploy what is not needed, or give the tenant another tier.`,
    { limit, actual, retryable: false },
  );
}

/** Of versions that were counted: their texts are frozen. */
const sizes = new WeakMap<StoredVersion, number>();

function bytesOf(version: StoredVersion): number {
  const known = sizes.get(version);
  if (known !== undefined) return known;
  const { fn, about } = version;
  let sum = about.codeSize;
  for (const texts of [fn.env ?? {}, fn.secrets ?? {}]) {
    for (const [key, value] of Object.entries(texts)) sum += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  sizes.set(version, sum);
  return sum;
}
