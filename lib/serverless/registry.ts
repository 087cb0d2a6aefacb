import { FunctionNotFoundError, VersionNotFoundError } from '../errors/index.ts';
import { checkString } from '../options/check.ts';
import { invalidRange, invalidType } from '../options/invalid.ts';
import type { Deployment } from './spec.ts';
import type { TierInForce } from './tiers.ts';
import type { Variants, VersionFunction } from './variants.ts';

/** One version as it is kept: what the pool runs and what the platform is told about it. */
export interface StoredVersion {
  /** As it was deployed. */
  readonly fn: VersionFunction;
  readonly variants: Variants;
  /** The tier it was deployed in, if that is not its tenant's. */
  readonly tier: TierInForce | undefined;
  readonly about: Omit<Deployment, 'active' | 'aliases'>;
}

/** Shares of an alias's invocations by version; they need not add up to anything. */
export type Weights = Readonly<Record<string, number>>;

/** Activations that can be taken back. */
const maxHistory = 1000;

/** A deployed function: its versions, which of them is active, and its aliases. */
export class FunctionRecord {
  readonly tenantId: string;
  readonly name: string;
  /** In the order of their latest deployments. */
  readonly versions = new Map<string, StoredVersion>();
  readonly aliases = new Map<string, Weights>();
  /** Activations, oldest first; the last one is in force. */
  readonly history: string[] = [];

  constructor(tenantId: string, name: string) {
    this.tenantId = tenantId;
    this.name = name;
  }

  get active(): StoredVersion {
    return this.version(this.history.at(-1) ?? '');
  }

  /** @throws {VersionNotFoundError} */
  version(id: string): StoredVersion {
    const found = this.versions.get(id);
    if (!found) throw new VersionNotFoundError(this.tenantId, this.name, { version: checkString(id, 'version') });
    return found;
  }

  /** Takes in what was deployed. The same content again is the version there is already, with its warm runtimes. */
  add(deployed: StoredVersion): StoredVersion {
    const id = deployed.fn.version;
    const known = this.versions.get(id);
    known?.variants.renew(deployed.variants);
    const version = {
      ...deployed,
      ...known,
      tier: deployed.tier,
      about: { ...deployed.about, deployedAt: Date.now() },
    };
    this.versions.delete(id);
    this.versions.set(id, version);
    return version;
  }

  /** Puts a version into force. Answers the one that was, if that is another. */
  activate(version: StoredVersion): StoredVersion | undefined {
    const before = this.history.length > 0 ? this.active : undefined;
    if (before?.fn.version === version.fn.version) return undefined;
    this.history.push(version.fn.version);
    if (this.history.length > maxHistory) this.history.shift();
    return before;
  }

  /** Takes back the last activation. Answers the version that was in force until now. */
  rollback(): StoredVersion {
    const before = this.active;
    const at = this.history.findLastIndex((id) => id !== before.fn.version && this.versions.has(id));
    if (at < 0) throw new VersionNotFoundError(this.tenantId, this.name, {});
    this.history.length = at + 1;
    return before;
  }

  setAlias(alias: string, target: string | Weights): void {
    if (typeof target !== 'string' && (typeof target !== 'object' || target === null)) {
      throw invalidType('target', target, 'a version or an object of weights, such as { [version]: 1 }');
    }
    const weights = typeof target === 'string' ? { [target]: 1 } : { ...target };
    const total = Object.entries(weights).reduce((sum, [id, weight]) => {
      this.version(id);
      if (!(typeof weight === 'number' && weight >= 0 && Number.isFinite(weight))) {
        throw invalidWeight(`target['${id}']`, weight);
      }
      return sum + weight;
    }, 0);
    if (total === 0) throw invalidRange('target', target, 'a version, or weights with a weight above 0');
    this.aliases.set(alias, weights);
  }

