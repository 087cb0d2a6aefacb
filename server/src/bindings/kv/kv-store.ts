// What the rest of the server knows of keys and values. The engine behind it is a file on this machine's disk; another may
// keep them elsewhere.

/** What a value was when it was put. */
export type KvKind = 'text' | 'json' | 'bytes';

export interface KvValue {
  readonly kind: KvKind;
  /** UTF-8 of texts and of JSON. */
  readonly bytes: Uint8Array;
}

export interface KvInfo {
  readonly key: string;
  /** Changes with every put, and is never used again. */
  readonly version: number;
  /** Of the value. */
  readonly bytes: number;
  /** ms since the epoch. */
  readonly expiresAt: number | null;
}

export interface KvEntry extends KvInfo {
  readonly value: KvValue;
}

export interface KvCondition {
  /** The version that there has to be, `null`: none. Absent: whatever there is. */
  readonly ifVersion?: number | null;
}

export interface KvPut extends KvCondition {
  readonly key: string;
  readonly value: KvValue;
  readonly expiresAt: number | null;
}

/** What a tenant may keep. */
export interface KvQuota {
  readonly maxKeys: number;
  /** Of keys and values together. */
  readonly maxBytes: number;
}

export interface KvWritten {
  readonly ok: boolean;
  /** The version there is now; `null`: none. */
  readonly version: number | null;
}

export interface KvList {
  readonly prefix: string;
  /** Keys behind this one. */
  readonly after: string | undefined;
  readonly limit: number;
}

export interface KvUse {
  readonly keys: number;
  readonly bytes: number;
}

/**
 * Keys and values of tenants. What a promise here was resolved for survives the end of the process and of the machine.
 * Every method may throw a {@link KvError}.
 */
export interface KvStore {
  get(tenant: string, key: string): Promise<KvEntry | undefined>;
  put(tenant: string, put: KvPut, quota: KvQuota): Promise<KvWritten>;
  /** `ok` is whether it was there, in the version that was asked for. */
  delete(tenant: string, key: string, condition?: KvCondition): Promise<KvWritten>;
  /** By the UTF-8 of the keys. `more`: whether there are others behind them. */
  list(tenant: string, list: KvList): Promise<{ readonly keys: readonly KvInfo[]; readonly more: boolean }>;
  /** What counts against the quota; what has expired may still count. */
  use(tenant: string): Promise<KvUse>;
  /** Everything of a tenant goes. */
  drop(tenant: string): Promise<void>;
  /** A copy that is whole, made while others go on. */
  copy(file: string): Promise<void>;
  close(): Promise<void>;
}
