/** What a function is deployed with: the fields of isolet's `FunctionSpec` that are the tenant's choice, as plain JSON. */
export interface StoredSpec {
  readonly code: string;
  readonly env?: Readonly<Record<string, string>>;
  /** JSON of the map from the code to the files it was made of. */
  readonly sourceMap?: string;
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
  /** To the minute; `undefined`: never. */
  readonly lastUsedAt: number | undefined;
}

/** A member of `env` in all functions of a tenant, shown to whoever may look at the tenant. */
export interface VariableRecord {
  readonly name: string;
  readonly value: string;
  readonly updatedAt: number;
}

/** A host that belongs to a tenant: to one function of it, or with `/<function>` to each of them. */
export interface DomainRecord {
  readonly host: string;
  readonly tenant: string;
  readonly function: string | undefined;
  /** The alias that is asked for. */
  readonly alias: string | undefined;
  readonly createdAt: number;
}

/** How callers of a function show who they are. Tokens are kept as their SHA-256 (base64url). */
export type AccessAuth =
  | { readonly type: 'none' }
  | { readonly type: 'token'; readonly hashes: readonly string[] }
  | {
      readonly type: 'jwt';
      readonly issuer: string;
      readonly audience: string;
      readonly jwks: string;
      readonly algorithms: readonly string[];
    };

/** Who may call a function, or all functions of a tenant that have no rule of their own. */
export interface AccessRecord {
  readonly tenant: string;
  /** It need not be there (yet); `undefined`: all. */
  readonly function: string | undefined;
  readonly auth: AccessAuth;
  readonly updatedAt: number;
}

/** One line that a function wrote, or that was written about it. */
export interface LogLine {
  readonly tenant: string;
  readonly function: string;
  readonly at: number;
  /** `debug`, `info`, `warn`, `error` … as the guest's console has them. */
  readonly level: string;
  readonly text: string;
  /** `undefined`: of code that no invocation is known for. */
  readonly invocation: string | undefined;
  readonly version: string | undefined;
}

/** A line that is kept; `seq` grows with time. */
export interface KeptLogLine extends LogLine {
  readonly seq: number;
}

/** Which lines are asked for; what is left out is not looked at. */
export interface LogQuery {
  readonly function?: string | undefined;
  readonly invocation?: string | undefined;
  readonly levels?: readonly string[] | undefined;
  /** Text that has to be in the line. */
  readonly contains?: string | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** Only lines after, or before, this `seq`. */
  readonly after?: number | undefined;
  readonly before?: number | undefined;
  /** Which come first, and count against `limit`. Default: with `after` the oldest, otherwise the newest. */
  readonly order?: 'newest' | 'oldest' | undefined;
  readonly limit: number;
}

/** What functions did with what they keep. */
export interface BindingUse {
  /** Keys that were read, and lists of keys. */
  readonly kvReads: number;
  /** Puts and deletions, also such as changed nothing. */
  readonly kvWrites: number;
  /** Of values that were read, and keys that were listed. */
  readonly kvBytesRead: number;
  /** Of keys with their values. */
  readonly kvBytesWritten: number;
  readonly sqlStatements: number;
  /** From asking for statements to their answers. */
  readonly sqlMs: number;
  /** Inserted, updated, deleted. */
  readonly sqlRowsWritten: number;
  /** Of rows that were answered. */
  readonly sqlBytesRead: number;
  /** Of parameters. */
  readonly sqlBytesWritten: number;
}

/** Sums of isolet's reports, and of what functions did with what they keep. */
export interface UsageSums extends BindingUse {
  readonly invocations: number;
  /** Invocations that did not end well. */
  readonly errors: number;
  readonly coldStarts: number;
  readonly refused: number;
  readonly rateLimited: number;
  readonly durationMs: number;
  readonly cpuMs: number;
  /** Memory limit × duration in GiB·ms. */
  readonly gbMs: number;
  readonly hostCalls: number;
  readonly fetches: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** What a function used within an hour. */
export interface UsageRecord extends UsageSums {
  readonly tenant: string;
  readonly function: string;
  /** Its beginning. */
  readonly hour: number;
}

export interface UsageQuery {
  readonly tenant: string;
  /** Hours that begin from this time on. */
  readonly from: number;
  /** Hours that begin before this time. */
  readonly to: number;
  readonly function?: string | undefined;
}

/** Who does something: by a token, or the server itself. */
export interface Actor {
  /** Id of the token. */
  readonly token: string;
  readonly label: string;
  readonly scope: Scope;
  /** Where the request came from; `undefined`: from this process. */
  readonly address: string | undefined;
}

/** What somebody did to the platform. */
export interface AuditEntry {
  readonly at: number;
  readonly actor: Actor;
  /** Such as `function.deploy`. */
  readonly action: string;
  readonly tenant: string | undefined;
  /** What it was done to, within the tenant. */
  readonly target: string | undefined;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Which entries are asked for; what is left out is not looked at. */
export interface AuditQuery {
  readonly tenant?: string | undefined;
  readonly action?: string | undefined;
  /** Id of the token that did it. */
  readonly token?: string | undefined;
  readonly since?: number | undefined;
  /** Only entries before this `seq`. */
  readonly before?: number | undefined;
  readonly limit: number;
}

export interface KeptAuditEntry extends AuditEntry {
  readonly seq: number;
}

export type InvocationStatus = 'queued' | 'running' | 'done' | 'failed';

/** An invocation that was accepted and is not finished. */
export interface WaitingInvocation {
  readonly id: string;
  readonly tenant: string;
  /** How often it was begun. */
  readonly attempts: number;
}

/** What of an invocation only whoever has the key can read: JSON. */
export interface SealedInvocation {
  /** Empty once it is finished. */
  readonly event: Uint8Array;
  readonly result: Uint8Array | undefined;
  /** What everything begins with that the same key has sealed; empty: it was kept before anything was sealed. */
  readonly sealedBy: Uint8Array;
}

/** An invocation that nobody waits for. */
export interface InvocationRecord extends WaitingInvocation, SealedInvocation {
  readonly function: string;
  readonly version: string | undefined;
  readonly alias: string | undefined;
  /** The handler that is called; `undefined`: the function itself. */
  readonly method: string | undefined;
  readonly status: InvocationStatus;
  /** The problem document of the last attempt, as JSON. */
  readonly error: string | undefined;
  readonly createdAt: number;
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
}

/** Without what is sealed. */
export type ListedInvocation = Omit<InvocationRecord, keyof SealedInvocation>;
