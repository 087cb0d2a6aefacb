import { notFound } from '../errors/server-error.ts';
import type { Keys } from '../secrets/keys.ts';
import { seal, unseal } from '../secrets/seal.ts';
import type { Storage } from '../storage/storage.ts';
import type { Tenants } from './tenants.ts';

/** A tenant's secrets: written, listed by name, read by its functions only. */
export class Secrets {
  readonly #storage: Storage;
  readonly #keys: Keys;
  readonly #tenants: Tenants;
  /** Grows with each change of a tenant's secrets: what was loaded before has old ones. */
  readonly #epochs = new Map<string, number>();

  constructor(storage: Storage, keys: Keys, tenants: Tenants) {
    this.#storage = storage;
    this.#keys = keys;
    this.#tenants = tenants;
  }

  epoch(tenant: string): number {
    return this.#epochs.get(tenant) ?? 0;
  }

  /** What functions of the tenant find in `env`. */
  async read(tenant: string): Promise<Record<string, string>> {
    const sealed = await this.#storage.secrets.list(tenant);
    return Object.fromEntries(sealed.map((one) => [one.name, unseal(this.#keys, tenant, one.name, one.sealed)]));
  }

  /** Names, and when they were last written. */
  async list(tenant: string): Promise<{ name: string; updatedAt: number }[]> {
    await this.#tenants.get(tenant);
    return (await this.#storage.secrets.list(tenant)).map(({ name, updatedAt }) => ({ name, updatedAt }));
  }

  /** Invocations that begin after this have the new value. */
  async put(tenant: string, name: string, value: string): Promise<{ name: string; updatedAt: number }> {
    await this.#tenants.get(tenant);
    const updatedAt = Date.now();
    await this.#storage.secrets.put(tenant, { name, sealed: seal(this.#keys, tenant, name, value), updatedAt });
    this.#changed(tenant);
    return { name, updatedAt };
  }

  async delete(tenant: string, name: string): Promise<void> {
    await this.#tenants.get(tenant);
    if (!(await this.#storage.secrets.delete(tenant, name))) throw notFound(`secret '${name}'`);
    this.#changed(tenant);
  }

  #changed(tenant: string): void {
    this.#epochs.set(tenant, this.epoch(tenant) + 1);
  }
}
