import { capacity } from '../failures/refusal.ts';
import { label } from '../function/label.ts';
import type { ResolvedPoolOptions } from '../options/options.ts';
import type { Group } from './group.ts';

/** How many invocations may wait: of one function, of one tenant, in all. */
export class QueueLimits {
  readonly #limits: Pick<ResolvedPoolOptions, 'maxQueue' | 'maxQueuePerTenant' | 'maxQueueTotal'>;

  constructor(limits: Pick<ResolvedPoolOptions, 'maxQueue' | 'maxQueuePerTenant' | 'maxQueueTotal'>) {
    this.#limits = limits;
  }

  /** @param queued in the whole pool. @throws {CapacityError} if one more may not wait. */
  check({ fn, versions, tenant }: Group, queued: number): void {
    const { maxQueue, maxQueuePerTenant, maxQueueTotal } = this.#limits;
    refuseAbove(maxQueue, versions.queued, `The queue of function '${label(fn.name)}'`, 'maxQueue');
    refuseAbove(maxQueuePerTenant, tenant.queued, `The queue of tenant '${label(fn.tenantId)}'`, 'maxQueuePerTenant');
    refuseAbove(maxQueueTotal, queued, 'The queue of the pool', 'maxQueueTotal');
  }
}

function refuseAbove(limit: number, waiting: number, what: string, option: string): void {
  if (waiting < limit) return;
  throw capacity(
    `${what} is full: ${waiting} invocations wait ('${option}' is ${limit}). Try again later.`,
    limit,
    waiting,
  );
}
