import { ServerlessRuntime } from 'isolet';
import { makeBindings } from '../bindings/bindings.ts';
import type { Config } from '../config/schema.ts';
import { type Keys, loadKeys } from '../secrets/keys.ts';
import type { Storage } from '../storage/storage.ts';
import { Deployments } from './deployments.ts';
import { Invocations } from './invocations.ts';
import { LoadedFunctions } from './loaded-functions.ts';
import { runtimeOptions } from './runtime-options.ts';
import { Secrets } from './secrets.ts';
import { Tenants } from './tenants.ts';
import { Tokens } from './tokens.ts';

/** Joins what is kept and what runs: everything that the server's doors (gateway, administration, command) do. */
export class Platform {
  readonly config: Config;
  readonly storage: Storage;
  readonly tenants: Tenants;
  readonly secrets: Secrets;
  readonly tokens: Tokens;
  readonly deployments: Deployments;
  readonly invocations: Invocations;
  readonly runtime: ServerlessRuntime;

  /** @param storage - is the platform's from here on: `close` closes it */
  constructor(config: Config, storage: Storage, keys: Keys = loadKeys(config.key, config.data)) {
    this.config = config;
    this.storage = storage;
    this.tenants = new Tenants(config, storage);
    this.secrets = new Secrets(storage, keys, this.tenants);
    this.tokens = new Tokens(config, storage);
    this.runtime = new ServerlessRuntime(makeBindings(storage), runtimeOptions(config, this.tenants));
    const { tenants, secrets, runtime } = this;
    const loaded = new LoadedFunctions(storage, runtime, tenants, secrets);
    const parts = { config, storage, keys, runtime, tenants, secrets, loaded };
    this.deployments = new Deployments(parts);
    this.invocations = new Invocations(parts);
  }

  /** Waits for what runs, at most `timeout` ms, and lets go of everything. */
  async close(timeout: number): Promise<void> {
    await this.runtime.cleanup({ timeout });
    await this.storage.close();
  }
}
