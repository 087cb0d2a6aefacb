import { InTurn } from './in-turn.ts';
import type { Tenants } from './tenants.ts';

/**
 * What is kept of tenants and is in memory as well, for each request asks for it. Changes of one tenant happen one after
 * the other, and after each its part is read again: what was answered is in force.
 */
export class TenantMemory {
  readonly #tenants: Tenants;
  readonly #read: (tenant: string) => Promise<void>;
  readonly #inTurn = new InTurn();

  /** @param read - takes into memory what is kept of a tenant, which may be nothing */
  constructor(tenants: Tenants, read: (tenant: string) => Promise<void>) {
    this.#tenants = tenants;
    this.#read = read;
  }

  change<T>(tenant: string, work: () => Promise<T>): Promise<T> {
    return this.#inTurn.do(tenant, async () => {
      try {
        return await work();
      } catch (error) {
        // The tenant may have gone meanwhile: that is what there is to say then.
        await this.#tenants.get(tenant);
        throw error;
      } finally {
        await this.#read(tenant);
      }
    });
  }

  /** Something else has changed it. */
  refresh(tenant: string): Promise<void> {
    return this.#inTurn.do(tenant, () => this.#read(tenant));
  }
}
