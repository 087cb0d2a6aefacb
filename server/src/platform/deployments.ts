import type { ValidationIssue } from 'isolet';
import { notFound, ServerError } from '../errors/server-error.ts';
import type {
  Actor,
  FunctionRecord,
  SourceRecord,
  StoredSpec,
  TenantRecord,
  VersionRecord,
} from '../storage/records.ts';
import { entryOf } from './audit.ts';
import { type Diff, diffOf } from './diff.ts';
import type { Expectation } from './in-turn.ts';
import type { VersionChoice } from './loaded-functions.ts';
import type { PlatformParts } from './parts.ts';
import { proofOf } from './proofs.ts';
import { versionId } from './version-id.ts';

/** A version as it is shown: without its code. */
export interface VersionView extends VersionRecord {
  readonly active: boolean;
  /** The aliases that lead to it. */
  readonly aliases: readonly string[];
}

/** What a deployment answers. */
export interface DeployedView extends VersionView {
  /** What may be wrong with the code, see isolet's `Deployment.warnings`. */
  readonly warnings: readonly ValidationIssue[];
}

/** A function as it is now. */
export interface InForce {
  readonly view: VersionView;
  readonly record: FunctionRecord;
}

export interface Deployed extends InForce {
  readonly view: DeployedView;
  /** Whether the function is new. */
  readonly created: boolean;
}

type Expected = Expectation<FunctionRecord>;

/** How functions come into force, change and go. What these promises are resolved for is kept. */
export class Deployments {
  readonly #parts: PlatformParts;

  constructor(parts: PlatformParts) {
    this.#parts = parts;
  }

  /**
   * Checks a function, keeps it and puts it into force.
   *
   * @throws {ValidationError} with all that is wrong with it; nothing has changed then
   */
  async deploy(tenant: string, name: string, spec: StoredSpec, by: Actor, expected: Expected): Promise<Deployed> {
    const { config, storage, keys, tenants, loaded, epochs } = this.#parts;
    await tenants.get(tenant);
    return loaded.inTurn(tenant, name, async () => {
      const before = await storage.functions.get(tenant, name);
      expected(before);
      if (!before) await this.#checkRoom(tenant);
      const version = versionId(spec);
      const epoch = epochs.of(tenant);
      const { warnings } = await loaded.load(tenant, name, version, spec, false);
      const { code, ...settings } = spec;
      const entry = entryOf(by, 'function.deploy', tenant, name, { version, previous: before?.active ?? null });
      try {
        const source = {
          ...{ tenant, name, version, spec, settings, createdAt: Date.now(), createdBy: by.token },
          ...{ codeSize: Buffer.byteLength(code), mac: proofOf(keys, { tenant, name, version, spec }) },
        };
        const { version: kept, record, created } = await storage.functions.deploy(source, config.maxVersions, entry);
        loaded.keep(record, { version, epoch });
        return { view: { ...viewOf(kept, record), warnings }, record, created };
      } catch (error) {
        // It did not come into force: the next invocation loads what did.
        loaded.forget(tenant, name);
        // The tenant may have gone meanwhile: that is what there is to say then.
        await tenants.get(tenant);
        throw error;
      }
    });
  }

