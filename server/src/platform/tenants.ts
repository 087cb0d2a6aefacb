import type { Config, TierConfig } from '../config/schema.ts';
import { notFound, ServerError } from '../errors/server-error.ts';
import type { Actor, TenantRecord } from '../storage/records.ts';
import type { Storage } from '../storage/storage.ts';
import { entryOf } from './audit.ts';
import { type Expectation, InTurn } from './in-turn.ts';

/** The tenants, those in use in memory. */
export class Tenants {
  readonly #config: Config;
  readonly #storage: Storage;
  readonly #beforeMaking: (id: string) => Promise<unknown>;
  readonly #inTurn = new InTurn();
  readonly #known = new Map<string, TenantRecord>();

  /** @param beforeMaking - is waited for before there is a new tenant: what one of the same id has left is not its own */
  constructor(config: Config, storage: Storage, beforeMaking: (id: string) => Promise<unknown>) {
    this.#config = config;
    this.#storage = storage;
    this.#beforeMaking = beforeMaking;
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

  /**
   * Makes a tenant, or moves it.
   *
   * @param tier - `null`: the default one; `undefined`: the one it has
   * @throws {ServerError} if there is no such tier
   */
  async put(
    id: string,
    tier: string | null | undefined,
    by: Actor,
    expected: Expectation<TenantRecord>,
  ): Promise<{ tenant: TenantRecord; created: boolean }> {
    if (typeof tier === 'string' && !Object.hasOwn(this.#config.tiers, tier)) {
      const message = `tier must be one of ${Object.keys(this.#config.tiers).join(', ')}, got '${tier}'`;
      throw new ServerError('ERR_ISOLET_SERVER_INVALID', `${message}.`, { issues: [{ path: ['tier'], message }] });
    }
    return this.#inTurn.do(id, async () => {
      const before = await this.#storage.tenants.get(id);
      expected(before);
      const next = tier === undefined ? before?.tier : (tier ?? undefined);
      const tenant = { id, tier: next, createdAt: before?.createdAt ?? Date.now() };
      const detail = before ? { from: before.tier ?? null, to: next ?? null } : { to: next ?? null };
      const created = before === undefined;
      // Nothing to tell where nothing changes.
      const note =
        created || before.tier !== next
          ? entryOf(by, created ? 'tenant.make' : 'tenant.tier', id, undefined, detail)
          : undefined;
      if (created) await this.#beforeMaking(id);
      await this.#storage.tenants.put(tenant, note);
      this.#known.set(id, tenant);
      return { tenant, created };
    });
  }

  async delete(id: string, by: Actor, expected: Expectation<TenantRecord>): Promise<void> {
    return this.#inTurn.do(id, async () => {
      expected(await this.#storage.tenants.get(id));
      const gone = await this.#storage.tenants.delete(id, entryOf(by, 'tenant.delete', id));
      this.#known.delete(id);
      if (!gone) throw notFound(`tenant '${id}'`);
    });
  }
}
