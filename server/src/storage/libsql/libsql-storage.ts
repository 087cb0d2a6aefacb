import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Storage } from '../storage.ts';
import { Database } from './database.ts';
import { LibsqlFunctions } from './functions.ts';
import { migrate } from './schema.ts';
import { LibsqlSecrets } from './secrets.ts';
import { LibsqlTenants } from './tenants.ts';
import { LibsqlTokens } from './tokens.ts';

/** Opens, or makes, what is kept in a folder. One process at a time may have it. */
export function openStorage(folder: string): Storage {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const db = new Database(join(folder, 'server.db'), true);
  migrate(db);
  return {
    tenants: new LibsqlTenants(db),
    functions: new LibsqlFunctions(db),
    secrets: new LibsqlSecrets(db),
    tokens: new LibsqlTokens(db),
    async close() {
      db.close();
    },
  };
}
