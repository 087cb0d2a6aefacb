import { createHash } from 'node:crypto';
import type { CallerAuth } from '../config/routes.ts';
import type { Config } from '../config/schema.ts';
import { notFound, ServerError } from '../errors/server-error.ts';
import type { AccessAuth, AccessRecord, Actor } from '../storage/records.ts';
import type { Storage } from '../storage/storage.ts';
import { entryOf } from './audit.ts';
import type { Expectation } from './in-turn.ts';
import { TenantMemory } from './tenant-memory.ts';
import type { Tenants } from './tenants.ts';

/** Who may call a function. */
export interface AccessRule {
  readonly tenant: string;
  /** `undefined`: all of the tenant that have no rule of their own. */
  readonly function: string | undefined;
  readonly auth: AccessAuth;
  /** It stands in the configuration, and only there it can be changed. */
  readonly configured: boolean;
  readonly updatedAt: number | undefined;
}

export interface AccessView extends AccessRule {
  /** `false`: the configuration has a rule for the same functions, and goes before. */
  readonly inForce: boolean;
}

/** By tenant, then by function; '' is all functions. */
type Rules = Map<string, Map<string, AccessRule>>;

/** Who may call which function: the rules of the configuration, then those that are kept. All are in memory, for each request asks. */
export class AccessRules {
  readonly #storage: Storage;
  readonly #tenants: Tenants;
  readonly #isHttpsOnly: boolean;
  readonly #configured: Rules = new Map();
  readonly #kept: Rules = new Map();
  readonly #memory: TenantMemory;

  constructor({ access, issuers }: Config['gateway'], storage: Storage, tenants: Tenants) {
    this.#storage = storage;
    this.#tenants = tenants;
    this.#memory = new TenantMemory(tenants, (tenant) => this.#read(tenant));
    this.#isHttpsOnly = issuers.includes('*');
    const rules = access.map(({ tenant, function: name, auth }): AccessRule => {
      return { tenant, function: name, auth: toKeep(auth), configured: true, updatedAt: undefined };
    });
    for (const { tenant } of rules) {
      this.#configured.set(tenant, byFunction(rules.filter((rule) => rule.tenant === tenant)));
    }
  }

  /** Takes up what is kept. */
  async load(): Promise<void> {
    for (const record of await this.#storage.access.list()) {
      const own = this.#kept.get(record.tenant) ?? new Map<string, AccessRule>();
      this.#kept.set(record.tenant, own.set(record.function ?? '', ruleOf(record)));
    }
  }

