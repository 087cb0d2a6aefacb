import type { ValidationIssue } from 'isolet';
import { notFound, ServerError } from '../errors/server-error.ts';
import { prove } from '../secrets/seal.ts';
import type { FunctionRecord, SourceRecord, StoredSpec, VersionRecord } from '../storage/records.ts';
import type { VersionChoice } from './loaded-functions.ts';
import type { PlatformParts } from './parts.ts';
import { canonical, versionId } from './version-id.ts';

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

/** How functions come into force, change and go. What these promises are resolved for is kept. */
export class Deployments {
  readonly #parts: PlatformParts;

  constructor(parts: PlatformParts) {
    this.#parts = parts;
  }

  /**
   * Checks a function, keeps it and puts it into force.
   *
   * @param by - who asked for it: the id of a token
   * @throws {ValidationError} with all that is wrong with it; nothing has changed then
   */
  async deploy(
    tenant: string,
    name: string,
    spec: StoredSpec,
    by: string,
  ): Promise<{ view: DeployedView; created: boolean }> {
    const { config, storage, keys, tenants, loaded, secrets } = this.#parts;
    await tenants.get(tenant);
    return loaded.inTurn(tenant, name, async () => {
      const version = versionId(spec);
      const epoch = secrets.epoch(tenant);
      const deployment = await loaded.load(tenant, name, version, spec);
      const { code, ...settings } = spec;
      try {
        const source = {
          ...{ tenant, name, version, spec, settings, createdAt: Date.now(), createdBy: by },
          codeSize: Buffer.byteLength(code),
          mac: prove(keys, tenant, name, version, canonical(spec)),
        };
        const kept = await storage.functions.deploy(source, config.maxVersions);
        loaded.keep(kept.record, { version, epoch });
        return { view: { ...viewOf(kept.version, kept.record), warnings: deployment.warnings }, created: kept.created };
      } catch (error) {
        // It did not come into force: the next invocation loads what did.
        loaded.forget(tenant, name);
        throw error;
      }
    });
  }

  /** The version in force. @throws {ServerError} if there is no such function */
  async get(tenant: string, name: string): Promise<VersionView> {
    const record = await this.#parts.loaded.record(tenant, name);
    return viewOf(await this.#version(record, record.active), record);
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

  /** Takes back the last activation, or puts a version that is kept into force. */
  rollback(tenant: string, name: string, version?: string): Promise<VersionView> {
    return this.#change(tenant, name, async ({ functions }) => {
      const now = Date.now();
      if (version === undefined) {
        const record = await functions.revert(tenant, name, now);
        if (record) return record;
        throw new ServerError('ERR_ISOLET_SERVER_CONFLICT', `Function '${name}' has no version before this one.`);
      }
      const record = await functions.activate(tenant, name, version, now);
      if (record) return record;
      throw notFound(`version '${version}' of function '${name}'`);
    });
  }

  /** Points an alias at versions by weight, or takes it away. */
  setAlias(
    tenant: string,
    name: string,
    alias: string,
    weights?: Readonly<Record<string, number>>,
  ): Promise<VersionView> {
    return this.#change(tenant, name, async ({ functions }, before) => {
      for (const version of Object.keys(weights ?? {})) await this.#version(before, version);
      if (!weights && !Object.hasOwn(before.aliases, alias)) throw notFound(`alias '${alias}' of function '${name}'`);
      const record = await functions.setAlias(tenant, name, alias, weights);
      if (record) return record;
      throw notFound(`function '${name}'`);
    });
  }

  /** What runs may finish; nothing of it is started any more. */
  async delete(tenant: string, name: string): Promise<void> {
    const { loaded, storage } = this.#parts;
    await loaded.record(tenant, name);
    return loaded.inTurn(tenant, name, async () => {
      const deleted = await storage.functions.delete(tenant, name);
      loaded.forget(tenant, name);
      if (!deleted) throw notFound(`function '${name}'`);
    });
  }

  /** Takes a tenant away with all that it has. */
  async deleteTenant(tenant: string): Promise<void> {
    const { loaded, storage, stores, tenants } = this.#parts;
    await tenants.get(tenant);
    const functions = await storage.functions.list(tenant);
    await storage.tenants.delete(tenant);
    tenants.forget(tenant);
    for (const { name } of functions) await loaded.inTurn(tenant, name, async () => loaded.forget(tenant, name));
    await stores.drop(tenant);
  }

  async #change(
    tenant: string,
    name: string,
    work: (storage: PlatformParts['storage'], before: FunctionRecord) => Promise<FunctionRecord>,
  ): Promise<VersionView> {
    const { loaded, storage } = this.#parts;
    await loaded.record(tenant, name);
    return loaded.inTurn(tenant, name, async () => {
      const record = await work(storage, await loaded.record(tenant, name));
      loaded.keep(record);
      return viewOf(await this.#version(record, record.active), record);
    });
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
  const { tenant, name, number, createdAt, createdBy, codeSize, settings } = version;
  const leading = Object.entries(aliases).flatMap(([alias, weights]) =>
    Object.hasOwn(weights, version.version) ? [alias] : [],
  );
  const shown = { tenant, name, version: version.version, number, createdAt, createdBy, codeSize, settings };
  return { ...shown, active: version.version === active, aliases: leading };
}
