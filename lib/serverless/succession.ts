import type { PoolCore } from '../pool/core.ts';
import { functionKey } from '../pool/function/function-key.ts';
import type { Kept } from './quotas.ts';
import type { FunctionRecord, StoredVersion, Weights } from './registry.ts';

/** Puts versions into force, and lets the runtimes of those go to which nothing is sent any more. */
export class Succession {
  readonly #pool: PoolCore;
  readonly #drainTimeout: number;
  readonly #maxVersions: number;

  constructor(pool: PoolCore, drainTimeout: number, maxVersions: number) {
    this.#pool = pool;
    this.#drainTimeout = drainTimeout;
    this.#maxVersions = maxVersions;
  }

  /**
   * Answers the version that was in force until now, if that is another.
   *
   * @param leaving - versions of the tenant that make room
   */
  deploy(record: FunctionRecord, version: StoredVersion, leaving: readonly Kept[]): StoredVersion | undefined {
    const before = record.activate(record.add(version));
    this.#follow(record, before);
    for (const kept of leaving) {
      kept.record.drop([kept.version]);
      this.#letGo(kept.version);
    }
    for (const dropped of record.trim(this.#maxVersions)) this.#letGo(dropped);
    return before;
  }

  /** To the version before, or to this one. Answers the version that was in force until now, if that is another. */
  rollback(record: FunctionRecord, version: string | undefined): StoredVersion | undefined {
    const before = version === undefined ? record.rollback() : record.activate(record.version(version));
    if (before) this.#follow(record, before);
    return before;
  }

  alias(record: FunctionRecord, alias: string, target: string | Weights): void {
    const before = record.aliases.get(alias);
    record.setAlias(alias, target);
    for (const [id, version] of record.versions) if (record.isReachable(id)) this.#keep(version);
    this.#letGoOf(record, before);
  }

  /** Answers whether there was one. */
  deleteAlias(record: FunctionRecord, alias: string): boolean {
    const before = record.aliases.get(alias);
    record.aliases.delete(alias);
    this.#letGoOf(record, before);
    return before !== undefined;
  }

  /** Somebody who asked for this very version was answered: it stays warm only for those that are sent there. */
  answered(record: FunctionRecord | undefined, { fn }: StoredVersion): void {
    if (record?.isReachable(fn.version)) return;
    this.#pool.letGoUnused(functionKey(fn.tenantId, fn.name, fn.version));
  }

  #letGoOf(record: FunctionRecord, weights: Weights = {}): void {
    for (const id of Object.keys(weights)) {
      const version = record.versions.get(id);
      if (version && !record.isReachable(id)) this.#letGo(version);
    }
  }

  #follow(record: FunctionRecord, before: StoredVersion | undefined): void {
    this.#keep(record.active);
    // An alias may still send it invocations.
    if (before && !record.isReachable(before.fn.version)) this.#letGo(before);
  }

  /** In force, if again: what is left of it need not go. */
  #keep({ fn }: StoredVersion): void {
    this.#pool.keep(functionKey(fn.tenantId, fn.name, fn.version));
  }

  #letGo({ fn }: StoredVersion): void {
    void this.#pool.letGo(functionKey(fn.tenantId, fn.name, fn.version), this.#drainTimeout);
  }
}
