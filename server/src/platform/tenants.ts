import type { Config, TierConfig } from '../config/schema.ts';
import { notFound, ServerError } from '../errors/server-error.ts';
import type { TenantRecord } from '../storage/records.ts';
import type { Storage } from '../storage/storage.ts';

/** The tenants, those in use in memory. */
export class Tenants {
  readonly #config: Config;
  readonly #storage: Storage;
  readonly #known = new Map<string, TenantRecord>();

  constructor(config: Config, storage: Storage) {
    this.#config = config;
    this.#storage = storage;
  }

  /** Of a tenant that was asked for before; whose functions run was. */
  tierOf(id: string): string | undefined {
    const tier = this.#known.get(id)?.tier;
    // A tier that the configuration has lost is no tier.
    return tier !== undefined && Object.hasOwn(this.#config.tiers, tier) ? tier : undefined;
  }

  /** The tier in force, of a tenant that was asked for before. */
  limitsOf(id: string): TierConfig {
    return this.#config.tiers[this.tierOf(id) ?? this.#config.defaultTier] as TierConfig;
  }

  /** @throws {ServerError} if there is no such tenant */
  async get(id: string): Promise<TenantRecord> {
    const known = this.#known.get(id) ?? (await this.#storage.tenants.get(id));
    if (!known) throw notFound(`tenant '${id}'`);
    this.#known.set(id, known);
    return known;
  }

  list(): Promise<TenantRecord[]> {
    return this.#storage.tenants.list();
  }

  /** Makes a tenant or changes it. @throws {ServerError} if there is no such tier */
  async put(id: string, tier: string | undefined): Promise<{ tenant: TenantRecord; created: boolean }> {
    if (tier !== undefined && !Object.hasOwn(this.#config.tiers, tier)) {
      const names = Object.keys(this.#config.tiers).join(', ');
      throw new ServerError('ERR_ISOLET_SERVER_INVALID', `There is no tier '${tier}'. There are: ${names}.`);
    }
    const before = await this.#storage.tenants.get(id);
    const tenant = { id, tier, createdAt: before?.createdAt ?? Date.now() };
    const created = await this.#storage.tenants.put(tenant);
    this.#known.set(id, tenant);
    return { tenant, created };
  }

  /** Forgets that it is known, after it was taken away. */
  forget(id: string): void {
    this.#known.delete(id);
  }
}
