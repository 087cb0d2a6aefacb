import { invocationOf, JavaScriptError, ServerlessRuntime } from 'isolet';
import { makeBindings } from '../bindings/bindings.ts';
import type { Stores } from '../bindings/stores.ts';
import { UseBook } from '../bindings/use-book.ts';
import type { Config } from '../config/schema.ts';
import { ServerError } from '../errors/server-error.ts';
import { type Keys, loadKeys } from '../secrets/keys.ts';
import type { Storage } from '../storage/storage.ts';
import { AccessRules } from './access-rules.ts';
import { AsyncInvocations } from './async-invocations.ts';
import { Audit } from './audit.ts';
import { checkCells } from './cells.ts';
import { Deployments } from './deployments.ts';
import { Domains } from './domains.ts';
import { Epochs } from './epochs.ts';
import { Invocations } from './invocations.ts';
import { LoadedFunctions } from './loaded-functions.ts';
import { Logs } from './logs.ts';
import { every, tidy } from './maintenance.ts';
import type { Metrics } from './metrics.ts';
import { reseal } from './reseal.ts';
import { runtimeOptions } from './runtime-options.ts';
import { resealInvocations } from './sealed-invocations.ts';
import { Secrets } from './secrets.ts';
import { SourceMaps } from './source-maps.ts';
import { Tenants } from './tenants.ts';
import { Tokens } from './tokens.ts';
import { UsageBook } from './usage.ts';
import { Variables } from './variables.ts';

/** Joins what is kept and what runs: everything that the server's doors (gateway, administration, command) do. */
export class Platform {
  readonly config: Config;
  readonly storage: Storage;
  /** What functions keep. */
  readonly stores: Stores;
  readonly tenants: Tenants;
  readonly secrets: Secrets;
  readonly variables: Variables;
  readonly tokens: Tokens;
  readonly domains: Domains;
  readonly accessRules: AccessRules;
  readonly deployments: Deployments;
  readonly invocations: Invocations;
  readonly asyncInvocations: AsyncInvocations;
  readonly logs: Logs;
  readonly sourceMaps: SourceMaps;
  readonly #loaded: LoadedFunctions;
  readonly usage: UsageBook;
  readonly audit: Audit;
  readonly metrics: Metrics;
  readonly runtime: ServerlessRuntime;
  readonly #keys: Keys;
  readonly #onError: (error: unknown) => void;
  readonly #ends: (() => void)[] = [];

  /**
   * @param storage - is the platform's from here on, as `stores`: `close` closes them
   * @param onError - is told what failed behind everybody's back
   */
  constructor(config: Config, storage: Storage, stores: Stores, metrics: Metrics, onError: (error: unknown) => void) {
    this.#keys = loadKeys(config.key, config.previousKeys, config.data);
    this.#onError = (error) => {
      // What is done now and then, and comes when everything is being closed, is done after the next start.
      if (!(error instanceof ServerError && error.code === 'ERR_ISOLET_SERVER_DRAINING')) onError(error);
    };
    const keys = this.#keys;
    this.config = config;
    this.storage = storage;
    this.stores = stores;
    // What the one before has left: uses that are not written down, and, if the process ended just then, what it kept.
    const clear = (id: string) => Promise.all([this.usage.flush(), stores.drop(id)]);
    this.tenants = new Tenants(config, storage, clear);
    const epochs = new Epochs();
    this.secrets = new Secrets(storage, keys, this.tenants, epochs);
    this.variables = new Variables(storage, this.tenants, epochs);
    this.tokens = new Tokens(config, storage);
    this.domains = new Domains(config.gateway, storage, this.tenants);
    this.accessRules = new AccessRules(config.gateway, storage, this.tenants);
    this.audit = new Audit(storage);
    const uses = new UseBook();
    const bindings = makeBindings({
      ...{ kv: stores.kv, sql: stores.sql, uses },
      limitsOf: (tenant) => this.tenants.limitsOf(tenant),
      call: async (tenant, name, event, options) => (await this.invocations.invoke(tenant, name, event, options)).value,
    });
    this.runtime = new ServerlessRuntime(bindings, runtimeOptions(config, this.tenants));
    this.usage = new UsageBook(storage, this.tenants, this.runtime, uses);
    const { tenants, secrets, variables, domains, accessRules, runtime, usage } = this;
    const loaded = new LoadedFunctions({ storage, runtime, keys, tenants, secrets, variables, epochs });
    this.#loaded = loaded;
    const parts = { config, storage, stores, keys, runtime, tenants, domains, accessRules, usage, epochs, loaded };
    this.deployments = new Deployments(parts);
    this.invocations = new Invocations(parts);
    this.asyncInvocations = new AsyncInvocations(
      { storage, keys, loaded, invocations: this.invocations },
      config.async,
      onError,
    );
    this.sourceMaps = new SourceMaps(storage);
    this.logs = new Logs(
      storage,
      tenants,
      this.sourceMaps,
      runtime,
      (...version) => loaded.nameOf(...version),
      onError,
    );
    this.metrics = metrics;
    metrics.watch(runtime, {
      loadedFunctions: () => loaded.size,
      asyncInvocations: () => this.asyncInvocations.size,
    });
    this.#ends.push(
      every(10_000, () => this.usage.flush(), this.#onError),
      every(60_000, () => tidy(storage, config.retention), this.#onError),
      every(Math.min(60_000, config.idleFunctions), () => loaded.letGoIdle(Date.now() - config.idleFunctions), onError),
    );
  }

  /**
   * Sees to what was kept before the process was started: secrets of an earlier key, hosts and rules, accepted invocations.
   *
   * @throws {Error} if secrets can't be opened, or there can be no cells
   */
  async start(): Promise<void> {
    await checkCells(this.config);
    await reseal(this.storage, this.#keys);
    await resealInvocations(this.storage, this.#keys);
    await Promise.all([this.domains.load(), this.accessRules.load()]);
    await this.asyncInvocations.resume();
    // While it was stopped much may have become old.
    tidy(this.storage, this.config.retention).catch(this.#onError);
  }

  /** What a function threw, with the places in its author's files; `undefined` of any other error. */
  async guestStack(tenant: string, name: string, error: unknown): Promise<string | undefined> {
    if (!(error instanceof JavaScriptError)) return undefined;
    const version = invocationOf(error)?.version;
    const named = version === undefined ? undefined : this.#loaded.nameOf(tenant, name, version);
    return this.sourceMaps.map(tenant, name, named, error.stack);
  }

  /** Whoever follows what happens is let go. */
  stop(): void {
    this.logs.stop();
  }

  /** Waits for what runs, at most `timeout` ms, writes down what is left to be written, and lets go of everything. */
  async close(timeout: number): Promise<void> {
    for (const end of this.#ends) end();
    const runs = this.asyncInvocations.close();
    await this.runtime.cleanup({ timeout });
    await runs;
    // What can't be kept any more keeps nothing else from being closed well.
    const kept = await Promise.allSettled([this.logs.flush(), this.usage.flush()]);
    for (const one of kept) if (one.status === 'rejected') this.#onError(one.reason);
    await this.stores.close();
    await this.storage.close();
  }
}
