import type {
  AccessRecord,
  AuditEntry,
  AuditQuery,
  DomainRecord,
  FunctionRecord,
  InvocationRecord,
  InvocationStatus,
  KeptAuditEntry,
  KeptLogLine,
  ListedInvocation,
  LogLine,
  LogQuery,
  SealedInvocation,
  SealedSecret,
  SourceRecord,
  TenantRecord,
  TokenRecord,
  UsageQuery,
  UsageRecord,
  UsageSums,
  VariableRecord,
  VersionRecord,
  WaitingInvocation,
} from './records.ts';

/**
 * Everything the server keeps. What a promise here was resolved for survives the end of the process and of the machine.
 * Each method happens as a whole or not at all, with the entry of the audit that it takes. Nothing outside of this room knows which engine is behind it.
 */
export interface Storage {
  readonly tenants: TenantStore;
  readonly functions: FunctionStore;
  readonly secrets: SecretStore;
  readonly variables: VariableStore;
  readonly domains: DomainStore;
  readonly access: AccessStore;
  readonly tokens: TokenStore;
  readonly logs: LogStore;
  readonly usage: UsageStore;
  readonly audit: AuditStore;
  readonly invocations: InvocationStore;
  /** Waits for what is being written. */
  close(): Promise<void>;
}

export interface TenantStore {
  get(id: string): Promise<TenantRecord | undefined>;
  /** By id. */
  list(): Promise<TenantRecord[]>;
  /** Makes or changes one. @returns whether it is new */
  put(tenant: TenantRecord, entry?: AuditEntry): Promise<boolean>;
  /** With all that belongs to it but its usage and the audit. @returns whether there was one */
  delete(id: string, entry?: AuditEntry): Promise<boolean>;
}

export interface FunctionStore {
  get(tenant: string, name: string): Promise<FunctionRecord | undefined>;
  /** By name. */
  list(tenant: string): Promise<FunctionRecord[]>;
  /** How many a tenant has. */
  count(tenant: string): Promise<number>;
  /** Oldest first. */
  versions(tenant: string, name: string): Promise<VersionRecord[]>;
  version(tenant: string, name: string, version: string): Promise<VersionRecord | undefined>;
  source(tenant: string, name: string, version: string): Promise<SourceRecord | undefined>;
  /**
   * Keeps a version and puts it into force. A version that is kept already keeps its number.
   *
   * @param keep - how many versions to keep beside those in force and with an alias; the oldest go
   * @returns the version, the function as it is then, and whether that is new
   */
  deploy(
    version: Omit<SourceRecord, 'number'>,
    keep: number,
    entry?: AuditEntry,
  ): Promise<{ version: VersionRecord; record: FunctionRecord; created: boolean }>;
  /** Puts a version that is kept into force. @returns the function as it is then; `undefined` if there is no such version */
  activate(
    tenant: string,
    name: string,
    version: string,
    at: number,
    entry?: AuditEntry,
  ): Promise<FunctionRecord | undefined>;
  /** The version that `revert` would put into force. */
  previous(tenant: string, name: string): Promise<string | undefined>;
  /** Takes back the last activation. @returns the function as it is then; `undefined` if there was none before */
  revert(tenant: string, name: string, at: number, entry?: AuditEntry): Promise<FunctionRecord | undefined>;
  /** `undefined` takes the alias away. @returns the function as it is then, if there is one */
  setAlias(
    tenant: string,
    name: string,
    alias: string,
    weights: Readonly<Record<string, number>> | undefined,
    entry?: AuditEntry,
  ): Promise<FunctionRecord | undefined>;
  /** @returns whether there was one */
  delete(tenant: string, name: string, entry?: AuditEntry): Promise<boolean>;
}

export interface SecretStore {
  list(tenant: string): Promise<SealedSecret[]>;
  /** Of all tenants. */
  notBeginningWith(beginning: Uint8Array): Promise<(SealedSecret & { readonly tenant: string })[]>;
  put(tenant: string, secret: SealedSecret, entry?: AuditEntry): Promise<void>;
  /** @returns whether there was one */
  delete(tenant: string, name: string, entry?: AuditEntry): Promise<boolean>;
}

export interface VariableStore {
  /** By name. */
  list(tenant: string): Promise<VariableRecord[]>;
  put(tenant: string, variable: VariableRecord, entry?: AuditEntry): Promise<void>;
  /** @returns whether there was one */
  delete(tenant: string, name: string, entry?: AuditEntry): Promise<boolean>;
}

export interface DomainStore {
  /** Of one tenant, or all; by host. */
  list(tenant?: string): Promise<DomainRecord[]>;
  /** Gives a host to a tenant, or changes where it leads. @returns whose it is: if it is another's, nothing has changed */
  put(domain: DomainRecord, entry?: AuditEntry): Promise<string>;
  /** @returns whether the tenant had it */
  delete(tenant: string, host: string, entry?: AuditEntry): Promise<boolean>;
}

