import type { Redactor } from '../secrets/redactor.ts';
import type { NumberField } from './number-fields.ts';

/** What the serverless layer adds to a function. Not a name that a specification could have. */
export const standing: unique symbol = Symbol('standing');

export interface Standing {
  /** Other limits for the same version: its runtimes are others. */
  readonly variant?: string | undefined;
  /** Invocations of all functions with this key that may run at once. */
  readonly share?: { readonly key: string; readonly concurrency: number } | undefined;
  /** Where its runtimes are, if not where the pool says. */
  readonly isolation?: Isolation | undefined;
}

/** Where runtimes are: in this process, or in cells, processes of their own. docs/isolation.md says what each stops. */
export type Isolation = 'isolate' | 'process';

/** A `PoolFunction` with every default filled in. */
export interface ResolvedFunction extends Readonly<Record<NumberField, number>> {
  readonly key: string;
  /** The key without the version. */
  readonly functionKey: string;
  readonly tenantId: string;
  readonly name: string;
  readonly version: string;
  readonly code: string;
  readonly web: boolean | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** Takes the values of its secrets out of texts and failures, if it has any. */
  readonly redactor: Redactor | undefined;
  readonly apis: readonly string[] | undefined;
  readonly maxInvocations: number;
  readonly share: Standing['share'];
  /** The group of its tenant's functions with which it shares a process of its own; undefined: it is in this process. */
  readonly cell: string | undefined;
}

/** Which function an event is about. */
export interface FunctionRef {
  tenantId: string;
  functionName: string;
  version: string;
}

export const refOf = (fn: ResolvedFunction): FunctionRef => ({
  tenantId: fn.tenantId,
  functionName: fn.name,
  version: fn.version,
});
