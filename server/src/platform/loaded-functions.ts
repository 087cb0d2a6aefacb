import type { Deployment, ServerlessRuntime } from 'isolet';
import { notFound } from '../errors/server-error.ts';
import type { Keys } from '../secrets/keys.ts';
import type { FunctionRecord, StoredSpec } from '../storage/records.ts';
import type { Storage } from '../storage/storage.ts';
import type { Epochs } from './epochs.ts';
import { InTurn } from './in-turn.ts';
import { isProven } from './proofs.ts';
import type { Secrets } from './secrets.ts';
import type { Tenants } from './tenants.ts';
import type { Variables } from './variables.ts';

/** Which version of a function is meant. Default: the one in force. */
export interface VersionChoice {
  readonly version?: string | undefined;
  readonly alias?: string | undefined;
}

interface Loaded {
  record: FunctionRecord;
  /** The versions that the runtime has, and the epoch of the `env` that they were loaded with. */
  readonly versions: Map<string, number>;
  /** When it was last asked for, in ms since the epoch. */
  usedAt: number;
}

/** Names of versions that are remembered of one function. */
const mostNames = 100;

/** What loading takes. */
export interface LoadedParts {
  readonly storage: Storage;
  readonly runtime: ServerlessRuntime;
  readonly keys: Keys;
  readonly tenants: Tenants;
  readonly secrets: Secrets;
  readonly variables: Variables;
  readonly epochs: Epochs;
}

/** What is kept of functions, and which of their versions the runtime has. They are loaded when they are first needed. */
export class LoadedFunctions {
  readonly #storage: Storage;
  readonly #runtime: ServerlessRuntime;
  readonly #keys: Keys;
  readonly #tenants: Tenants;
  readonly #secrets: Secrets;
  readonly #variables: Variables;
  readonly #epochs: Epochs;
  readonly #inTurn = new InTurn();
  readonly #functions = new Map<string, Loaded>();
  /** By function, our names of the runtime's versions; also of those that went, for what they did is still told. */
  readonly #names = new Map<string, Map<string, string>>();

  /** How often what is kept has changed. */
  #changes = 0;

  constructor({ storage, runtime, keys, tenants, secrets, variables, epochs }: LoadedParts) {
    this.#storage = storage;
    this.#runtime = runtime;
    this.#keys = keys;
    this.#tenants = tenants;
    this.#secrets = secrets;
    this.#variables = variables;
    this.#epochs = epochs;
  }

