import type { Stores } from '../storage.ts';
import { LibsqlAccess } from './access.ts';
import { LibsqlAudit } from './audit.ts';
import type { Database } from './database.ts';
import { LibsqlDomains } from './domains.ts';
import { LibsqlFunctions } from './functions.ts';
import { LibsqlInvocations } from './invocations.ts';
import { LibsqlLogs } from './logs.ts';
import { LibsqlSecrets } from './secrets.ts';
import type { Sync } from './sync.ts';
import { LibsqlTenants } from './tenants.ts';
import { LibsqlTokens } from './tokens.ts';
import { LibsqlUsage } from './usage.ts';
import { LibsqlVariables } from './variables.ts';

export type SyncStores = { readonly [Name in keyof Stores]: Sync<Stores[Name]> };

/** The stores over one connection. */
export const storesOf = (db: Database): SyncStores => ({
  tenants: new LibsqlTenants(db),
  functions: new LibsqlFunctions(db),
  secrets: new LibsqlSecrets(db),
  variables: new LibsqlVariables(db),
  domains: new LibsqlDomains(db),
  access: new LibsqlAccess(db),
  tokens: new LibsqlTokens(db),
  logs: new LibsqlLogs(db),
  usage: new LibsqlUsage(db),
  audit: new LibsqlAudit(db),
  invocations: new LibsqlInvocations(db),
});

/** Which methods write: these happen on the thread that has the one connection for it. */
export const kinds: { readonly [Name in keyof Stores]: { readonly [Method in keyof Stores[Name]]: 'read' | 'write' } } =
  {
    tenants: { get: 'read', list: 'read', put: 'write', delete: 'write' },
    functions: {
      ...{ get: 'read', list: 'read', count: 'read' },
      ...{ versions: 'read', version: 'read', source: 'read', previous: 'read' },
      ...{ deploy: 'write', activate: 'write', revert: 'write', setAlias: 'write', delete: 'write' },
    },
    secrets: { list: 'read', notBeginningWith: 'read', put: 'write', delete: 'write' },
    variables: { list: 'read', put: 'write', delete: 'write' },
    domains: { list: 'read', put: 'write', delete: 'write' },
    access: { list: 'read', put: 'write', delete: 'write' },
    tokens: { find: 'read', get: 'read', list: 'read', add: 'write', touch: 'write', delete: 'write' },
    logs: {
      ...{ read: 'read', last: 'read', edge: 'read', bytes: 'read' },
      ...{ append: 'write', prune: 'write', trim: 'write' },
    },
    usage: { read: 'read', byFunction: 'read', add: 'write' },
    audit: { read: 'read', append: 'write' },
    invocations: {
      ...{ get: 'read', list: 'read', waiting: 'read' },
      ...{ tenantsWaiting: 'read', unfinished: 'read', notSealedBy: 'read' },
      ...{ add: 'write', begin: 'write', finish: 'write', reseal: 'write', prune: 'write' },
    },
  };
