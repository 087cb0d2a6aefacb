import { notFound } from '../errors/server-error.ts';
import type { Actor, VariableRecord } from '../storage/records.ts';
import type { Storage } from '../storage/storage.ts';
import { entryOf } from './audit.ts';
import type { Epochs } from './epochs.ts';
import { type Expectation, InTurn } from './in-turn.ts';
import { checkRoom } from './room.ts';
import type { Tenants } from './tenants.ts';

/** A tenant's variables: members of `env` in all its functions. */
export class Variables {
  readonly #storage: Storage;
  readonly #tenants: Tenants;
  readonly #epochs: Epochs;
  readonly #inTurn = new InTurn();

  constructor(storage: Storage, tenants: Tenants, epochs: Epochs) {
    this.#storage = storage;
    this.#tenants = tenants;
    this.#epochs = epochs;
  }

  /** What functions of the tenant find in `env`. */
  async read(tenant: string): Promise<Record<string, string>> {
    return textsOf(await this.#storage.variables.list(tenant));
  }

  /** By name. */
  async list(tenant: string): Promise<VariableRecord[]> {
    await this.#tenants.get(tenant);
    return this.#storage.variables.list(tenant);
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
    expected: Expectation<VariableRecord>,
  ): Promise<VariableRecord> {
    await this.#tenants.get(tenant);
    return this.#inTurn.do(tenant, async () => {
      const all = await this.list(tenant);
      expected(all.find((one) => one.name === name));
      checkRoom('variables', { ...textsOf(all), [name]: value });
      const variable = { name, value, updatedAt: Date.now() };
      await this.#storage.variables.put(tenant, variable, entryOf(by, 'variable.put', tenant, name));
      this.#epochs.next(tenant);
      return variable;
    });
  }

  async delete(tenant: string, name: string, by: Actor, expected: Expectation<VariableRecord>): Promise<void> {
    await this.#tenants.get(tenant);
    return this.#inTurn.do(tenant, async () => {
      expected((await this.list(tenant)).find((one) => one.name === name));
      const gone = await this.#storage.variables.delete(tenant, name, entryOf(by, 'variable.delete', tenant, name));
      if (!gone) throw notFound(`variable '${name}'`);
      this.#epochs.next(tenant);
    });
  }
}

const textsOf = (all: readonly VariableRecord[]): Record<string, string> =>
  Object.fromEntries(all.map(({ name, value }) => [name, value]));