  /** How many functions the runtime has. */
  get size(): number {
    let size = 0;
    for (const { versions } of this.#functions.values()) if (versions.size > 0) size++;
    return size;
  }

  /** Changes of one function, and loads of it, one after the other. */
  inTurn<T>(tenant: string, name: string, work: () => Promise<T>): Promise<T> {
    return this.#inTurn.do(keyOf(tenant, name), work);
  }

  /** @throws {ServerError} if there is no such function */
  async record(tenant: string, name: string): Promise<FunctionRecord> {
    return (await this.#find(tenant, name)).record;
  }

  /** @throws {ServerError} if there is no such function, version or alias */
  async check(tenant: string, name: string, choice: VersionChoice): Promise<void> {
    const { record } = await this.#find(tenant, name);
    const version = choose(record, choice);
    if (version === record.active || (await this.#storage.functions.version(tenant, name, version))) return;
    throw notFound(`version '${version}' of function '${name}'`);
  }

  /** Which of our versions a version of the runtime is. */
  nameOf(tenant: string, name: string, version: string): string | undefined {
    return this.#names.get(keyOf(tenant, name))?.get(version);
  }

  /**
   * Has the runtime know the version that is meant.
   *
   * @returns its name, which is also its alias in the runtime. @throws {ServerError} if there is no such version
   */
  async prepare(tenant: string, name: string, choice: VersionChoice): Promise<string> {
    const known = this.#functions.get(keyOf(tenant, name));
    if (known) known.usedAt = Date.now();
    const version = known && choose(known.record, choice);
    if (version !== undefined && known?.versions.get(version) === this.#epochs.of(tenant)) return version;
    return this.inTurn(tenant, name, async () => {
      const found = await this.#find(tenant, name);
      const chosen = choose(found.record, choice);
      const epoch = this.#epochs.of(tenant);
      if (found.versions.get(chosen) === epoch) return chosen;
      const source = await this.#storage.functions.source(tenant, name, chosen);
      if (!source) throw notFound(`version '${chosen}' of function '${name}'`);
      // What this server has checked is not checked again: a large source takes a second.
      await this.load(tenant, name, chosen, source.spec, isProven(this.#keys, source, source.mac));
      found.versions.set(chosen, epoch);
      return chosen;
    });
  }

  /** Gives a version to the runtime. In turn only. @param checked - whether it was before */
  async load(tenant: string, name: string, version: string, spec: StoredSpec, checked: boolean): Promise<Deployment> {
    const secrets = await this.#secrets.read(tenant);
    const all = { ...(await this.#variables.read(tenant)), ...spec.env };
    // Of one name there is one member: the secret goes first, then the function's own variable.
    const env = Object.fromEntries(Object.entries(all).filter(([key]) => !Object.hasOwn(secrets, key)));
    const { sourceMap: _map, ...own } = spec;
    const deployment = await this.#runtime.deploy({ ...own, tenantId: tenant, name, env, secrets, checked });
    this.#runtime.setAlias(tenant, name, version, deployment.version);
    this.#name(tenant, name, deployment.version, version);
    return deployment;
  }

  /** What is kept of a function is this now. In turn only. */
  keep(record: FunctionRecord, loaded?: { version: string; epoch: number }): void {
    this.#changes++;
    const key = keyOf(record.tenant, record.name);
    const known = this.#functions.get(key) ?? { record, versions: new Map(), usedAt: Date.now() };
    known.record = record;
    if (loaded) known.versions.set(loaded.version, loaded.epoch);
    this.#functions.set(key, known);
    const wanted = new Set([
      record.active,
      ...Object.values(record.aliases).flatMap((weights) => Object.keys(weights)),
    ]);
    for (const version of known.versions.keys()) if (!wanted.has(version)) this.#unload(known, version);
  }

  /** Takes a function out of the runtime. In turn only. */
  forget(tenant: string, name: string): void {
    this.#names.delete(keyOf(tenant, name));
    this.#functions.delete(keyOf(tenant, name));
    this.#changes++;
    // What runs may finish; nothing new is started.
    this.#runtime.undeploy(tenant, name).catch(() => {});
  }

  /** Takes what nobody has asked for since then out of the runtime; its next invocation loads it again. */
  async letGoIdle(since: number): Promise<void> {
    const isIdle = (loaded: Loaded | undefined) => loaded !== undefined && loaded.usedAt < since;
    const busy = new Set<string>();
    for (const { tenantId, functionName, active, queued } of Object.values(this.#runtime.stats().pool.functions)) {
      if (active + queued > 0) busy.add(keyOf(tenantId, functionName));
    }
    for (const [key, loaded] of [...this.#functions]) {
      const { tenant, name } = loaded.record;
      if (!isIdle(loaded) || busy.has(key)) continue;
      await this.inTurn(tenant, name, async () => {
        if (isIdle(this.#functions.get(key))) this.forget(tenant, name);
      });
    }
  }

  #name(tenant: string, name: string, version: string, ours: string): void {
    const key = keyOf(tenant, name);
    const names = this.#names.get(key) ?? new Map<string, string>();
    this.#names.set(key, names.set(version, ours));
    const [oldest] = names.keys();
    if (names.size > mostNames && oldest !== undefined) names.delete(oldest);
  }

  #unload(known: Loaded, version: string): void {
    known.versions.delete(version);
    this.#runtime.deleteAlias(known.record.tenant, known.record.name, version);
  }

  async #find(tenant: string, name: string): Promise<Loaded> {
    await this.#tenants.get(tenant);
    const key = keyOf(tenant, name);
    const known = this.#functions.get(key);
    if (known) return known;
    const before = this.#changes;
    const record = await this.#storage.functions.get(tenant, name);
    // It may have come, changed or gone meanwhile.
    if (before !== this.#changes) return this.#find(tenant, name);
    if (!record) throw notFound(`function '${name}'`);
    const found: Loaded = this.#functions.get(key) ?? { record, versions: new Map(), usedAt: Date.now() };
    this.#functions.set(key, found);
    return found;
  }
}

const keyOf = (tenant: string, name: string): string => `${tenant}/${name}`;

function choose({ name, active, aliases }: FunctionRecord, { version, alias }: VersionChoice): string {
  if (version !== undefined) return version;
  if (alias === undefined) return active;
  const weights = Object.hasOwn(aliases, alias) ? Object.entries(aliases[alias] ?? {}) : [];
  let left = Math.random() * weights.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [one, weight] of weights) {
    left -= weight;
    if (left < 0) return one;
  }
  throw notFound(`alias '${alias}' of function '${name}'`);
}
