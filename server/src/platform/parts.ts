import type { ServerlessRuntime } from 'isolet';
import type { Stores } from '../bindings/stores.ts';
import type { Config } from '../config/schema.ts';
import type { Keys } from '../secrets/keys.ts';
import type { Storage } from '../storage/storage.ts';
import type { AccessRules } from './access-rules.ts';
import type { Domains } from './domains.ts';
import type { Epochs } from './epochs.ts';
import type { LoadedFunctions } from './loaded-functions.ts';
import type { Tenants } from './tenants.ts';
import type { UsageBook } from './usage.ts';

/** What the parts of the platform are made of. */
export interface PlatformParts {
  readonly config: Config;
  readonly storage: Storage;
  /** What functions keep. */
  readonly stores: Stores;
  readonly keys: Keys;
  readonly runtime: ServerlessRuntime;
  readonly tenants: Tenants;
  readonly domains: Domains;
  readonly accessRules: AccessRules;
  readonly usage: UsageBook;
  readonly epochs: Epochs;
  readonly loaded: LoadedFunctions;
}
