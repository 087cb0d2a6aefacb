import type { ResolvedFunction } from './function.ts';

/** How many invocations run: of each tenant, and of each group of functions that share a bound. */
export class TenantCounts {
  readonly #tenants = new Map<string, number>();
  readonly #shares = new Map<string, number>();
  readonly #limitOf: (tenantId: string) => number;

  constructor(limitOf: (tenantId: string) => number) {
    this.#limitOf = limitOf;
  }

  mayRun({ tenantId, share }: ResolvedFunction): boolean {
    if ((this.#tenants.get(tenantId) ?? 0) >= this.#limitOf(tenantId)) return false;
    return share === undefined || (this.#shares.get(share.key) ?? 0) < share.concurrency;
  }

  began({ tenantId, share }: ResolvedFunction): void {
    add(this.#tenants, tenantId, 1);
    if (share) add(this.#shares, share.key, 1);
  }

  ended({ tenantId, share }: ResolvedFunction): void {
    add(this.#tenants, tenantId, -1);
    if (share) add(this.#shares, share.key, -1);
  }
}

function add(counts: Map<string, number>, key: string, change: number): void {
  const count = (counts.get(key) ?? 0) + change;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
