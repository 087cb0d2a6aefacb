import { notFound } from '../errors/server-error.ts';
import type { Keys } from '../secrets/keys.ts';
import { seal, unseal } from '../secrets/seal.ts';
import type { Actor, SealedSecret } from '../storage/records.ts';
import type { Storage } from '../storage/storage.ts';
import { entryOf } from './audit.ts';
import type { Epochs } from './epochs.ts';
import { type Expectation, InTurn } from './in-turn.ts';
import { checkRoom } from './room.ts';
import type { Tenants } from './tenants.ts';

/** A secret as it is shown. */
export interface SecretView {
  readonly name: string;
  readonly updatedAt: number;
}

/** A tenant's secrets: written, listed by name, read by its functions only. */
export class Secrets {
  readonly #storage: Storage;
  readonly #keys: Keys;
  readonly #tenants: Tenants;
  readonly #epochs: Epochs;
  readonly #inTurn = new InTurn();

  constructor(storage: Storage, keys: Keys, tenants: Tenants, epochs: Epochs) {
    this.#storage = storage;
    this.#keys = keys;
    this.#tenants = tenants;
    this.#epochs = epochs;
  }

  /** What functions of the tenant find in `env`. */
  async read(tenant: string): Promise<Record<string, string>> {
    return this.#open(tenant, await this.#storage.secrets.list(tenant));
  }

  /** By name. */
  async list(tenant: string): Promise<SecretView[]> {
    await this.#tenants.get(tenant);
    return (await this.#storage.secrets.list(tenant)).map(viewOf);
  }

  /**
   * Invocations that begin after this have the new value.
   *
   * @throws {ServerError} if there is no room for it
   */
  async put(
    tenant: string,
    name: string,
    value: string,
    by: Actor,
    expected: Expectation<SecretView>,
  ): Promise<SecretView> {
    await this.#tenants.get(tenant);
    return this.#inTurn.do(tenant, async () => {
      await this.#tenants.get(tenant);
      const kept = await this.#storage.secrets.list(tenant);
      const all = this.#open(tenant, kept);
      expected(kept.map(viewOf).find((one) => one.name === name));
      checkRoom('secrets', { ...all, [name]: value });
      const view = { name, updatedAt: Date.now() };
      const sealed = seal(this.#keys, tenant, name, value);
      await this.#storage.secrets.put(tenant, { ...view, sealed }, entryOf(by, 'secret.put', tenant, name));
      this.#epochs.next(tenant);
      return view;
    });
  }

  async delete(tenant: string, name: string, by: Actor, expected: Expectation<SecretView>): Promise<void> {
    await this.#tenants.get(tenant);
    return this.#inTurn.do(tenant, async () => {
      expected((await this.list(tenant)).find((one) => one.name === name));
      const gone = await this.#storage.secrets.delete(tenant, name, entryOf(by, 'secret.delete', tenant, name));
      if (!gone) throw notFound(`secret '${name}'`);
      this.#epochs.next(tenant);
    });
  }

  #open(tenant: string, kept: readonly SealedSecret[]): Record<string, string> {
    return Object.fromEntries(kept.map(({ name, sealed }) => [name, unseal(this.#keys, tenant, name, sealed)]));
  }
}

const viewOf = ({ name, updatedAt }: SealedSecret): SecretView => ({ name, updatedAt });
