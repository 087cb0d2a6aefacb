import { checkOptions } from '../options/check.ts';
import type { PoolCore } from '../pool/core.ts';
import { poolClosed } from '../pool/failures/refusal.ts';
import { type InvokeOptions, invokeNames } from '../pool/options/invoke-options.ts';
import { taken } from '../pool/run/taken.ts';
import { given } from '../shared/own.ts';
import { type Admission, whileWaiting } from './admission.ts';
import type { Registry, StoredVersion } from './registry.ts';
import type { Succession } from './succession.ts';
import type { TenantTiers } from './tenant-tiers.ts';
import type { VersionFunction } from './variants.ts';

/** Options of one invocation through the serverless layer. */
export interface ServerlessInvokeOptions extends InvokeOptions {
  /** Run this version instead of the active one. Goes before `alias`. */
  version?: string | undefined;
  /** Run the version an alias picks. */
  alias?: string | undefined;
}

const names: ReadonlySet<string> = new Set([...invokeNames, 'version', 'alias']);

/** What an invocation goes through. */
export interface InvokerParts {
  readonly pool: PoolCore;
  readonly registry: Registry;
  readonly tiers: TenantTiers;
  readonly admission: Admission;
  readonly succession: Succession;
  /** Aborted when nothing more is taken. */
  readonly closing: AbortSignal;
  /** From 0 to 1, for the weights of aliases. */
  readonly random: () => number;
  /** ms that runtimes of a version whose tier has changed may go on. */
  readonly drainTimeout: number;
}

/** From a function's name to a run in the pool: which version, under which tier, and whether its tenant may. */
export class Invoker {
  readonly #parts: InvokerParts;
  /** Of a version whose tier has changed. */
  readonly #letGo = (fn: VersionFunction): void => this.#parts.pool.letGoOf(fn, this.#parts.drainTimeout);

  constructor(parts: InvokerParts) {
    this.#parts = parts;
  }

  async invoke(tenantId: string, name: string, event: unknown, options: ServerlessInvokeOptions): Promise<unknown> {
    const { closing } = this.#parts;
    if (closing.aborted) throw poolClosed();
    checkOptions(options, names);
    const { version: _version, alias: _alias, ...rest } = options;
    const [version, alias] = [given(options, 'version'), given(options, 'alias')];
    let stored = this.#select(tenantId, name, version as string | undefined, alias as string | undefined);
    let argument = event;
    const wait = <T>(what: Promise<T>): Promise<T> => {
      // Whoever calls may change it meanwhile.
      argument = taken(argument);
      return whileWaiting(what, rest, closing);
    };
    const asked = stored.tier ?? this.#parts.tiers.of(tenantId);
    const tier = asked instanceof Promise ? await wait(asked) : asked;
    const limited = this.#parts.admission.admit(stored, tier);
    if (limited) await wait(limited);
    // The function may be another one by now, or gone.
    if (limited || asked instanceof Promise) {
      stored = this.#select(tenantId, name, version as string | undefined, alias as string | undefined);
    }
    try {
      return await this.#parts.pool.invoke(stored.variants.under(stored.tier ?? tier, this.#letGo), argument, rest);
    } finally {
      if (version !== undefined) this.#parts.succession.answered(this.#parts.registry.find(tenantId, name), stored);
    }
  }

  #select(tenantId: string, name: string, version: string | undefined, alias: string | undefined): StoredVersion {
    const record = this.#parts.registry.get(tenantId, name);
    if (version !== undefined) return record.version(version);
    if (alias !== undefined) return record.pick(alias, this.#parts.random());
    return record.active;
  }
}