  /** @param chance from 0 to 1, evenly distributed. */
  pick(alias: string, chance: number): StoredVersion {
    const weights = this.aliases.get(alias);
    if (!weights) throw new VersionNotFoundError(this.tenantId, this.name, { alias: checkString(alias, 'alias') });
    const shares = Object.entries(weights).filter(([, weight]) => weight > 0);
    let left = chance * shares.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [id, weight] of shares) {
      left -= weight;
      if (left < 0) return this.version(id);
    }
    return this.version(shares.at(-1)?.[0] ?? '');
  }

  /** Whether anything may still be sent to a version by its function's name or an alias. */
  isReachable(id: string): boolean {
    return this.needs(id, false);
  }

  /** The same, or what will be so if another version is `replacing` the one in force. */
  needs(id: string, replacing: boolean): boolean {
    if (!replacing && this.history.at(-1) === id) return true;
    return [...this.aliases.values()].some((weights) => (weights[id] ?? 0) > 0);
  }

  /**
   * Of the versions that nothing points at, keeps `max`, and answers the others. First go those that no `rollback()`
   * would come to, then those it would come to last.
   */
  trim(max: number): StoredVersion[] {
    // Each once, at its latest place.
    const latest = new Set(this.history.toReversed());
    const order = [...[...this.versions.keys()].filter((id) => !latest.has(id)), ...[...latest].reverse()];
    const idle = order.filter((id) => !this.isReachable(id));
    const dropped = idle.slice(0, Math.max(0, idle.length - max)).map((id) => this.version(id));
    if (dropped.length > 0) this.drop(dropped);
    return dropped;
  }

  drop(versions: readonly StoredVersion[]): void {
    for (const { fn } of versions) this.versions.delete(fn.version);
    const kept = this.history.filter((id) => this.versions.has(id));
    this.history.splice(0, this.history.length, ...kept.filter((id, i) => id !== kept[i + 1]));
  }

  describe({ fn, about }: StoredVersion): Deployment {
    const pointing = [...this.aliases].filter(([, weights]) => (weights[fn.version] ?? 0) > 0);
    return Object.freeze({
      ...about,
      active: this.history.at(-1) === fn.version,
      aliases: pointing.map(([alias]) => alias),
    });
  }
}

function invalidWeight(option: string, weight: unknown): Error {
  const invalid = typeof weight === 'number' ? invalidRange : invalidType;
  return invalid(option, weight, 'a number of at least 0');
}

/** All deployed functions, by tenant and name. */
export class Registry {
  readonly #tenants = new Map<string, Map<string, FunctionRecord>>();

  find(tenantId: string, name: string): FunctionRecord | undefined {
    return this.#tenants.get(tenantId)?.get(name);
  }

  get(tenantId: string, name: string): FunctionRecord {
    const record = this.find(tenantId, name);
    if (!record) throw this.#notFound(tenantId, name);
    return record;
  }

  /** Checked only now: what was found has a proper name. */
  #notFound(tenantId: string, name: string): Error {
    checkString(tenantId, 'tenantId');
    checkString(name, 'name');
    return new FunctionNotFoundError(tenantId, name);
  }

  add(record: FunctionRecord): void {
    const functions = this.#tenants.get(record.tenantId) ?? new Map<string, FunctionRecord>();
    functions.set(record.name, record);
    this.#tenants.set(record.tenantId, functions);
  }

  delete(record: FunctionRecord): void {
    const functions = this.#tenants.get(record.tenantId);
    functions?.delete(record.name);
    if (functions?.size === 0) this.#tenants.delete(record.tenantId);
  }

  /** How many functions a tenant has. */
  count(tenantId: string): number {
    return this.#tenants.get(tenantId)?.size ?? 0;
  }

  all(tenantId?: string): FunctionRecord[] {
    const tenants = tenantId === undefined ? [...this.#tenants.values()] : [this.#tenants.get(tenantId) ?? new Map()];
    return tenants.flatMap((functions) => [...functions.values()]);
  }
}
