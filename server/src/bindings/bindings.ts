// What functions find in `env` beside their variables and secrets: KV, SQL and FUNCTIONS, each of their tenant and within
// the bounds of its tier.

import type { BindingLimits } from '../config/binding-limits.ts';
import { Accounts } from './account.ts';
import { type CallFunction, makeFunctionsApi } from './functions/functions-api.ts';
import { makeKvApi } from './kv/kv-api.ts';
import type { KvStore } from './kv/kv-store.ts';
import { makeSqlApi } from './sql/sql-api.ts';
import type { SqlStore } from './sql/sql-store.ts';
import type { UseBook } from './use-book.ts';

export interface BindingParts {
  readonly kv: KvStore;
  readonly sql: SqlStore;
  readonly uses: UseBook;
  /** Runs another function of the tenant. */
  readonly call: CallFunction;
  readonly limitsOf: (tenant: string) => BindingLimits;
}

/** Platform APIs for the library's `ServerlessRuntime`; every one is async, so that guests in cells have them too. */
export function makeBindings({ kv, sql, uses, call, limitsOf }: BindingParts) {
  const accounts = new Accounts();
  return {
    KV: makeKvApi(kv, (tenant) => limitsOf(tenant).kv, accounts, uses),
    SQL: makeSqlApi(sql, (tenant) => limitsOf(tenant).sql, accounts, uses),
    FUNCTIONS: makeFunctionsApi(call, (tenant) => limitsOf(tenant).functions),
  };
}
