import type {
  FunctionRecord,
  SealedSecret,
  SourceRecord,
  TenantRecord,
  TokenRecord,
  VersionRecord,
} from './records.ts';

/**
 * Everything the server keeps. What a promise here was resolved for survives the end of the process and of the machine.
 * Nothing outside of this room knows which engine is behind it.
 */
export interface Storage {
  readonly tenants: TenantStore;
  readonly functions: FunctionStore;
  readonly secrets: SecretStore;
  readonly tokens: TokenStore;
  close(): Promise<void>;
}

export interface TenantStore {
  get(id: string): Promise<TenantRecord | undefined>;
  /** By id. */
  list(): Promise<TenantRecord[]>;
  /** Makes or changes one. @returns whether it is new */
  put(tenant: TenantRecord): Promise<boolean>;
  /** With all that belongs to it. @returns whether there was one */
  delete(id: string): Promise<boolean>;
}

export interface FunctionStore {
  get(tenant: string, name: string): Promise<FunctionRecord | undefined>;
  /** By name. */
  list(tenant: string): Promise<FunctionRecord[]>;
  /** Oldest first. */
  versions(tenant: string, name: string): Promise<VersionRecord[]>;
  source(tenant: string, name: string, version: string): Promise<SourceRecord | undefined>;
  /**
   * Keeps a version and puts it into force. A version that is kept already keeps its number.
   *
   * @returns its record, and whether the function is new
   */
  deploy(version: Omit<SourceRecord, 'number'>): Promise<{ version: VersionRecord; created: boolean }>;
  /** Puts a version that is kept into force. @returns the function as it is then; `undefined` if there is no such version */
  activate(tenant: string, name: string, version: string, at: number): Promise<FunctionRecord | undefined>;
  /** The version that was in force before the present one, going back once more with each call. */
  previous(tenant: string, name: string): Promise<string | undefined>;
  /** Takes back the last activation. @returns the function as it is then; `undefined` if there was none before */
  revert(tenant: string, name: string, at: number): Promise<FunctionRecord | undefined>;
  /** `undefined` takes the alias away. */
  setAlias(
    tenant: string,
    name: string,
    alias: string,
    weights: Readonly<Record<string, number>> | undefined,
  ): Promise<FunctionRecord | undefined>;
  /** @returns whether there was one */
  delete(tenant: string, name: string): Promise<boolean>;
}

export interface SecretStore {
  list(tenant: string): Promise<SealedSecret[]>;
  put(tenant: string, secret: SealedSecret): Promise<void>;
  /** @returns whether there was one */
  delete(tenant: string, name: string): Promise<boolean>;
}

export interface TokenStore {
  /** @param hash - SHA-256 of the token */
  find(hash: Buffer): Promise<TokenRecord | undefined>;
  list(tenant?: string): Promise<TokenRecord[]>;
  add(token: TokenRecord, hash: Buffer): Promise<void>;
  /** @returns whether there was one */
  delete(id: string): Promise<boolean>;
}
