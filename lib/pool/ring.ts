import type { Group } from './group.ts';

/**
 * The groups that have waiting invocations, tenant by tenant: a turn serves the tenant that was served longest ago, so
 * that a flood of one tenant costs another at most one turn.
 */
export class FairRing {
  readonly #tenants = new Map<string, Set<Group>>();

  get empty(): boolean {
    return this.#tenants.size === 0;
  }

  add(group: Group): void {
    const tenant = group.fn.tenantId;
    const groups = this.#tenants.get(tenant);
    if (groups) groups.add(group);
    else this.#tenants.set(tenant, new Set([group]));
  }

  delete(group: Group): void {
    const tenant = group.fn.tenantId;
    const groups = this.#tenants.get(tenant);
    groups?.delete(group);
    if (groups?.size === 0) this.#tenants.delete(tenant);
  }

  /** The groups in the order of their turns: one of each tenant, then the second of each … */
  order(): Group[] {
    const lists = [...this.#tenants.values()].map((groups) => [...groups]);
    const longest = Math.max(0, ...lists.map((list) => list.length));
    const result: Group[] = [];
    for (let i = 0; i < longest; i++) {
      for (const list of lists) {
        const group = list[i];
        if (group) result.push(group);
      }
    }
    return result;
  }

  /** `group` was served: it goes behind the others of its tenant, and its tenant behind the other tenants. */
  served(group: Group): void {
    const tenant = group.fn.tenantId;
    const groups = this.#tenants.get(tenant);
    if (!groups?.delete(group)) return;
    groups.add(group);
    this.#tenants.delete(tenant);
    this.#tenants.set(tenant, groups);
  }
}
