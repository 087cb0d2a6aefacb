import { isOf, type ResolvedFunction } from './function.ts';
import { FunctionVersions } from './function-versions.ts';
import { Group } from './group.ts';
import { TicketQueue } from './queue.ts';
import { Reputations } from './reputation.ts';
import { Tenant } from './tenant.ts';

/** Everything a pool knows by name: versions, functions, tenants. What nobody uses is forgotten. */
export class Groups {
  /** By the key of the version. */
  readonly #groups = new Map<string, Group>();
  readonly #functions = new Map<string, FunctionVersions>();
  readonly #tenants = new Map<string, Tenant>();
  readonly #reputations = new Reputations();
  /** Invocations that wait, over all. */
  queued = 0;

  [Symbol.iterator](): IterableIterator<Group> {
    return this.#groups.values();
  }

  of(fn: ResolvedFunction): Group {
    return this.#groups.get(fn.key) ?? this.#make(fn);
  }

  /** The one with exactly this key. */
  get(key: string): Group | undefined {
    return this.#groups.get(key);
  }

  /** @param key of a version, whose variants are meant too, or of a function: all its versions. */
  find(key: string): Group[] {
    const versions = this.#functions.get(key.split('@', 1)[0] as string);
    return [...(versions?.groups ?? [])].filter((group) => isOf(group.fn.key, key));
  }

  tenant(id: string): Tenant {
    let tenant = this.#tenants.get(id);
    if (!tenant) {
      tenant = new Tenant(id);
      this.#tenants.set(id, tenant);
    }
    return tenant;
  }

  findTenant(id: string): Tenant | undefined {
    return this.#tenants.get(id);
  }

  forget(group: Group): void {
    const { fn, tenant, versions, reputation } = group;
    if (this.#groups.get(fn.key) !== group) return;
    this.#groups.delete(fn.key);
    this.#reputations.keep(fn.key, reputation);
    versions.groups.delete(group);
    if (versions.groups.size === 0) this.#functions.delete(versions.key);
    tenant.groups.delete(group);
    this.forgetTenant(tenant);
  }

  forgetTenant(tenant: Tenant): void {
    if (tenant.unused) this.#tenants.delete(tenant.id);
  }

  #make(fn: ResolvedFunction): Group {
    const tenant = this.tenant(fn.tenantId);
    const versions = this.#versions(fn);
    const queue = new TicketQueue((by) => {
      versions.queued += by;
      tenant.queued += by;
      this.queued += by;
    });
    const group = new Group(fn, { tenant, versions, reputation: this.#reputations.take(fn.key) }, queue);
    this.#groups.set(fn.key, group);
    versions.groups.add(group);
    tenant.groups.add(group);
    return group;
  }

  #versions({ functionKey }: ResolvedFunction): FunctionVersions {
    let versions = this.#functions.get(functionKey);
    if (!versions) {
      versions = new FunctionVersions(functionKey);
      this.#functions.set(functionKey, versions);
    }
    return versions;
  }
}