export interface AccessStore {
  /** Of one tenant, or all; that of a whole tenant first, then by function. */
  list(tenant?: string): Promise<AccessRecord[]>;
  put(rule: AccessRecord, entry?: AuditEntry): Promise<void>;
  /** @returns whether there was one */
  delete(tenant: string, name: string | undefined, entry?: AuditEntry): Promise<boolean>;
}

export interface TokenStore {
  /** @param hash - SHA-256 of the token */
  find(hash: Uint8Array): Promise<TokenRecord | undefined>;
  get(id: string): Promise<TokenRecord | undefined>;
  /** Of one tenant, or all; oldest first. */
  list(tenant?: string): Promise<TokenRecord[]>;
  add(token: TokenRecord, hash: Uint8Array, entry?: AuditEntry): Promise<void>;
  /** Notes when it was used. */
  touch(id: string, at: number): Promise<void>;
  /** @param tenant - the only one whose token it may be. @returns whether there was one */
  delete(id: string, tenant: string | undefined, entry?: AuditEntry): Promise<boolean>;
}

/** What a line takes beside its text. */
export const lineBytes = 200;

export interface LogStore {
  /**
   * Those of tenants that are gone are left out.
   *
   * @returns the `seq` of the first line, the others follow one by one; and how many bytes are kept of each of their tenants
   */
  append(lines: readonly LogLine[]): Promise<{ first: number; bytes: ReadonlyMap<string, number> }>;
  /** Bytes of the lines of a tenant, with {@link lineBytes} for each. */
  bytes(tenant: string): Promise<number>;
  /** Takes away a tenant's oldest until it has at most `bytes`, at most `limit` of them. @returns how many bytes are left */
  trim(tenant: string, bytes: number, limit: number): Promise<number>;
  /** The last `limit` that fit, oldest first; with `after` the first ones after it. */
  read(tenant: string, query: LogQuery): Promise<KeptLogLine[]>;
  /** The `seq` of the last line of all. */
  last(): Promise<number>;
  /**
   * Where `count` lines of a tenant, or of a function of it, end: those after a `seq`, or those before it. Only the index
   * is looked at, so that a search through many lines can be made in steps.
   */
  edge(
    tenant: string,
    name: string | undefined,
    place: { readonly after: number } | { readonly before: number },
    count: number,
  ): Promise<{ seq: number; count: number } | undefined>;
  /** Takes away the oldest, at most `limit` of them. @returns how many */
  prune(before: number, limit: number): Promise<number>;
}

export interface UsageStore {
  /** Adds to what is kept of the same hour. */
  add(records: readonly UsageRecord[]): Promise<void>;
  /** By hour and function, those after a place. */
  read(
    query: UsageQuery,
    after: { readonly hour: number; readonly function: string } | undefined,
    limit: number,
  ): Promise<UsageRecord[]>;
  /** The sums of all hours, by function. */
  byFunction(query: UsageQuery): Promise<(UsageSums & { readonly function: string })[]>;
}

export interface AuditStore {
  append(entry: AuditEntry): Promise<void>;
  /** The newest first. */
  read(query: AuditQuery): Promise<KeptAuditEntry[]>;
}

export interface InvocationStore {
  add(invocation: InvocationRecord): Promise<void>;
  get(tenant: string, id: string): Promise<InvocationRecord | undefined>;
  /** How many of a tenant were accepted and are not finished. */
  waiting(tenant: string): Promise<number>;
  /** The newest first. @param query - `before`: those accepted before the one with this id */
  list(
    tenant: string,
    name: string,
    query: { status?: InvocationStatus | undefined; before?: string | undefined; limit: number },
  ): Promise<ListedInvocation[]>;
  /** Says that another attempt begins. @returns it as it is then; `undefined`: it is finished, or gone */
  begin(id: string, at: number): Promise<InvocationRecord | undefined>;
  /** Its event goes. */
  finish(
    id: string,
    end: { at: number; result: Uint8Array; sealedBy: Uint8Array } | { at: number; error: string },
  ): Promise<void>;
  /** Tenants that have some which were accepted and are not finished. */
  tenantsWaiting(): Promise<string[]>;
  /** What a tenant has of these, oldest first. */
  unfinished(tenant: string, limit: number): Promise<WaitingInvocation[]>;
  /** Those with something in them that another key has sealed, or none. @param beginning - see `sealedBy` of {@link SealedInvocation} */
  notSealedBy(beginning: Uint8Array, limit: number): Promise<(SealedInvocation & { tenant: string; id: string })[]>;
  reseal(invocation: SealedInvocation & { readonly id: string }): Promise<void>;
  /** Takes away those that were finished before, at most `limit`. @returns how many */
  prune(before: number, limit: number): Promise<number>;
}

/** The stores of a storage. */
export type Stores = Omit<Storage, 'close'>;
