import { checkOptions } from '../options/check.ts';
import type { PoolCore } from '../pool/core.ts';
import { poolClosed } from '../pool/failures/refusal.ts';
import type { FetchAnswer } from '../pool/fetch/fetch.ts';
import type { HttpRequest } from '../pool/fetch/http-request.ts';
import type { HttpAnswer, RespondOptions } from '../pool/fetch/respond.ts';
import { type FetchOptions, fetchNames } from '../pool/options/fetch-options.ts';
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

/** Options of one invocation by a request, see `ServerlessRuntime.fetch`. */
export interface ServerlessFetchOptions extends FetchOptions {
  /** Ask this version instead of the active one. Goes before `alias`. */
  version?: string | undefined;
  /** Ask the version an alias picks. */
  alias?: string | undefined;
}

/** Options of one answer to a request, see `ServerlessRuntime.respond`. */
export interface ServerlessRespondOptions extends RespondOptions {
  /** Ask this version instead of the active one. Goes before `alias`. */
  version?: string | undefined;
  /** Ask the version an alias picks. */
  alias?: string | undefined;
}

const names: ReadonlySet<string> = new Set([...invokeNames, 'version', 'alias']);
const namesOfFetch: ReadonlySet<string> = new Set([...fetchNames, 'version', 'alias']);

const namesOfRespond: ReadonlySet<string> = new Set([...namesOfFetch].filter((name) => name !== 'detailed'));

const signalOf = (options: FetchOptions): InvokeOptions => ({
  signal: given(options, 'signal') as AbortSignal | undefined,
});

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
    checkOptions(options, names);
    const { version: _version, alias: _alias, ...rest } = options;
    let argument = event;
    const waits = (): InvokeOptions => {
      // Whoever calls may change it meanwhile.
      argument = taken(argument);
      return rest;
    };
    return this.#run(tenantId, name, options, waits, (fn) => this.#parts.pool.invoke(fn, argument, rest));
  }

  async fetch(tenantId: string, name: string, request: Request, options: ServerlessFetchOptions): Promise<FetchAnswer> {
    checkOptions(options, namesOfFetch);
    const { version: _version, alias: _alias, ...rest } = options;
    return this.#run(
      tenantId,
      name,
      options,
      () => signalOf(options),
      (fn) => this.#parts.pool.fetch(fn, request, rest),
    );
  }

  async respond(
    tenantId: string,
    name: string,
    request: HttpRequest,
    options: ServerlessRespondOptions,
  ): Promise<HttpAnswer> {
    checkOptions(options, namesOfRespond);
    const { version: _version, alias: _alias, ...rest } = options;
    return this.#run(
      tenantId,
      name,
      options,
      () => signalOf(options),
      (fn) => this.#parts.pool.respond(fn, request, rest),
    );
  }

  /** @param waits - is asked before it waits: the signal of what it answers ends that. */
  async #run<T>(
    tenantId: string,
    name: string,
    options: Pick<ServerlessInvokeOptions, 'version' | 'alias'>,
    waits: () => InvokeOptions,
    start: (fn: VersionFunction) => Promise<T>,
  ): Promise<T> {
    const { closing } = this.#parts;
    if (closing.aborted) throw poolClosed();
    const [version, alias] = [given(options, 'version'), given(options, 'alias')];
    let stored = this.#select(tenantId, name, version as string | undefined, alias as string | undefined);
    const wait = <T>(what: Promise<T>): Promise<T> => whileWaiting(what, waits(), closing);
    const asked = stored.tier ?? this.#parts.tiers.of(tenantId);
    const tier = asked instanceof Promise ? await wait(asked) : asked;
    const limited = this.#parts.admission.admit(stored, tier);
    if (limited) await wait(limited);
    // The function may be another one by now, or gone.
    if (limited || asked instanceof Promise) {
      stored = this.#select(tenantId, name, version as string | undefined, alias as string | undefined);
    }
    try {
      return await start(stored.variants.under(stored.tier ?? tier, this.#letGo));
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
