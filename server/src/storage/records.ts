/** What a function is deployed with: the fields of isolet's `FunctionSpec` that are the tenant's choice, as plain JSON. */
export interface StoredSpec {
  readonly code: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly [setting: string]: unknown;
}

/** Times are ms since the epoch in all records. */
export interface TenantRecord {
  readonly id: string;
  /** Name of its tier; `undefined`: the default. */
  readonly tier: string | undefined;
  readonly createdAt: number;
}

export interface FunctionRecord {
  readonly tenant: string;
  readonly name: string;
  /** The version that invocations get which name none. */
  readonly active: string;
  readonly createdAt: number;
  /** When that version came into force. */
  readonly activatedAt: number;
  /** Each alias: versions and their weights. */
  readonly aliases: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface VersionRecord {
  readonly tenant: string;
  readonly name: string;
  /** A hash of code and settings. */
  readonly version: string;
  /** 1 for the first version of a function, and so on. */
  readonly number: number;
  readonly createdAt: number;
  /** Who deployed it: the id of a token. */
  readonly createdBy: string;
  readonly codeSize: number;
  /** Without the code. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A version with its code, and the proof that this server has checked it. */
export interface SourceRecord extends VersionRecord {
  readonly spec: StoredSpec;
  readonly mac: Buffer;
}

/** A value that only whoever has the key can read. */
export interface SealedSecret {
  readonly name: string;
  readonly sealed: Buffer;
  readonly updatedAt: number;
}

/** What a token may do: everything, everything of one tenant, or only look at it. */
export type Scope = 'platform' | 'tenant' | 'read';

export interface TokenRecord {
  readonly id: string;
  /** Of scope `platform`: `undefined`; of `read`: `undefined` means all tenants. */
  readonly tenant: string | undefined;
  readonly scope: Scope;
  /** What its owner calls it. */
  readonly label: string;
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
}
