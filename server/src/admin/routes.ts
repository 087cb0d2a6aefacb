import type { Route } from '../http/router.ts';
import type { Platform } from '../platform/platform.ts';
import { serverVersion } from '../version.ts';
import { Guesses } from './guesses.ts';
import type { Operation } from './operation.ts';
import { accessOperations } from './operations/access.ts';
import { aliasOperations } from './operations/aliases.ts';
import { auditOperations } from './operations/audit.ts';
import { documentOperation } from './operations/document.ts';
import { domainOperations } from './operations/domains.ts';
import { functionOperations } from './operations/functions.ts';
import { invocationOperations } from './operations/invocations.ts';
import { kvOperations } from './operations/kv.ts';
import { logOperations } from './operations/logs.ts';
import { sqlOperations } from './operations/sql.ts';
import { tenantOperations } from './operations/tenants.ts';
import { textOperations } from './operations/texts.ts';
import { tokenOperations } from './operations/tokens.ts';
import { usageOperations } from './operations/usage.ts';
import { versionOperations } from './operations/versions.ts';
import { routeOf } from './serve-operation.ts';

/** Everything that administrators can do. */
export function operationsOf(platform: Platform): Operation[] {
  const operations = [
    tenantOperations,
    functionOperations,
    versionOperations,
    aliasOperations,
    invocationOperations,
    textOperations,
    domainOperations,
    accessOperations,
    kvOperations,
    sqlOperations,
    logOperations,
    usageOperations,
    auditOperations,
    tokenOperations,
  ].flatMap((operationsFor) => operationsFor(platform));
  return [...operations, documentOperation(operations, serverVersion)];
}

/** The administration under `/v1`. */
export function adminRoutes(platform: Platform): Route[] {
  const guesses = new Guesses();
  return operationsOf(platform).map((operation) => routeOf(operation, platform.tokens, guesses));
}