  /** The version in force. @throws {ServerError} if there is no such function */
  async get(tenant: string, name: string): Promise<InForce> {
    const record = await this.#parts.loaded.record(tenant, name);
    return { view: viewOf(await this.#version(record, record.active), record), record };
  }

  /** The versions in force of all functions of a tenant, by name. */
  async list(tenant: string): Promise<VersionView[]> {
    await this.#parts.tenants.get(tenant);
    const records = await this.#parts.storage.functions.list(tenant);
    return Promise.all(records.map(async (record) => viewOf(await this.#version(record, record.active), record)));
  }

  /** All that are kept, oldest first. */
  async versions(tenant: string, name: string): Promise<VersionView[]> {
    const record = await this.#parts.loaded.record(tenant, name);
    const versions = await this.#parts.storage.functions.versions(tenant, name);
    return versions.map((version) => viewOf(version, record));
  }

  /** The code of a version, as it was deployed. */
  async source(tenant: string, name: string, { version }: VersionChoice): Promise<VersionView & { code: string }> {
    const record = await this.#parts.loaded.record(tenant, name);
    const source = await this.#source(record, version ?? record.active);
    return { ...viewOf(source, record), code: source.spec.code };
  }

  /** What differs between two versions; by default the one in force and the one that was before it. */
  async diff(
    tenant: string,
    name: string,
    { from, to }: { from?: string | undefined; to?: string | undefined },
  ): Promise<Diff> {
    const { loaded, storage } = this.#parts;
    const record = await loaded.record(tenant, name);
    const before = from ?? (await storage.functions.previous(tenant, name));
    if (before === undefined) throw notFound(`version of function '${name}' before the one in force`);
    return diffOf(await this.#source(record, before), await this.#source(record, to ?? record.active));
  }

  /** Takes back the last activation, or puts a version that is kept into force. */
  rollback(tenant: string, name: string, version: string | undefined, by: Actor, expected: Expected): Promise<InForce> {
    return this.#change(tenant, name, expected, async ({ functions }, { active }) => {
      const now = Date.now();
      const wanted = version ?? (await functions.previous(tenant, name));
      if (wanted === undefined) {
        throw new ServerError('ERR_ISOLET_SERVER_CONFLICT', `Function '${name}' has no version before this one.`);
      }
      const entry = entryOf(by, 'function.rollback', tenant, name, { version: wanted, previous: active });
      const record =
        version === undefined
          ? await functions.revert(tenant, name, now, entry)
          : await functions.activate(tenant, name, version, now, entry);
      if (record) return record;
      throw notFound(`version '${wanted}' of function '${name}'`);
    });
  }

  /** Points an alias at versions by weight, or takes it away. */
  setAlias(
    tenant: string,
    name: string,
    alias: string,
    weights: Readonly<Record<string, number>> | undefined,
    by: Actor,
    expected: Expected,
  ): Promise<InForce> {
    return this.#change(tenant, name, expected, async ({ functions }, before) => {
      for (const version of Object.keys(weights ?? {})) await this.#version(before, version);
      const previous = Object.hasOwn(before.aliases, alias) ? before.aliases[alias] : undefined;
      if (!weights && !previous) throw notFound(`alias '${alias}' of function '${name}'`);
      const detail = { alias, weights: weights ?? null, previous: previous ?? null };
      const entry = entryOf(by, weights ? 'alias.put' : 'alias.delete', tenant, name, detail);
      const record = await functions.setAlias(tenant, name, alias, weights, entry);
      if (record) return record;
      throw notFound(`function '${name}'`);
    });
  }

  /** What runs may finish; nothing of it is started any more. */
  async delete(tenant: string, name: string, by: Actor, expected: Expected): Promise<void> {
    const { loaded, storage } = this.#parts;
    await loaded.record(tenant, name);
    return loaded.inTurn(tenant, name, async () => {
      const before = await loaded.record(tenant, name);
      expected(before);
      const entry = entryOf(by, 'function.delete', tenant, name, { version: before.active });
      const deleted = await storage.functions.delete(tenant, name, entry);
      loaded.forget(tenant, name);
      if (!deleted) throw notFound(`function '${name}'`);
    });
  }

  /** Takes a tenant away with all that it has but its usage and the audit. */
  async deleteTenant(tenant: string, by: Actor, expected: Expectation<TenantRecord>): Promise<void> {
    const { loaded, storage, stores, tenants, domains, accessRules, usage } = this.#parts;
    await tenants.get(tenant);
    const functions = await storage.functions.list(tenant);
    // What it used so far is not the next one's who gets its id.
    await usage.flush();
    await tenants.delete(tenant, by, expected);
    await Promise.all([domains.refresh(tenant), accessRules.refresh(tenant)]);
    for (const { name } of functions) await loaded.inTurn(tenant, name, async () => loaded.forget(tenant, name));
    await stores.drop(tenant);
  }

  async #change(
    tenant: string,
    name: string,
    expected: Expected,
    work: (storage: PlatformParts['storage'], before: FunctionRecord) => Promise<FunctionRecord>,
  ): Promise<InForce> {
    const { loaded, storage } = this.#parts;
    await loaded.record(tenant, name);
    return loaded.inTurn(tenant, name, async () => {
      const before = await loaded.record(tenant, name);
      expected(before);
      const record = await work(storage, before);
      loaded.keep(record);
      return { view: viewOf(await this.#version(record, record.active), record), record };
    });
  }

  /** Of functions that are loaded the runtime knows; most are not. */
  async #checkRoom(tenant: string): Promise<void> {
    const { config, storage, tenants } = this.#parts;
    const tier = tenants.tierOf(tenant) ?? config.defaultTier;
    const most = config.tiers[tier]?.maxFunctions ?? Number.POSITIVE_INFINITY;
    if ((await storage.functions.count(tenant)) < most) return;
    const message = `A tenant of tier '${tier}' may have ${most} functions, and has them.`;
    throw new ServerError('ERR_ISOLET_SERVER_LIMIT', message, { limit: 'maxFunctions', value: most });
  }

  async #version({ tenant, name }: FunctionRecord, version: string): Promise<VersionRecord> {
    const found = await this.#parts.storage.functions.version(tenant, name, version);
    if (found) return found;
    throw notFound(`version '${version}' of function '${name}'`);
  }

  async #source({ tenant, name }: FunctionRecord, version: string): Promise<SourceRecord> {
    const source = await this.#parts.storage.functions.source(tenant, name, version);
    if (!source) throw notFound(`version '${version}' of function '${name}'`);
    return source;
  }
}

function viewOf(version: VersionRecord, { active, aliases }: FunctionRecord): VersionView {
  const { tenant, name, number, createdAt, createdBy, codeSize } = version;
  const { sourceMap: _map, ...settings } = version.settings;
  const leading = Object.entries(aliases).flatMap(([alias, weights]) =>
    Object.hasOwn(weights, version.version) ? [alias] : [],
  );
  const shown = { tenant, name, version: version.version, number, createdAt, createdBy, codeSize, settings };
  return { ...shown, active: version.version === active, aliases: leading };
}
