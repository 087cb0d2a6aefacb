import type { EventEmitter } from 'node:events';
import type { PlatformApi } from '../pool/api/declare.ts';
import { nameApis } from '../pool/api/name-apis.ts';
import type { PoolCore } from '../pool/core.ts';
import { coreOf, RuntimePool } from '../pool/pool.ts';
import type { Observable } from '../pool/report/emitter.ts';
import type { InvocationReport } from '../pool/report/events.ts';
import { Admission } from './admission.ts';
import { Deployer } from './deployer.ts';
import { Deployments } from './deployments.ts';
import { forwardedEvents, meteredEvents, type ServerlessEvents } from './events.ts';
import { Invoker } from './invoker.ts';
import { checkServerlessOptions, type ServerlessOptions } from './options.ts';
import { Quotas } from './quotas.ts';
import { Rates } from './rates.ts';
import { Registry } from './registry.ts';
import { Succession } from './succession.ts';
import { TenantTiers } from './tenant-tiers.ts';
import { Ledger } from './usage.ts';

/** What a `ServerlessRuntime` is made of. */
export interface ServerlessParts {
  readonly pool: PoolCore;
  readonly deployer: Deployer;
  readonly registry: Registry;
  readonly succession: Succession;
  readonly tiers: TenantTiers;
  readonly invoker: Invoker;
  readonly ledger: Ledger;
  readonly deployments: Deployments;
  /** ms that what was replaced may go on. */
  readonly drainTimeout: number;
}

/** @param closing - aborted when nothing more is taken. @throws {TypeError} for an API, tier or option that makes no sense */
export function makeParts(
  platformApi: PlatformApi,
  given: ServerlessOptions,
  events: Observable<ServerlessEvents>,
  closing: AbortSignal,
): ServerlessParts {
  const apis = nameApis(platformApi).map(({ name }) => name);
  const options = checkServerlessOptions(given, apis);
  const drainTimeout = options.drainTimeout ?? 30_000;
  const runtimePool = new RuntimePool(platformApi, options.pool);
  const pool = coreOf(runtimePool);
  const registry = new Registry();
  const ledger = new Ledger();
  const succession = new Succession(pool, drainTimeout, options.maxVersions ?? 10);
  const tiers = new TenantTiers(options);
  const deployer = new Deployer(pool, options, tiers);
  const invoker = new Invoker({
    pool,
    registry,
    tiers,
    admission: new Admission(new Rates(options.rateLimiter, 'rate'), ledger, events),
    succession,
    closing,
    random: () => (options.random ?? Math.random)(),
    drainTimeout,
  });
  const deployments = new Deployments({
    pool,
    registry,
    succession,
    deployer,
    quotas: new Quotas(registry, options.rateLimiter),
    events,
    closing,
    drainTimeout,
  });
  for (const name of meteredEvents) runtimePool.on(name, (report: InvocationReport) => ledger.add(report));
  runtimePool.on('refused', ({ tenantId, functionName }) => ledger.refused(tenantId, functionName, 'refused'));
  const emitter: EventEmitter = runtimePool;
  for (const name of forwardedEvents) emitter.on(name, (...args) => events.tell(name, ...(args as never)));
  return { pool, deployer, registry, succession, tiers, invoker, ledger, deployments, drainTimeout };
}
