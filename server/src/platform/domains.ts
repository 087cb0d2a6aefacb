import type { Config } from '../config/schema.ts';
import { notFound, ServerError } from '../errors/server-error.ts';
import type { Actor, DomainRecord } from '../storage/records.ts';
import type { Storage } from '../storage/storage.ts';
import { entryOf } from './audit.ts';
import type { Expectation } from './in-turn.ts';
import { TenantMemory } from './tenant-memory.ts';
import type { Tenants } from './tenants.ts';

/** Where a host leads: to one function of a tenant, or with `/<function>` to each of them. */
export type DomainTarget = Pick<DomainRecord, 'tenant' | 'function' | 'alias'>;

/** A host as it is shown. */
export interface DomainView extends DomainTarget {
  readonly host: string;
  /** It stands in the configuration, and only there it can be changed. */
  readonly configured: boolean;
  /** `false`: the configuration has the same host, and goes before. */
  readonly inForce: boolean;
  readonly createdAt: number | undefined;
}

/** The hosts of tenants: those of the configuration, then those that are kept. All are in memory, for each request asks. */
export class Domains {
  readonly #storage: Storage;
  readonly #tenants: Tenants;
  readonly #configured: ReadonlyMap<string, DomainTarget>;
  readonly #isOwn: (host: string) => boolean;
  readonly #kept = new Map<string, DomainRecord>();
  readonly #memory: TenantMemory;

  constructor({ domains, domain, ownHosts = [] }: Config['gateway'], storage: Storage, tenants: Tenants) {
    this.#storage = storage;
    this.#tenants = tenants;
    this.#memory = new TenantMemory(tenants, (tenant) => this.#read(tenant));
    this.#configured = new Map(
      domains.map(({ host, tenant, function: name, alias }) => [host, { tenant, function: name, alias }]),
    );
    const own = new Set(ownHosts.map((host) => host.toLowerCase()));
    this.#isOwn = (host) => own.has(host) || (domain !== undefined && `.${host}`.endsWith(`.${domain}`));
  }

  /** Takes up what is kept. */
  async load(): Promise<void> {
    for (const record of await this.#storage.domains.list()) this.#kept.set(record.host, record);
  }

  find(host: string): DomainTarget | undefined {
    return this.#configured.get(host) ?? this.#kept.get(host);
  }

  /** By host. @throws {ServerError} if there is no such tenant */
  async list(tenant: string): Promise<DomainView[]> {
    await this.#tenants.get(tenant);
    const configured = [...this.#configured].map(([host, target]): DomainView => {
      return { host, ...target, configured: true, inForce: true, createdAt: undefined };
    });
    const all = [...configured, ...[...this.#kept.values()].map((record) => this.#viewOf(record))];
    return all.filter((view) => view.tenant === tenant).sort((a, b) => (placeOfDomain(a) < placeOfDomain(b) ? -1 : 1));
  }

  /** The one that is in force, if there is one. @throws {ServerError} if the tenant has no such host */
  async get(tenant: string, host: string): Promise<DomainView> {
    const found = (await this.list(tenant)).find((view) => view.host === host);
    if (!found) throw notFound(`domain '${host}' of tenant '${tenant}'`);
    return found;
  }

  /**
   * Gives a host to a tenant, or changes where it leads. Requests that come after this go there.
   *
   * @throws {ServerError} if it is another tenant's, the server's own, or one of the configuration
   */
  async put(
    tenant: string,
    host: string,
    target: Omit<DomainTarget, 'tenant'>,
    by: Actor,
    expected: Expectation<DomainRecord>,
  ): Promise<{ view: DomainView; created: boolean }> {
    await this.#tenants.get(tenant);
    this.#checkFree(host);
    return this.#memory.change(tenant, async () => {
      const before = this.#ofTenant(tenant, host);
      expected(before);
      const record = { tenant, host, ...target, createdAt: before?.createdAt ?? Date.now() };
      const detail = { ...shown(target), previous: before ? shown(before) : null };
      const owner = await this.#storage.domains.put(record, entryOf(by, 'domain.put', tenant, host, detail));
      if (owner !== tenant) throw taken(`Host '${host}' belongs to tenant '${owner}'. Take it away there first.`);
      return { view: this.#viewOf(record), created: before === undefined };
    });
  }

  /** @throws {ServerError} if the tenant has no such host, or the configuration gives it to it */
  async delete(tenant: string, host: string, by: Actor, expected: Expectation<DomainRecord>): Promise<void> {
    await this.#tenants.get(tenant);
    return this.#memory.change(tenant, async () => {
      const before = this.#ofTenant(tenant, host);
      if (!before && this.#configured.get(host)?.tenant === tenant) this.#checkFree(host);
      expected(before);
      const detail = before ? shown(before) : {};
      const gone = await this.#storage.domains.delete(tenant, host, entryOf(by, 'domain.delete', tenant, host, detail));
      if (!gone) throw notFound(`domain '${host}' of tenant '${tenant}'`);
    });
  }

  /** What a tenant has may have changed by other ways: it is read again. */
  refresh(tenant: string): Promise<void> {
    return this.#memory.refresh(tenant);
  }

  async #read(tenant: string): Promise<void> {
    const records = await this.#storage.domains.list(tenant);
    const hosts = new Set(records.map(({ host }) => host));
    for (const [host, record] of this.#kept) {
      if (record.tenant === tenant && !hosts.has(host)) this.#kept.delete(host);
    }
    for (const record of records) this.#kept.set(record.host, record);
  }

  #ofTenant(tenant: string, host: string): DomainRecord | undefined {
    const found = this.#kept.get(host);
    return found?.tenant === tenant ? found : undefined;
  }

  /** @throws {ServerError} if it is not for the administration to give it away */
  #checkFree(host: string): void {
    const configured = this.#configured.get(host);
    if (configured) {
      throw taken(
        `The configuration gives host '${host}' to tenant '${configured.tenant}' (gateway.domains). Change it there.`,
      );
    }
    if (this.#isOwn(host)) {
      throw taken(`Host '${host}' is one of the server's own (gateway.ownHosts, or at or below gateway.domain).`);
    }
  }

  #viewOf(record: DomainRecord): DomainView {
    return { ...record, configured: false, inForce: !this.#configured.has(record.host) };
  }
}

/** Its place in a list: of the same host the one in force is first. */
export const placeOfDomain = ({ host, inForce }: DomainView): string => `${host} ${inForce ? 0 : 1}`;

const shown = ({ function: name, alias }: Omit<DomainTarget, 'tenant'>) => ({
  function: name ?? null,
  alias: alias ?? null,
});

const taken = (message: string): ServerError => new ServerError('ERR_ISOLET_SERVER_CONFLICT', message);
