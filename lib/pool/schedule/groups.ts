import { isOf } from '../function/function-key.ts';
import type { ResolvedFunction } from '../function/resolved-function.ts';
import { FunctionVersions } from './function-versions.ts';
import { Group } from './group.ts';
import { TicketQueue } from './queue.ts';
import { Reputations } from './reputation.ts';
import { Tenant } from './tenant.ts';

/** Everything a pool knows by name: versions, functions, tenants. What nobody uses is forgotten. */
export class Groups {
  /** By the key of the version. */
  readonly #groups = new Map<string, Group>();
  readonly #functions = new Map<string, { versions: FunctionVersions; groups: Set<Group> }>();
  readonly #tenants = new Map<string, { tenant: Tenant; groups: Set<Group> }>();
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
    const groups = this.#functions.get(key.split('@', 1)[0] as string)?.groups ?? [];
    return [...groups].filter((group) => isOf(group.fn.key, key));
  }

  /** Whether there is anything of the function with this key. */
  hasFunction(functionKey: string): boolean {
    return this.#functions.has(functionKey);
  }

  tenant(id: string): Tenant {
    return this.#ofTenant(id).tenant;
  }

  /** All of a tenant's. */
  ofTenant(id: string): Group[] {
    return [...(this.#tenants.get(id)?.groups ?? [])];
  }

  forget(group: Group): void {
    const { fn, tenant, versions, reputation } = group;
    if (this.#groups.get(fn.key) !== group) return;
    this.#groups.delete(fn.key);
    this.#reputations.keep(fn.key, reputation);
    const ofFunction = this.#functions.get(versions.key)?.groups;
    ofFunction?.delete(group);
    if (ofFunction?.size === 0) this.#functions.delete(versions.key);
    if (this.#tenants.get(tenant.id)?.groups.delete(group)) tenant.groups--;
    this.forgetTenant(tenant);
  }

  forgetTenant(tenant: Tenant): void {
    if (tenant.unused) this.#tenants.delete(tenant.id);
  }

  #make(fn: ResolvedFunction): Group {
    const ofTenant = this.#ofTenant(fn.tenantId);
    const ofFunction = this.#ofFunction(fn.functionKey);
    const { tenant } = ofTenant;
    const { versions } = ofFunction;
    const queue = new TicketQueue((by) => {
      versions.queued += by;
      tenant.queued += by;
      this.queued += by;
    });
    const group = new Group(fn, { tenant, versions, reputation: this.#reputations.take(fn.key) }, queue);
    this.#groups.set(fn.key, group);
    ofFunction.groups.add(group);
    ofTenant.groups.add(group);
    tenant.groups++;
    return group;
  }

  #ofTenant(id: string): { tenant: Tenant; groups: Set<Group> } {
    let found = this.#tenants.get(id);
    if (!found) {
      found = { tenant: new Tenant(id), groups: new Set() };
      this.#tenants.set(id, found);
    }
    return found;
  }

  #ofFunction(key: string): { versions: FunctionVersions; groups: Set<Group> } {
    let found = this.#functions.get(key);
    if (!found) {
      found = { versions: new FunctionVersions(key), groups: new Set() };
      this.#functions.set(key, found);
    }
    return found;
  }
}
