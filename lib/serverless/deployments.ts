import { SupersededError } from '../errors/index.ts';
import { invalidType } from '../options/invalid.ts';
import type { PoolCore } from '../pool/core.ts';
import { poolClosed } from '../pool/failures/refusal.ts';
import { functionKey } from '../pool/function/function-key.ts';
import type { Observable } from '../pool/report/emitter.ts';
import { keepingAlive } from '../pool/run/keeping-alive.ts';
import { taken } from '../pool/run/taken.ts';
import { DeployOrder } from './deploy-order.ts';
import type { Deployer } from './deployer.ts';
import type { ServerlessEvents } from './events.ts';
import type { Quotas } from './quotas.ts';
import { FunctionRecord, type Registry } from './registry.ts';
import type { Deployment, FunctionSpec } from './spec.ts';
import type { Succession } from './succession.ts';
import type { TierInForce } from './tiers.ts';

/** What a deployment goes through. */
export interface DeploymentsParts {
  readonly pool: PoolCore;
  readonly registry: Registry;
  readonly succession: Succession;
  readonly deployer: Deployer;
  readonly quotas: Quotas;
  readonly events: Observable<ServerlessEvents>;
  /** Aborted when nothing more is taken. */
  readonly closing: AbortSignal;
  /** ms that the runtimes of a function that was undeployed may go on. */
  readonly drainTimeout: number;
}

/** How functions come into force and go again: those of one name one after the other. */
export class Deployments {
  readonly #parts: DeploymentsParts;
  readonly #order = new DeployOrder();

  constructor(parts: DeploymentsParts) {
    this.#parts = parts;
  }

  async deploy(spec: FunctionSpec): Promise<Deployment> {
    if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) {
      throw invalidType('spec', spec, 'an object');
    }
    // Taken now: what the caller does to its object while others deploy must not matter.
    const copy: FunctionSpec = Object.assign(Object.create(null), taken(spec));
    return this.#order.do(keyOf(copy.tenantId, copy.name), (signal) => this.#deploy(copy, signal));
  }

  async undeploy(tenantId: string, name: string): Promise<void> {
    const { pool, registry, events, drainTimeout } = this.#parts;
    const key = keyOf(tenantId, name);
    const underWay = key !== '' && this.#order.has(key);
    const record = underWay ? registry.find(tenantId, name) : registry.get(tenantId, name);
    pool.refuseOwnWait('undeploy', key);
    if (record) registry.delete(record);
    const message = `${tenantId}:${name} was undeployed while it was being deployed. It did not come into force.`;
    const givenUp = this.#order.cancel(key, new SupersededError(message, 'undeployed'));
    events.tell('undeploy', { tenantId, functionName: name });
    await keepingAlive(Promise.all([givenUp, pool.letGo(key, drainTimeout, 'undeployed')]));
  }

  /** Waits for those that are under way, and gives up what is left after `patience` ms. */
  end(patience: number): Promise<void> {
    return this.#order.end(patience, poolClosed());
  }

  async #deploy(spec: FunctionSpec, signal: AbortSignal): Promise<Deployment> {
    const { registry, succession, deployer, quotas, events, closing } = this.#parts;
    if (closing.aborted) throw poolClosed();
    const { tenantId, name } = spec;
    let inForce: TierInForce | undefined;
    const version = await deployer.prepare(spec, signal, (tier) => {
      inForce = tier;
      return quotas.mayDeploy(spec, tier);
    });
    signal.throwIfAborted();
    if (closing.aborted) throw poolClosed();
    const leaving = quotas.findRoom(version, inForce);
    let record = registry.find(tenantId, name);
    if (!record) {
      record = new FunctionRecord(tenantId, name);
      registry.add(record);
    }
    const before = succession.deploy(record, version, leaving);
    const { active } = record;
    events.tell('deploy', { tenantId, functionName: name, version: active.fn.version, previous: before?.fn.version });
    return record.describe(active);
  }
}

/** What is no name is refused later; it must only not get in the way. */
function keyOf(tenantId: unknown, name: unknown): string {
  return typeof tenantId === 'string' && typeof name === 'string' ? functionKey(tenantId, name) : '';
}