  /** The rule for a function; `undefined`: anybody may call it. */
  find(tenant: string, name: string): AccessRule | undefined {
    return findIn(this.#configured, tenant, name) ?? findIn(this.#kept, tenant, name);
  }

  /** That of all functions first, then by function. @throws {ServerError} if there is no such tenant */
  async list(tenant: string): Promise<AccessView[]> {
    await this.#tenants.get(tenant);
    const all = [this.#configured, this.#kept].flatMap((rules) => [...(rules.get(tenant)?.values() ?? [])]);
    const views = all.map((rule) => ({ ...rule, inForce: rule.configured || !this.#configuredFor(rule) }));
    return views.sort((a, b) => (placeOfRule(a) < placeOfRule(b) ? -1 : 1));
  }

  /** The rule in force for a function, whether that is there or not. @throws {ServerError} if there is no such tenant */
  async get(tenant: string, name: string): Promise<AccessView> {
    await this.#tenants.get(tenant);
    return { ...(this.find(tenant, name) ?? openTo(tenant)), inForce: true };
  }

  /**
   * Says who may call a function, or all of a tenant that have no rule of their own. Holds for requests that come after
   * this. A rule may come before its function, and stays when that goes.
   *
   * @throws {ServerError} if the configuration has a rule for it, or there is no room
   */
  async put(
    tenant: string,
    name: string | undefined,
    auth: CallerAuth,
    by: Actor,
    expected: Expectation<AccessRecord>,
  ): Promise<AccessView> {
    await this.#tenants.get(tenant);
    this.#checkFree({ tenant, function: name });
    if (auth.type === 'jwt' && this.#isHttpsOnly && !auth.jwks.startsWith('https:')) throw notEncrypted(auth.jwks);
    return this.#memory.change(tenant, async () => {
      const kept = await this.#storage.access.list(tenant);
      const before = kept.find((record) => record.function === name);
      expected(before);
      if (!before && name !== undefined) this.#checkRoom(tenant, kept);
      const record = { tenant, function: name, auth: toKeep(auth), updatedAt: Date.now() };
      const detail = { ...shown(record.auth), previous: before ? shown(before.auth) : null };
      await this.#storage.access.put(record, entryOf(by, 'access.put', tenant, name, detail));
      return { ...ruleOf(record), inForce: true };
    });
  }

  /** @throws {ServerError} if there is no such rule */
  async delete(
    tenant: string,
    name: string | undefined,
    by: Actor,
    expected: Expectation<AccessRecord>,
  ): Promise<void> {
    await this.#tenants.get(tenant);
    return this.#memory.change(tenant, async () => {
      const before = (await this.#storage.access.list(tenant)).find((record) => record.function === name);
      if (!before) this.#checkFree({ tenant, function: name });
      expected(before);
      const entry = entryOf(by, 'access.delete', tenant, name, before && shown(before.auth));
      const gone = await this.#storage.access.delete(tenant, name, entry);
      if (!gone) throw notFound(name === undefined ? `rule for tenant '${tenant}'` : `rule for function '${name}'`);
    });
  }

  /** What a tenant has may have changed by other ways: it is read again. */
  refresh(tenant: string): Promise<void> {
    return this.#memory.refresh(tenant);
  }

  async #read(tenant: string): Promise<void> {
    const before = this.#kept.get(tenant);
    const rules = (await this.#storage.access.list(tenant)).map((record) => {
      // What is as it was stays the same object: the issuer's keys hang on it.
      const auth = before?.get(record.function ?? '')?.auth;
      const isSame = JSON.stringify(auth) === JSON.stringify(record.auth);
      return ruleOf(auth && isSame ? { ...record, auth } : record);
    });
    if (rules.length === 0) this.#kept.delete(tenant);
    else this.#kept.set(tenant, byFunction(rules));
  }

  #configuredFor({ tenant, function: name }: Pick<AccessRule, 'tenant' | 'function'>): AccessRule | undefined {
    return findIn(this.#configured, tenant, name ?? '');
  }

  /** @throws {ServerError} if it is not for the administration to say */
  #checkFree(about: Pick<AccessRule, 'tenant' | 'function'>): void {
    const found = this.#configuredFor(about);
    if (!found) return;
    const whose = found.function === undefined ? `all functions of tenant '${found.tenant}'` : `'${found.function}'`;
    const message = `The configuration says who may call ${whose} (gateway.access). Change it there.`;
    throw new ServerError('ERR_ISOLET_SERVER_CONFLICT', message);
  }

  #checkRoom(tenant: string, kept: readonly AccessRecord[]): void {
    const { maxFunctions } = this.#tenants.limitsOf(tenant);
    const own = kept.filter((record) => record.function !== undefined).length;
    if (own < maxFunctions) return;
    const message = `A tenant may have rules for as many functions as it may have, ${maxFunctions}, and has them.`;
    throw new ServerError('ERR_ISOLET_SERVER_LIMIT', message, { limit: 'maxFunctions', value: maxFunctions });
  }
}

function findIn(rules: Rules, tenant: string, name: string): AccessRule | undefined {
  const own = rules.get(tenant);
  return own && (own.get(name) ?? own.get(''));
}

const byFunction = (rules: readonly AccessRule[]): Map<string, AccessRule> =>
  new Map(rules.map((rule) => [rule.function ?? '', rule]));

const ruleOf = (record: AccessRecord): AccessRule => ({ ...record, configured: false });

const openTo = (tenant: string): AccessRule => ({
  ...{ tenant, function: undefined, auth: { type: 'none' }, configured: false, updatedAt: undefined },
});

/** Its place in a list: of the same functions the one in force is first. */
export const placeOfRule = ({ function: name = '', inForce }: AccessView): string => `${name} ${inForce ? 0 : 1}`;

/** Nobody can read a token in what is kept. */
function toKeep(auth: CallerAuth): AccessAuth {
  if (auth.type !== 'token') return auth;
  const hashes = auth.tokens.map((token) => createHash('sha256').update(token).digest('base64url'));
  return { type: 'token', hashes };
}

/** What may be shown of a rule: of tokens how many there are. */
export function shown(auth: AccessAuth): Readonly<Record<string, unknown>> {
  return auth.type === 'token' ? { type: 'token', tokens: auth.hashes.length } : { ...auth };
}

function notEncrypted(jwks: string): ServerError {
  const message = `jwks must be an https URL, got '${jwks}'`;
  return new ServerError('ERR_ISOLET_SERVER_INVALID', `${message}.`, { issues: [{ path: ['jwks'], message }] });
}
